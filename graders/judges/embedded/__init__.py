"""The embedded judge: features -> model -> verdicts, all offline."""
