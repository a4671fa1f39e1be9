# Wrong: leaves out the % sign.
# Replaces: flush-solution
# Found by: visible tests


origin_load = "720 reads/s"
most_misses = "6.25"
worse_by = "2,100 dollars/month"
refill_time = "40 min"
