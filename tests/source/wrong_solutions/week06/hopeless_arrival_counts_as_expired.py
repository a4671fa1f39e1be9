# Wrong: counts those that are hopeless on arrival as expired.
# Replaces: gate-solution
# Found by: hidden tests
import time


class Gate:
    """A bounded waiting line that drops the hopeless first and the unimportant next."""

    def __init__(self, bound, service, clock=time.monotonic):
        if bound < 1 or service < 0:
            raise ValueError("bound must be 1 or more, service must not be negative")
        self.bound = bound
        self.service = service
        self.clock = clock
        self.waiting = []
        self.refused = 0
        self.expired = 0

    def offer(self, name, priority, deadline):
        self.sweep()
        if self.hopeless(deadline):
            self.expired += 1
            return name
        self.waiting.append((name, priority, deadline))
        if len(self.waiting) <= self.bound:
            return None
        self.refused += 1
        lowest = min(row[1] for row in self.waiting)
        places = [i for i, row in enumerate(self.waiting) if row[1] == lowest]
        return self.waiting.pop(places[-1])[0]

    def take(self):
        self.sweep()
        if not self.waiting:
            return None
        highest = max(row[1] for row in self.waiting)
        places = [i for i, row in enumerate(self.waiting) if row[1] == highest]
        return self.waiting.pop(places[0])[0]

    def __len__(self):
        self.sweep()
        return len(self.waiting)

    def hopeless(self, deadline):
        return self.clock() + self.service > deadline

    def sweep(self):
        kept = [row for row in self.waiting if not self.hopeless(row[2])]
        self.expired += len(self.waiting) - len(kept)
        self.waiting = kept
