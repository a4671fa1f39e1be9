# Wrong: averages the percentiles of the gateways, as the dashboard does.
# Replaces: percentile-solution
# Found by: hidden tests
def percentile(histograms, share):
    if not 0 < share <= 1:
        raise ValueError("share must lie above 0 and be at most 1")

    def one(counts):
        total = sum(counts.values())
        if not total:
            raise ValueError("no request was counted")
        seen = 0
        for bound in sorted(counts):
            seen += counts[bound]
            if counts[bound] and seen >= share * total - 1e-9:
                return bound

    found = [one(histogram) for histogram in histograms]
    return sum(found) / len(found)
