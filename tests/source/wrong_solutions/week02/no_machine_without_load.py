# Wrong: gives an idle fleet no machine at all.
# Replaces: fleet-solution
# Found by: hidden tests
import math


def fleet(hourly, per_machine, utilisation, zones):
    if zones < 2 or not hourly:
        raise ValueError("zones and hours are needed")

    return math.ceil(100 * max(hourly) / (per_machine * utilisation * (zones - 1))) * zones
