# Right: keeps no order and looks at every point, every time.
# Replaces: ring-solution
class Ring:
    def __init__(self, nodes, virtual, place=place):
        listed = list(nodes)
        if virtual < 1 or len(set(listed)) < len(listed):
            raise ValueError("one point at least, and different nodes")
        self.spots = {node: [place(f"{node}#{i}") for i in range(virtual)] for node in listed}
        self.count, self.place = virtual, place

    def owner(self, key):
        if not self.spots:
            raise LookupError("an empty ring")
        at = self.place(key)
        every = [(spot < at, spot, node) for node, mine in self.spots.items() for spot in mine]
        return min(every)[2]

    def add(self, node):
        if node in self.spots:
            raise ValueError(f"{node} again")
        self.spots[node] = [self.place(f"{node}#{i}") for i in range(self.count)]

    def remove(self, node):
        if self.spots.pop(node, None) is None:
            raise ValueError(f"no {node}")


def transfers(before, after, keys):
    from collections import Counter

    pairs = Counter((before.owner(key), after.owner(key)) for key in dict.fromkeys(keys))
    return {(old, new): count for (old, new), count in pairs.items() if old != new}
