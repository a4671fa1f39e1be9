# Wrong: forgets the busiest hour.
# Replaces: parcels-solution
# Found by: hidden tests
peak_scans = "4,170 writes/s"
stored = "38.9 TB"
peak_egress = "830 Mbit/s"
