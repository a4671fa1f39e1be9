# Wrong: takes three of six for a majority.
# Replaces: majority-solution
# Found by: hidden tests
commit_latency = "2 ms"
one_by_one = "500 writes/s"
still_alive = "3 machines"
yearly_gap = "10.4 h"
