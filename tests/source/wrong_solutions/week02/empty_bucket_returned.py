# Wrong: may return a bound under which nothing was counted.
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
    bounds = sorted(counts)
    seen = total
    for bound in reversed(bounds):
        if seen - counts[bound] < share * total - 1e-9 or (seen == total and share == 1):
            return bound
        seen -= counts[bound]
    return bounds[0]
