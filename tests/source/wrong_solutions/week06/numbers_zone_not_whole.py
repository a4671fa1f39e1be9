# Wrong: rounds over all zones instead of in each.
# Replaces: numbers-solution
# Found by: hidden tests
busy = "75 %"
wait = "15 ms"
machines = "113 machines"
calls = "12,800 calls/s"
