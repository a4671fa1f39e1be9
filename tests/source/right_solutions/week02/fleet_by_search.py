# Right: adds a machine to every zone until the rest is enough.
# Replaces: fleet-solution
def fleet(hourly, per_machine, utilisation, zones):
    if zones < 2 or not hourly:
        raise ValueError("two zones and an hour are the least")
    peak = max(hourly)
    each = 1
    while each * (zones - 1) * per_machine * utilisation < peak * 100:
        each += 1
    return each * zones
