# Wrong: takes ten points off the share instead of a tenth off the picks.
# Replaces: boxes-solution
# Found by: hidden tests
saved = "1.75 million dollars/year"
payback = "3.4 months"
own_share = "90 %"
