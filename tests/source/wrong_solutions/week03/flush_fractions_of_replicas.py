# Wrong: buys fractions of replicas and gives the hit rate for the miss rate.
# Replaces: flush-solution
# Found by: hidden tests


origin_load = "720 reads/s"
most_misses = "93.75 %"
worse_by = "1,680 dollars/month"
refill_time = "40 min"
