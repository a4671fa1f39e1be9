# Wrong: takes shares up to 100, as if they were percent.
# Replaces: percentile-solution
# Found by: visible tests
def percentile(histograms, share):
    if not 0 < share <= 100:
        raise ValueError("share")

    counts = {}
    for histogram in histograms:
        for bound, count in histogram.items():
            counts[bound] = counts.get(bound, 0) + count

    def one(counts):
        total = sum(counts.values())
        if not total:
            raise ValueError("no request was counted")
        seen = 0
        for bound in sorted(counts):
            seen += counts[bound]
            if counts[bound] and seen >= share * total - 1e-9:
                return bound

    return one(counts)
