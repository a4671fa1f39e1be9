# Wrong: covers each round on its own, and tells a story twice.
# Replaces: stories-solution
# Found by: hidden tests
import itertools


def choose(stories, rounds):
    result = []
    for asked in rounds:
        for size in range(len(stories) + 1):
            fits = [
                list(told)
                for told in itertools.combinations(sorted(stories), size)
                if asked <= {signal for name in told for signal in stories[name]}
            ]
            if fits:
                result.append(min(fits))
                break
        else:
            return None
    return result
