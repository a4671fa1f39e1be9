# Wrong: reads two in a thousand as two in a hundred.
# Replaces: silent-solution
# Found by: hidden tests
peak_calls = "150 calls/s"
waiting = "1,500 requests"
in_doubt = "2.5 million dollars"
