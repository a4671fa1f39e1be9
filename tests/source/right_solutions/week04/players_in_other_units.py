# Right: uses other units and less rounding.
# Replaces: players-solution
shards_needed = "16"
copied = "9,000 GB"
duration = "937 minutes"
hottest = "399,750 writes per minute"
