# Wrong: cuts the rank to a whole number, so 99% of 150 requests are 148.
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
    rank = max(1, int(share * total))
    seen = 0
    for bound in sorted(counts):
        seen += counts[bound]
        if seen >= rank:
            return bound
