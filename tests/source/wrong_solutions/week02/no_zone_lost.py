# Wrong: spreads the load over all zones and forgets that one is lost.
# Replaces: fleet-solution
# Found by: visible tests
import math


def fleet(hourly, per_machine, utilisation, zones):
    if zones < 2 or not hourly:
        raise ValueError("zones and hours are needed")

    return max(1, math.ceil(100 * max(hourly) / (per_machine * utilisation * zones))) * zones
