# Wrong: leaves out the units.
# Replaces: silent-solution
# Found by: visible tests
peak_calls = "150"
waiting = "1500"
in_doubt = "250000"
