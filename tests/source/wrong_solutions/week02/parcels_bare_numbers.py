# Wrong: leaves out the units.
# Replaces: parcels-solution
# Found by: visible tests
peak_scans = "16,700"
stored = "38.9"
peak_egress = "3.33"
