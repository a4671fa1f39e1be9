# Wrong: takes the story with most signals first, in each round.
# Replaces: stories-solution
# Found by: hidden tests
def choose(stories, rounds):
    left = dict(stories)
    result = []
    for asked in rounds:
        missing, told = set(asked), []
        while missing:
            best = min(left, key=lambda name: (-len(left[name] & missing), name), default=None)
            if best is None or not left[best] & missing:
                return None
            missing -= left.pop(best)
            told.append(best)
        result.append(sorted(told))
    return result
