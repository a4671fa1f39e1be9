# Wrong: gives the larger shares to the first nodes of the list, not to those who hold most.
# Replaces: plan-solution
# Found by: hidden tests
def plan(table, nodes):
    if not nodes or len(set(nodes)) != len(nodes):
        raise ValueError(nodes)
    share, larger = divmod(len(table), len(nodes))
    room = {node: share + (rank < larger) for rank, node in enumerate(nodes)}

    surplus = []
    for slot, node in enumerate(table):
        if room.get(node, 0) > 0:
            room[node] -= 1
        else:
            surplus.append(slot)
    takers = [node for node in nodes for _ in range(room[node])]
    return [(slot, table[slot], taker) for slot, taker in zip(surplus, takers)]
