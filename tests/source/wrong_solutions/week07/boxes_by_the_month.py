# Wrong: gives a month for a year, and one person for five.
# Replaces: boxes-solution
# Found by: hidden tests
saved = "146,000 dollars/year"
payback = "0.67 months"
own_share = "83 %"
