# Wrong: forgets the disk.
# Replaces: majority-solution
# Found by: hidden tests
commit_latency = "1.6 ms"
one_by_one = "625 writes/s"
still_alive = "4 machines"
yearly_gap = "10.4 h"
