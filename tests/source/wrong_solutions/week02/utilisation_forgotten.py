# Wrong: loads every machine to its limit.
# Replaces: fleet-solution
# Found by: hidden tests
import math


def fleet(hourly, per_machine, utilisation, zones):
    if zones < 2 or not hourly:
        raise ValueError("zones and hours are needed")

    return max(1, math.ceil(max(hourly) / (per_machine * (zones - 1)))) * zones
