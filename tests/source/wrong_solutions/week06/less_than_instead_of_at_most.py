# Wrong: stays below the percentage, so ten calls earn nothing.
# Replaces: budget-solution
# Found by: visible tests
import time
from collections import deque


class RetryBudget:
    """Grants retries up to a share of the calls of the last seconds."""

    def __init__(self, percent, minimum, window, clock=time.monotonic):
        if percent < 0 or minimum < 0 or window <= 0:
            raise ValueError("percent and minimum must not be negative, window must be above zero")
        self.percent = percent
        self.minimum = minimum
        self.window = window
        self.clock = clock
        self.calls = deque()
        self.retries = deque()

    def record_call(self):
        self.forget()
        self.calls.append(self.clock())

    def may_retry(self):
        self.forget()
        allowed = self.percent * len(self.calls) + 100 * self.minimum
        if 100 * (len(self.retries) + 1) >= allowed:
            return False
        self.retries.append(self.clock())
        return True

    @property
    def amplification(self):
        self.forget()
        if not self.calls:
            return 1.0
        return (len(self.calls) + len(self.retries)) / len(self.calls)

    def forget(self):
        now = self.clock()
        for times in (self.calls, self.retries):
            while times and now >= times[0] + self.window:
                times.popleft()
