# Right: keeps the line sorted: best first, so both ends are known.
# Replaces: gate-solution
import time
from itertools import count


class Gate:
    def __init__(self, bound, service, clock=time.monotonic):
        if bound < 1:
            raise ValueError("no room")
        if service < 0:
            raise ValueError("work cannot take less than no time")
        self.bound, self.service, self.clock = bound, service, clock
        self.number = count()
        self.line = []  # (-priority, number, name, deadline), sorted: the next to serve first
        self.refused = self.expired = 0

    def sweep(self):
        end = self.clock() + self.service
        for row in [row for row in self.line if row[3] < end]:
            self.line.remove(row)
            self.expired += 1
        return end

    def offer(self, name, priority, deadline):
        if self.sweep() > deadline:
            self.refused += 1
            return name
        self.line.append((-priority, next(self.number), name, deadline))
        self.line.sort()
        if len(self.line) > self.bound:
            self.refused += 1
            return self.line.pop()[2]
        return None

    def take(self):
        self.sweep()
        return self.line.pop(0)[2] if self.line else None

    def __len__(self):
        self.sweep()
        return len(self.line)
