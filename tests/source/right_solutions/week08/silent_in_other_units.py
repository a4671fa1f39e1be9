# Right: uses other units and less rounding.
# Replaces: silent-solution
peak_calls = "9,028 calls/minute"
waiting = "1505"
in_doubt = "249,600 dollars"
