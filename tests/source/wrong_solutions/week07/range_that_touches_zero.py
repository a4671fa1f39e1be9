# Wrong: claims a range that begins or ends exactly at zero.
# Replaces: effect-solution
# Found by: hidden tests
def effect(before_treated, after_treated, before_control, after_control):
    cells = []
    for weeks in (before_treated, after_treated, before_control, after_control):
        parcels = sum(count for count, _ in weeks)
        if parcels == 0:
            raise ValueError("no parcel")
        cells.append((sum(failed for _, failed in weeks) / parcels, parcels))
    rates = [rate for rate, _ in cells]
    middle = 100 * ((rates[0] - rates[1]) - (rates[2] - rates[3]))
    half = 164.5 * math.sqrt(sum(r * (1 - r) / n for r, n in cells))
    return Range(middle - half, middle, middle + half)


def yearly_value(effect, parcels_per_week, cost_per_failure):
    if effect.low < 0 < effect.high:
        return None
    factor = parcels_per_week * 52 * cost_per_failure / 100
    return Range(*(points * factor for points in effect))
