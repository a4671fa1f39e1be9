# Wrong: lets whoever asks take over from a late loader, which only `overdue` may do.
# Replaces: flight-solution
# Found by: hidden tests


class SingleFlight:
    """Lets one reader load a key while the others wait for its result."""

    def __init__(self, lease, clock=time.monotonic):
        if lease <= 0:
            raise ValueError("the lease must be above 0")
        self.lease = lease
        self.clock = clock
        self.flights = {}  # key -> [loader, start, readers that wait]

    def ask(self, key, reader):
        if key in self.flights and self.clock() < self.flights[key][1] + self.lease:
            self.flights[key][2].append(reader)
            return False
        self.flights[key] = [reader, self.clock(), []]
        return True

    def finish(self, key, reader, value):
        flight = self.flights.get(key)
        if flight is None or flight[0] != reader:
            return {}
        del self.flights[key]
        return {who: value for who in [reader, *flight[2]]}

    def fail(self, key, reader, error):
        return self.finish(key, reader, error)

    def overdue(self):
        new = {}
        for key, flight in list(self.flights.items()):
            if self.clock() >= flight[1] + self.lease:
                if flight[2]:
                    flight[0] = new[key] = flight[2].pop(0)
                    flight[1] = self.clock()
                else:
                    del self.flights[key]
        return new

    def __len__(self):
        return len(self.flights)
