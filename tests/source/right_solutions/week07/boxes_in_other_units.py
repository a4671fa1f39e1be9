# Right: uses other units and less rounding.
# Replaces: boxes-solution
saved = "146k dollars/month"
payback = "14.4 weeks"
own_share = "0.8333"
