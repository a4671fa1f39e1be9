# Wrong: lets a late announcement lower the marker.
# Replaces: fill-solution
# Found by: hidden tests


class VersionedCache:
    """A cache that refuses values older than what it knows about a key."""

    def __init__(self, marker_ttl, clock=time.monotonic):
        if marker_ttl <= 0:
            raise ValueError("marker_ttl must be above 0")
        self.marker_ttl = marker_ttl
        self.clock = clock
        self.values = {}  # key -> (version, value)
        self.markers = {}  # key -> (version, time of the last announcement)

    def marked(self, key):
        if key not in self.markers:
            return -1
        version, when = self.markers[key]
        return version if self.clock() < when + self.marker_ttl else -1

    def get(self, key):
        return self.values.get(key)

    def fill(self, key, version, value):
        if key in self.values and self.values[key][0] > version:
            return False
        if self.marked(key) > version:
            return False
        self.values[key] = (version, value)
        return True

    def invalidate(self, key, version):
        if key in self.values and self.values[key][0] < version:
            del self.values[key]
        self.markers[key] = (version, self.clock())

    def evict(self, key):
        self.values.pop(key, None)

    def __len__(self):
        return len(self.values)
