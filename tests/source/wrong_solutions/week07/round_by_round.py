# Wrong: gives each round its best stories before it looks at the next one.
# Replaces: stories-solution
# Found by: hidden tests
import itertools


def choose(stories, rounds):
    left, result = sorted(stories), []
    for asked in rounds:
        for size in range(len(left) + 1):
            fits = [
                list(told)
                for told in itertools.combinations(left, size)
                if asked <= {signal for name in told for signal in stories[name]}
            ]
            if fits:
                result.append(min(fits))
                left = [name for name in left if name not in result[-1]]
                break
        else:
            return None
    return result
