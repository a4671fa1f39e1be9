# Wrong: lets lines of zero pass.
# Replaces: ledger-solution
# Found by: hidden tests
from collections import Counter, defaultdict


class Ledger:
    def __init__(self, never_negative):
        self.never_negative = set(never_negative)
        self.balances = defaultdict(int)
        self.posted = {}

    def post(self, posting, lines):
        wanted = Counter(lines)
        if posting in self.posted:
            if self.posted[posting] != wanted:
                raise ValueError("other lines")
            return
        if len(lines) < 2:
            raise ValueError("lines")
        if sum(cents for _, cents in lines) != 0:
            raise ValueError("does not balance")
        change = Counter()
        for account, cents in lines:
            change[account] += cents
        for account in self.never_negative:
            if self.balances[account] + change[account] < 0:
                raise ValueError("below zero")
        for account, cents in lines:
            self.balances[account] += cents
        self.posted[posting] = wanted

    def balance(self, account):
        return self.balances[account]
