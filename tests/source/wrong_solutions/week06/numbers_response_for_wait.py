# Wrong: gives the whole response time, service included.
# Replaces: numbers-solution
# Found by: hidden tests
busy = "75 %"
wait = "20 ms"
machines = "114 machines"
calls = "12,800 calls/s"
