# Right: keeps a list of what was accepted and looks everything up in it.
# Replaces: store-solution
class FencedStore:
    def __init__(self, accepted=()):
        self.accepted = list(accepted)

    def _accept(self, key, token, change=None):
        if any(token < seen for name, seen, _ in self.accepted if name == key):
            raise StaleTokenError(f"{key}: {token}")
        self.accepted.append((key, token, change))

    def read(self, key, token):
        self._accept(key, token)
        changes = [change for name, _, change in self.accepted if name == key and change]
        return changes[-1][0] if changes else None

    def write(self, key, value, token):
        self._accept(key, token, (value,))

    def delete(self, key, token):
        self._accept(key, token, (None,))

    def snapshot(self):
        return tuple(self.accepted)

    @classmethod
    def restore(cls, snapshot):
        return cls(snapshot)
