# Wrong: rounds every share up, so the last node is left with too little.
# Replaces: plan-solution
# Found by: hidden tests
def plan(table, nodes):
    if not nodes or len(set(nodes)) != len(nodes):
        raise ValueError(nodes)
    share = -(-len(table) // len(nodes))
    room = dict.fromkeys(nodes, share)

    surplus = []
    for slot, node in enumerate(table):
        if room.get(node, 0) > 0:
            room[node] -= 1
        else:
            surplus.append(slot)
    takers = [node for node in nodes for _ in range(room[node])]
    return [(slot, table[slot], taker) for slot, taker in zip(surplus, takers)]
