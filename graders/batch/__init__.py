"""Batch grading: all submissions of an assignment, then feedback for every learner.

Names are imported on first use: whoever only writes pages does not wait for the engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graders.startup import on_demand

if TYPE_CHECKING:
    from graders.batch.engine import grade_assignment
    from graders.batch.executors import start_early
    from graders.batch.feedback import write_feedback
    from graders.batch.outcome import Outcome

_HOME = {
    "Outcome": "outcome", "grade_assignment": "engine", "start_early": "executors",
    "write_feedback": "feedback",
}  # fmt: skip

__all__ = ["Outcome", "grade_assignment", "start_early", "write_feedback"]


def __getattr__(name: str) -> object:
    return on_demand(__name__, _HOME, name)
