# Wrong: fills the new shards one after the other.
# Replaces: players-solution
# Found by: hidden tests
shards_needed = "16 shards"
copied = "9 TB"
duration = "31.2 hours"
hottest = "6,660 writes/s"
