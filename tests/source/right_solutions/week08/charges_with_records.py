# Right: keeps a record for each order.
# Replaces: charge-solution
from dataclasses import dataclass


@dataclass
class Record:
    cents: int
    state: str = "new"


class Charges:
    def __init__(self, provider):
        self.provider = provider
        self.records = {}

    def pay(self, key, cents):
        if cents < 1 or (key in self.records and self.records[key].cents != cents):
            raise ValueError(f"{cents} cents for {key}")
        record = self.records.setdefault(key, Record(cents))
        if record.state == "unknown":
            self._look(key)
        if record.state == "new":
            record.state = "unknown"
            try:
                self.provider.charge(key, cents)
            except Declined:
                record.state = "declined"
            except NoAnswer:
                return "unknown"
            else:
                record.state = "paid"
        return record.state

    def settle(self):
        unknown = [key for key, record in self.records.items() if record.state == "unknown"]
        for key in unknown:
            self._look(key)
        return sum(self.records[key].state == "unknown" for key in unknown)

    def _look(self, key):
        try:
            self.records[key].state = "paid" if self.provider.find(key) else "new"
        except NoAnswer:
            pass
