# Wrong: sizes for the mean hour; the peak finds the fleet too small.
# Replaces: fleet-solution
# Found by: hidden tests
import math


def fleet(hourly, per_machine, utilisation, zones):
    if zones < 2 or not hourly:
        raise ValueError("zones and hours are needed")

    load = sum(hourly) / len(hourly)
    return max(1, math.ceil(100 * load / (per_machine * utilisation * (zones - 1)))) * zones
