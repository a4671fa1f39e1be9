# Wrong: needs three followers, because it forgets that the leader has a vote.
# Replaces: majority-solution
# Found by: hidden tests
commit_latency = "11.4 ms"
one_by_one = "88 writes/s"
still_alive = "4 machines"
yearly_gap = "10.4 h"
