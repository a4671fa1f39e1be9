# Wrong: looks at the nodes that stay and leaves the slots of the others where they are.
# Replaces: plan-solution
# Found by: visible tests
def plan(table, nodes):
    if not nodes or len(set(nodes)) != len(nodes):
        raise ValueError(nodes)
    share, larger = divmod(len(table), len(nodes))
    fullest = sorted(nodes, key=table.count, reverse=True)
    room = {node: share + (rank < larger) for rank, node in enumerate(fullest)}

    surplus = []
    for slot, node in enumerate(table):
        if room.get(node, 0) > 0:
            room[node] -= 1
        elif node in room:
            surplus.append(slot)
    takers = [node for node in nodes for _ in range(room[node])]
    return [(slot, table[slot], taker) for slot, taker in zip(surplus, takers)]
