# Wrong: leaves out the units.
# Replaces: players-solution
# Found by: visible tests
shards_needed = "16"
copied = "9"
duration = "15.6"
hottest = "6,660"
