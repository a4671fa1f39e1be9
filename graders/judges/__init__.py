"""Judges: who reads the answers. `base` says what a judge is; the others are judges."""
