# Right: computes with exact fractions.
# Replaces: effect-solution
from fractions import Fraction


def effect(before_treated, after_treated, before_control, after_control):
    rates, variance = [], Fraction(0)
    for weeks in (before_treated, after_treated, before_control, after_control):
        parcels, failed = (sum(column) for column in zip(*weeks)) if weeks else (0, 0)
        if not parcels:
            raise ValueError("a group without parcels has no rate")
        rate = Fraction(failed, parcels)
        rates.append(rate)
        variance += rate * (1 - rate) / parcels
    middle = float(100 * (rates[0] - rates[1] - rates[2] + rates[3]))
    half = 164.5 * float(variance) ** 0.5
    return Range(low=middle - half, middle=middle, high=middle + half)


def yearly_value(effect, parcels_per_week, cost_per_failure):
    if effect.low * effect.high <= 0:
        return None
    failures = [points / 100 * parcels_per_week * 52 for points in effect]
    return Range(*(count * cost_per_failure for count in failures))
