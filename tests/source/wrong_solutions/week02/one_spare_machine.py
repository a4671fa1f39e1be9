# Wrong: adds one spare machine instead of surviving a zone.
# Replaces: fleet-solution
# Found by: hidden tests
import math


def fleet(hourly, per_machine, utilisation, zones):
    if zones < 2 or not hourly:
        raise ValueError("zones and hours are needed")

    needed = math.ceil(100 * max(hourly) / (per_machine * utilisation)) + 1
    return math.ceil(needed / zones) * zones
