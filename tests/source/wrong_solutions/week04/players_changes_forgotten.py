# Wrong: forgets that changes to copied rows take part of the speed.
# Replaces: players-solution
# Found by: hidden tests
shards_needed = "16 shards"
copied = "9 TB"
duration = "12.5 hours"
hottest = "6,660 writes/s"
