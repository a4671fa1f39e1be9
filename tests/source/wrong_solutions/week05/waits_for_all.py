# Wrong: waits for the slowest follower, and for all machines.
# Replaces: majority-solution
# Found by: hidden tests
commit_latency = "24.4 ms"
one_by_one = "41 writes/s"
still_alive = "6 machines"
yearly_gap = "515 h"
