# Right: lists every request and takes the one at the rank.
# Replaces: percentile-solution
import math


def percentile(histograms, share):
    if not 0 < share <= 1:
        raise ValueError("a share lies above 0 and is at most 1")
    every = sorted(bound for row in histograms for bound, n in row.items() for _ in range(n))
    if not every:
        raise ValueError("nothing was counted")
    return every[math.ceil(share * len(every) - 1e-9) - 1]
