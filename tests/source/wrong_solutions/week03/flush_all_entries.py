# Wrong: refills everything, not only the hot fifth.
# Replaces: flush-solution
# Found by: hidden tests


origin_load = "720 reads/s"
most_misses = "6.25 %"
worse_by = "2,100 dollars/month"
refill_time = "3.3 hours"
