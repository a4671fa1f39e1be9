# Right: uses other units.
# Replaces: numbers-solution
busy = "0.75"
wait = "0.015 s"
machines = "114 hosts"
calls = "768 thousand calls per minute"
