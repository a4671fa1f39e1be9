"""From checks and observations to the points of a cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graders.checks.compare import passes
from graders.checks.model import Check
from graders.checks.observe import Observation

_MISSING = "not everything could be checked; a person looks at the rest"


@dataclass(frozen=True)
class CellOutcome:
    """What a graded code cell with hidden checks comes to.

    Attributes:
        points: The cell's points, or `None` if nothing in it could be decided.
        needs_review: Whether a person must look.
        comment: What the learner is told, in Markdown of ours; empty when all is well.
    """

    points: float | None
    needs_review: bool
    comment: str


def settle(
    checks: Sequence[tuple[int, Check]],
    observations: Mapping[int, Observation],
    *,
    tests: float | None,
    max_points: float,
) -> CellOutcome:
    """Add up the cell's own tests and its hidden checks.

    The checks decide the points that they carry, the cell's own tests the rest.

    Args:
        checks: The checks of the cell with their numbers in the notebook.
        observations: Number -> what was observed.
        tests: The points that the cell's own tests gave, of *max_points*; `None` if they cannot
            be trusted or did not run.
        max_points: The cell's points.
    """
    carried = sum(check.points for _, check in checks)
    earned, messages, missing = 0.0, [], 0
    for number, check in checks:
        observation = observations.get(number)
        if observation is None or observation.kind == "gone":
            missing += 1
            continue
        result = passes(check, observation)
        earned += check.points if result.passed else 0.0
        if not result.passed:
            messages.append(result.message)
    own = max(0.0, max_points - carried)
    if tests is not None and max_points > 0:
        earned += own * min(1.0, tests / max_points)
    unsure = missing > 0 or (tests is None and own > 1e-9)
    messages += [_MISSING] if missing else []
    comment = "\n".join(f"- {message}" for message in dict.fromkeys(messages))
    if missing == len(checks) and tests is None:
        return CellOutcome(None, True, comment)
    return CellOutcome(round(earned, 6), unsure, comment)
