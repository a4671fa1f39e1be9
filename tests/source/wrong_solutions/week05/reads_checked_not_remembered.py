# Wrong: checks the token of a read and does not remember it.
# Replaces: store-solution
# Found by: hidden tests
class FencedStore:
    def __init__(self):
        self._values, self._shown = {}, {}

    def _show(self, key, token):
        if key in self._shown and token < self._shown[key]:
            raise StaleTokenError(key)
        self._shown[key] = token

    def read(self, key, token):
        if token < self._shown.get(key, token):
            raise StaleTokenError(key)
        return self._values.get(key)

    def write(self, key, value, token):
        self._show(key, token)
        self._values[key] = value

    def delete(self, key, token):
        self._show(key, token)
        self._values.pop(key, None)

    def snapshot(self):
        return dict(self._values), dict(self._shown)

    @classmethod
    def restore(cls, snapshot):
        store = cls()
        store._values, store._shown = dict(snapshot[0]), dict(snapshot[1])
        return store
