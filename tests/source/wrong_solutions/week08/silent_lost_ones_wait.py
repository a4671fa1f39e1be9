# Wrong: lets only the usual lost calls wait, on an evening when nothing is answered.
# Replaces: silent-solution
# Found by: hidden tests
peak_calls = "150 calls/s"
waiting = "3 requests"
in_doubt = "250k dollars"
