"""Measures the batch engine and nbgrader in the same run on the same submissions."""

from graders.batch.measure.result import FULL, QUICK, BatchResult, Growth, Sizes
from graders.batch.measure.run import measure

__all__ = ["FULL", "QUICK", "BatchResult", "Growth", "Sizes", "measure"]
