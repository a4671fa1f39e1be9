# Wrong: forgets the busiest hour.
# Replaces: silent-solution
# Found by: hidden tests
peak_calls = "30 calls/s"
waiting = "300 requests"
in_doubt = "250k dollars"
