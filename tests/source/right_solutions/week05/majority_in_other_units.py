# Right: uses other units and less rounding.
# Replaces: majority-solution
commit_latency = "0.002 s"
one_by_one = "30 thousand writes per minute"
still_alive = "4 servers"
yearly_gap = "622 min"
