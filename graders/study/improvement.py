"""Whether practice helped: how far each question came that was answered more than once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graders.progress import Attempt


@dataclass(frozen=True)
class Improvement:
    """How far a question came.

    Attributes:
        question_id: The question.
        attempts: How many attempts were judged.
        first: Level of the first one, on the scale 0 to 4.
        last: Level of the last one.
        varied: Whether the last one answered a changed constraint.
    """

    question_id: str
    attempts: int
    first: float
    last: float
    varied: bool

    @property
    def gain(self) -> float:
        """Levels gained; negative if it became worse."""
        return self.last - self.first


def improvements(attempts: Sequence[Attempt]) -> list[Improvement]:
    """How far each question came that was answered more than once, largest gain first."""
    judged: dict[str, list[Attempt]] = {}
    for attempt in sorted(attempts, key=lambda attempt: attempt.at):
        if attempt.score.points is not None:
            judged.setdefault(attempt.question_id, []).append(attempt)
    found = [
        Improvement(
            question_id,
            len(mine),
            4 * (mine[0].score.points or 0.0),
            4 * (mine[-1].score.points or 0.0),
            mine[-1].variation is not None,
        )
        for question_id, mine in judged.items()
        if len(mine) > 1
    ]
    return sorted(found, key=lambda each: (-each.gain, each.question_id))
