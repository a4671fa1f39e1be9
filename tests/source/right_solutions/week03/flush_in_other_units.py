# Right: uses other units.
# Replaces: flush-solution


origin_load = "43,200 reads per minute"
most_misses = "6.3 %"
worse_by = "$25,200/year"
refill_time = "0.67 hours"
