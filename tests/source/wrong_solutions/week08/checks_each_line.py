# Wrong: checks each line on its own, so a swing below zero and back is refused.
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
        if len(lines) < 2 or not all(cents for _, cents in lines):
            raise ValueError("lines")
        if sum(cents for _, cents in lines) != 0:
            raise ValueError("does not balance")
        change = Counter()
        for account, cents in lines:
            change[account] += cents
        for account, cents in lines:
            if account in self.never_negative and self.balances[account] + cents < 0:
                raise ValueError("below zero")
        for account, cents in lines:
            self.balances[account] += cents
        self.posted[posting] = wanted

    def balance(self, account):
        return self.balances[account]
