# Right: keeps all lines and adds them up when asked.
# Replaces: ledger-solution
from collections import Counter


class Ledger:
    def __init__(self, never_negative):
        self.never_negative = set(never_negative)
        self.lines = []
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
        for account in self.never_negative:
            if self.balance(account) + change[account] < 0:
                raise ValueError("below zero")
        self.lines += lines
        self.posted[posting] = wanted

    def balance(self, account):
        return sum(cents for name, cents in self.lines if name == account)
