# Right: first empties the leaving nodes, then takes from the fullest for the emptiest.
# Replaces: plan-solution
def plan(table, nodes):
    if len(set(nodes)) < max(1, len(nodes)):
        raise ValueError("different nodes, at least one")
    now = list(table)

    def emptiest():
        return min(nodes, key=now.count)

    for slot, node in enumerate(table):
        if node not in nodes:
            now[slot] = emptiest()
    while True:
        fullest, low = max(nodes, key=now.count), emptiest()
        if now.count(fullest) - now.count(low) <= 1:
            break
        now[max(s for s, node in enumerate(now) if node == fullest == table[s])] = low
    return [(s, old, new) for s, (old, new) in enumerate(zip(table, now)) if old != new]
