# Wrong: adds up exactly what is needed, so the zones get unequal numbers.
# Replaces: fleet-solution
# Found by: hidden tests
import math


def fleet(hourly, per_machine, utilisation, zones):
    if zones < 2 or not hourly:
        raise ValueError("zones and hours are needed")

    needed = math.ceil(100 * max(hourly) / (per_machine * utilisation))
    return max(zones, math.ceil(needed * zones / (zones - 1)))
