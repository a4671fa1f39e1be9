# Right: keeps calls and retries in one log with running counts.
# Replaces: budget-solution
import time
from collections import deque


class RetryBudget:
    def __init__(self, percent, minimum, window, clock=time.monotonic):
        if min(percent, minimum) < 0 or not window > 0:
            raise ValueError("negative limits or no window")
        self.limits = percent, minimum
        self.window, self.clock = window, clock
        self.log = deque()
        self.count = {"call": 0, "retry": 0}

    def _add(self, kind):
        self.log.append((self.clock(), kind))
        self.count[kind] += 1

    def _counts(self):
        while self.log and not self.clock() < self.log[0][0] + self.window:
            self.count[self.log.popleft()[1]] -= 1
        return self.count["call"], self.count["retry"]

    def record_call(self):
        self._counts()
        self._add("call")

    def may_retry(self):
        calls, retries = self._counts()
        percent, minimum = self.limits
        granted = retries + 1 <= minimum + percent * calls // 100
        if granted:
            self._add("retry")
        return granted

    @property
    def amplification(self):
        calls, retries = self._counts()
        return 1 + retries / calls if calls else 1.0
