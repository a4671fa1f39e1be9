# Wrong: deals the slots round, which balances them and moves nearly all.
# Replaces: plan-solution
# Found by: visible tests
def plan(table, nodes):
    if not nodes or len(set(nodes)) != len(nodes):
        raise ValueError(nodes)
    return [
        (slot, node, nodes[slot % len(nodes)])
        for slot, node in enumerate(table)
        if node != nodes[slot % len(nodes)]
    ]
