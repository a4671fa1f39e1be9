# Wrong: claims the whole fall.
# Replaces: boxes-solution
# Found by: hidden tests
saved = "2.1 million dollars/year"
payback = "2.8 months"
own_share = "100 %"
