# Wrong: sizes for three zones that never fail.
# Replaces: numbers-solution
# Found by: hidden tests
busy = "75 %"
wait = "15 ms"
machines = "75 machines"
calls = "12,800 calls/s"
