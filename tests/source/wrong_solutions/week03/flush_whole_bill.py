# Wrong: gives the whole bill after the change, not what is added.
# Replaces: flush-solution
# Found by: hidden tests


origin_load = "720 reads/s"
most_misses = "6.25 %"
worse_by = "4,200 dollars/month"
refill_time = "40 min"
