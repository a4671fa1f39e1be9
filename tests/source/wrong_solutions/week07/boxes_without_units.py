# Wrong: leaves out the units.
# Replaces: boxes-solution
# Found by: visible tests
saved = "1.755"
payback = "3.35"
own_share = "0.83"
