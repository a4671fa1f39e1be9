# Wrong: takes an empty week for an idle one.
# Replaces: fleet-solution
# Found by: hidden tests
import math


def fleet(hourly, per_machine, utilisation, zones):
    if zones < 2:
        raise ValueError("zones")
    load = max(hourly, default=0)
    return max(1, math.ceil(100 * load / (per_machine * utilisation * (zones - 1)))) * zones
