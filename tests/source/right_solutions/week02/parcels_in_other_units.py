# Right: uses other units and less rounding.
# Replaces: parcels-solution
peak_scans = "1 million writes per minute"
stored = "38,880 GB"
peak_egress = "417 MB/s"
