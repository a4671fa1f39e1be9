# Wrong: counts one copy, and bytes instead of bits.
# Replaces: parcels-solution
# Found by: hidden tests
peak_scans = "16,700 writes/s"
stored = "13 TB"
peak_egress = "417 Mbit/s"
