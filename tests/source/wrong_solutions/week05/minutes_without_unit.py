# Wrong: leaves out the units of the times.
# Replaces: majority-solution
# Found by: visible tests
commit_latency = "2"
one_by_one = "500 writes/s"
still_alive = "4"
yearly_gap = "10.4"
