# Wrong: None from the dictionary is taken for 'not there', so a stored None is a miss.
# Replaces: lru-solution
# Found by: hidden tests
import time
from collections import OrderedDict


class TTLCache:
    """A cache of bounded size whose entries expire, with hit-rate accounting."""

    def __init__(self, capacity, ttl, clock=time.monotonic):
        if capacity < 1:
            raise ValueError("capacity must be at least 1")
        self.capacity = capacity
        self.ttl = ttl
        self.clock = clock
        self.hits = 0
        self.misses = 0
        self.entries = OrderedDict()  # key -> (value, stored_at), least recently used first

    def _expired(self, key):
        return self.clock() >= self.entries[key][1] + self.ttl

    def get(self, key, default=None):
        value, stored_at = self.entries.get(key, (None, self.clock()))
        if value is not None and self.clock() >= stored_at + self.ttl:
            del self.entries[key]
            value = None
        if value is None:
            self.misses += 1
            return default
        self.hits += 1
        self.entries.move_to_end(key)
        return self.entries[key][0]

    def put(self, key, value):
        if key not in self.entries and len(self.entries) >= self.capacity:
            for other in [other for other in self.entries if self._expired(other)]:
                del self.entries[other]
            if len(self.entries) >= self.capacity:
                self.entries.popitem(last=False)
        self.entries[key] = (value, self.clock())
        self.entries.move_to_end(key)

    def __len__(self):
        return sum(not self._expired(key) for key in self.entries)

    @property
    def hit_rate(self):
        asked = self.hits + self.misses
        return self.hits / asked if asked else 0.0
