# Wrong: rounds the machines that must be left, and then once more per zone with floor.
# Replaces: fleet-solution
# Found by: hidden tests
import math


def fleet(hourly, per_machine, utilisation, zones):
    if zones < 2 or not hourly:
        raise ValueError("zones and hours are needed")

    needed = math.ceil(100 * max(hourly) / (per_machine * utilisation))
    return max(1, needed // (zones - 1)) * zones
