"""Batch grading: all submissions of an assignment, then feedback for every learner."""

from graders.batch.engine import Outcome, grade_assignment
from graders.batch.feedback import write_feedback

__all__ = ["Outcome", "grade_assignment", "write_feedback"]
