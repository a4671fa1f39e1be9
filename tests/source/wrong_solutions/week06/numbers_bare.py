# Wrong: leaves out the units where they decide.
# Replaces: numbers-solution
# Found by: visible tests
busy = "75 %"
wait = "15"
machines = "114"
calls = "12,800"
