# Wrong: takes the first choice that fits, which may hold more stories than needed.
# Replaces: stories-solution
# Found by: visible tests
import itertools


def choose(stories, rounds):
    names = sorted(stories)
    found = []
    for places in itertools.product(range(-1, len(rounds)), repeat=len(names)):
        told = [[n for n, p in zip(names, places) if p == r] for r in range(len(rounds))]
        shown = [{s for n in one for s in stories[n]} for one in told]
        if all(asked <= have for asked, have in zip(rounds, shown)):
            found.append((sum(map(len, told)), told))
    return found[-1][1] if found else None
