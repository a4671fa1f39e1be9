# Wrong: copies a key as often as it is named.
# Replaces: ring-solution
# Found by: hidden tests
class Ring:
    def __init__(self, nodes, virtual, place=place):
        if virtual < 1:
            raise ValueError(virtual)
        self.virtual, self.place = virtual, place
        self.nodes, self.points = set(), []
        for node in nodes:
            self.add(node)

    def owner(self, key):
        if not self.points:
            raise LookupError("nobody is there")
        index = bisect_left(self.points, (self.place(key), ""))
        return self.points[index % len(self.points)][1]

    def add(self, node):
        if node in self.nodes:
            raise ValueError(node)
        self.nodes.add(node)
        self.points += [(self.place(f"{node}#{i}"), node) for i in range(self.virtual)]
        self.points.sort()

    def remove(self, node):
        if node not in self.nodes:
            raise ValueError(node)
        self.nodes.remove(node)
        self.points = [point for point in self.points if point[1] != node]


def transfers(before, after, keys):
    found = {}
    for key in keys:
        pair = before.owner(key), after.owner(key)
        if pair[0] != pair[1]:
            found[pair] = found.get(pair, 0) + 1
    return found
