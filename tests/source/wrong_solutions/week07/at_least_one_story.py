# Wrong: gives every round a story, also one that asks for nothing.
# Replaces: stories-solution
# Found by: hidden tests
import itertools


def choose(stories, rounds):
    names = sorted(stories)
    found = []
    for places in itertools.product(range(-1, len(rounds)), repeat=len(names)):
        told = [[n for n, p in zip(names, places) if p == r] for r in range(len(rounds))]
        shown = [{s for n in one for s in stories[n]} for one in told]
        if all(told) and all(asked <= have for asked, have in zip(rounds, shown)):
            found.append((sum(map(len, told)), told))
    return min(found)[1] if found else None
