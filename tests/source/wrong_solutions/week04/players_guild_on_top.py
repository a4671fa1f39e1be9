# Wrong: adds the guild to an even share of everything.
# Replaces: players-solution
# Found by: hidden tests
shards_needed = "16 shards"
copied = "9 TB"
duration = "15.6 hours"
hottest = "7,150 writes/s"
