# Wrong: calls a charge without an answer declined.
# Replaces: charge-solution
# Found by: visible tests
class Charges:
    def __init__(self, provider):
        self.provider = provider
        self.cents = {}
        self.state = {}

    def pay(self, key, cents):
        if cents < 1:
            raise ValueError("cents")
        if key in self.cents and self.cents[key] != cents:
            raise ValueError("another amount")
        self.cents[key] = cents
        if self.state.get(key) in ("paid", "declined"):
            return self.state[key]
        if self.state.get(key) == "unknown":
            try:
                if self.provider.find(key):
                    self.state[key] = "paid"
                    return "paid"
            except NoAnswer:
                return "unknown"
        self.state[key] = "unknown"
        try:
            self.provider.charge(key, cents)
            self.state[key] = "paid"
        except Declined:
            self.state[key] = "declined"
        except NoAnswer:
            self.state[key] = "declined"
        return self.state[key]

    def settle(self):
        for key, state in list(self.state.items()):
            if state != "unknown":
                continue
            try:
                if self.provider.find(key):
                    self.state[key] = "paid"
                else:
                    del self.state[key]
            except NoAnswer:
                pass
        return list(self.state.values()).count("unknown")
