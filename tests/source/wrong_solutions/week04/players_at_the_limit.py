# Wrong: plans shards at their limit, moves by modulo, and spreads the guild.
# Replaces: players-solution
# Found by: hidden tests
shards_needed = "8 shards"
copied = "27 TB"
duration = "15.6 hours"
hottest = "3,250 writes/s"
