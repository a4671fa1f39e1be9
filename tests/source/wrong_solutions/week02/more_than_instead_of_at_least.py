# Wrong: wants more than the share, so exactly half is not enough for the median.
# Replaces: percentile-solution
# Found by: visible tests
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
    for bound in sorted(counts):
        seen += counts[bound]
        if seen > share * total:
            return bound
    return max(counts)
