# Right: keeps, for each key, the lowest version that may enter.
# Replaces: fill-solution


class VersionedCache:
    def __init__(self, marker_ttl, clock=time.monotonic):
        if not marker_ttl > 0:
            raise ValueError("marker_ttl")
        self.ttl, self.clock = marker_ttl, clock
        self.rows, self.floor, self.until = {}, {}, {}

    def lowest(self, key):
        if self.clock() >= self.until.get(key, float("inf")):
            del self.floor[key], self.until[key]
        return max(self.floor.get(key, 0), self.rows.get(key, (0,))[0])

    def get(self, key):
        return self.rows.get(key)

    def fill(self, key, version, value):
        welcome = version >= self.lowest(key)
        if welcome:
            self.rows[key] = (version, value)
        return welcome

    def invalidate(self, key, version):
        self.lowest(key)
        if self.rows.get(key, (version,))[0] < version:
            self.evict(key)
        self.floor[key] = max(version, self.floor.get(key, version))
        self.until[key] = self.clock() + self.ttl

    def evict(self, key):
        if key in self.rows:
            del self.rows[key]

    def __len__(self):
        return len(self.rows)
