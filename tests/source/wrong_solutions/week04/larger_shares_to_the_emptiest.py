# Wrong: gives the larger shares to those who hold least, so the others give one slot too many.
# Replaces: plan-solution
# Found by: hidden tests
def plan(table, nodes):
    if not nodes or len(set(nodes)) != len(nodes):
        raise ValueError(nodes)
    share, larger = divmod(len(table), len(nodes))
    fullest = sorted(nodes, key=table.count)
    room = {node: share + (rank < larger) for rank, node in enumerate(fullest)}

    surplus = []
    for slot, node in enumerate(table):
        if room.get(node, 0) > 0:
            room[node] -= 1
        else:
            surplus.append(slot)
    takers = [node for node in nodes for _ in range(room[node])]
    return [(slot, table[slot], taker) for slot, taker in zip(surplus, takers)]
