# Wrong: trusts the order in which the dict lists its bounds.
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
    if not total:
        raise ValueError("no request was counted")
    seen = 0
    for bound, count in counts.items():
        seen += count
        if count and seen >= share * total - 1e-9:
            return bound
