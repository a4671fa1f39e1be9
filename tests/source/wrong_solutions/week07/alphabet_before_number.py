# Wrong: compares names before it counts stories.
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
            found.append((told, told))
    return min(found)[1] if found else None
