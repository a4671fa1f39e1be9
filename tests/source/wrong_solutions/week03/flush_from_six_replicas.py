# Wrong: counts from the six that stand there, and refills with all that the plan allows.
# Replaces: flush-solution
# Found by: hidden tests


origin_load = "23,280 reads/s"
most_misses = "6.25 %"
worse_by = "700 dollars/month"
refill_time = "27 min"
