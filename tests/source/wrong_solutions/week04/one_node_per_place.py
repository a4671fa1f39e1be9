# Wrong: keeps a dict from place to node, so of two nodes in one place one is lost.
# Replaces: ring-solution
# Found by: hidden tests
class Ring:
    def __init__(self, nodes, virtual, place=place):
        if virtual < 1:
            raise ValueError(virtual)
        self.virtual, self.place = virtual, place
        self.nodes, self.at = set(), {}
        for node in nodes:
            self.add(node)

    def owner(self, key):
        if not self.at:
            raise LookupError("nobody is there")
        places = sorted(self.at)
        return self.at[places[bisect_left(places, self.place(key)) % len(places)]]

    def add(self, node):
        if node in self.nodes:
            raise ValueError(node)
        self.nodes.add(node)
        for i in range(self.virtual):
            spot = self.place(f"{node}#{i}")
            self.at[spot] = min(node, self.at.get(spot, node))

    def remove(self, node):
        if node not in self.nodes:
            raise ValueError(node)
        self.nodes.remove(node)
        self.at = {spot: owner for spot, owner in self.at.items() if owner != node}


def transfers(before, after, keys):
    found = {}
    for key in set(keys):
        pair = before.owner(key), after.owner(key)
        if pair[0] != pair[1]:
            found[pair] = found.get(pair, 0) + 1
    return found
