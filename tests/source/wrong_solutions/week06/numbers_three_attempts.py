# Wrong: takes three retries for three attempts.
# Replaces: numbers-solution
# Found by: hidden tests
busy = "75 %"
wait = "15 ms"
machines = "114 machines"
calls = "5,400 calls/s"
