# Wrong: returns 0 where no request was counted.
# Replaces: percentile-solution
# Found by: hidden tests
def percentile(histograms, share):
    if not 0 < share <= 1:
        raise ValueError("share must lie above 0 and be at most 1")

    counts = {}
    for histogram in histograms:
        for bound, count in histogram.items():
            counts[bound] = counts.get(bound, 0) + count

    total = sum(counts.values())
    seen = 0
    for bound in sorted(counts):
        seen += counts[bound]
        if counts[bound] and seen >= share * total - 1e-9:
            return bound
    return 0
