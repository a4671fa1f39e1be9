"""What a judgement is: verdicts per criterion, and the score that our arithmetic makes of them.

The judge gives verdicts; everything that is summed, capped or rounded happens here, in one
place, the same for every judge. Unscored (`points is None`) is not zero.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_serializer, field_validator

from graders.levels import DIMENSIONS, GATE, Kind, Level

FULL_MARKS = Level.SENIOR
"""The level that earns all marks in an assignment: the kit prepares for senior interviews."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    @field_validator("level", mode="before", check_fields=False)
    @classmethod
    def _level_from_label(cls, value: object) -> object:
        if isinstance(value, bool):
            raise ValueError("true and false are no levels")
        return Level.from_label(value) if isinstance(value, str) else value

    @field_serializer("level", check_fields=False)
    def _level_to_label(self, value: Level | None) -> str | None:
        return None if value is None else value.label


class Verdict(_Value):
    """What a judge says of one criterion.

    Attributes:
        criterion: Id of the criterion.
        dimension: Dimension of the criterion.
        level: The level reached, or `None` if it could not be judged.
        evidence: Exact substrings of the answer that the verdict rests on; may be empty.
        reason: One or two sentences for the learner.
        confidence: 0 to 1.
        doubt: Why a person should look before the score counts, as a sentence; else `None`.
    """

    criterion: str
    dimension: str
    level: Level | None
    evidence: tuple[str, ...] = ()
    reason: str = ""
    confidence: float = Field(default=1.0, ge=0, le=1)
    doubt: str | None = None


class Tip(_Value):
    """What would lift this answer by one level on one criterion."""

    criterion: str
    dimension: str
    level: Level
    gap: str
    lift: str


class Score(_Value):
    """The judgement of one answer: JSON in and out, the same from every judge.

    Attributes:
        question_id: Id of the question that was answered.
        judge: Name of the judge.
        judge_version: Version of the judge; with the digest it makes a score reproducible.
        rubric_digest: Fingerprint of the question's prompt, minutes, criteria and model answers.
        level: The overall level, or `None` if unscored.
        points: Mean level over the whole scale, 0 (off) to 1 (staff), or `None` if unscored.
        dimensions: Dimension -> weighted mean level of its criteria, 0 to 4.
        verdicts: One for each criterion, in the question's order.
        tips: The first gaps in order of weight.
        flags: Machine-readable remarks, such as `injection`, `off_topic`, `too_short`.
        needs_review: Whether a person should look before the score counts.
        reasons: Why, in words.
    """

    question_id: str
    judge: str
    judge_version: str
    rubric_digest: str
    level: Level | None
    points: float | None = Field(ge=0, le=1)
    dimensions: Mapping[str, Annotated[float, Field(ge=0, le=4)]] = Field(default_factory=dict)
    verdicts: tuple[Verdict, ...] = ()
    tips: tuple[Tip, ...] = ()
    flags: tuple[str, ...] = ()
    needs_review: bool = False
    reasons: tuple[str, ...] = ()

    def fits(self, criteria: Iterable[str]) -> bool:
        """Whether all verdicts are on *criteria*, the ids of those that the question has today."""
        return {verdict.criterion for verdict in self.verdicts} <= set(criteria)


def dimension_levels(verdicts: Iterable[Verdict], weights: Mapping[str, float]) -> dict[str, float]:
    """Average the verdicts within each dimension.

    Args:
        verdicts: Verdicts; those without a level are left out of both sums.
        weights: Criterion id -> weight.

    Returns:
        Dimension -> weighted mean level, 0 to 4, for each dimension that has a verdict.
    """
    sums: dict[str, float] = {}
    totals: dict[str, float] = {}
    for verdict in verdicts:
        if verdict.level is None:
            continue
        weight = weights[verdict.criterion]
        sums[verdict.dimension] = sums.get(verdict.dimension, 0.0) + weight * verdict.level
        totals[verdict.dimension] = totals.get(verdict.dimension, 0.0) + weight
    return {dimension: sums[dimension] / totals[dimension] for dimension in sums}


def overall(kind: Kind, dimensions: Mapping[str, float]) -> tuple[Level, float] | None:
    """The overall level and the points of an answer, from the levels of its dimensions.

    The rule, the same for every judge: the mean of the dimension levels, weighted with the
    kind's weights, rounded half up. Then the gate: if the dimension that carries judgment
    (trade-offs, judgment, honesty) rounds to *below* or less, the answer is *mid* at most,
    whatever the rest; and it is *staff* only if that dimension is *senior* or above. Points
    are the gated mean as a share of *staff*.

    Args:
        kind: Kind of the question.
        dimensions: Dimension -> level, 0 to 4; a dimension that was not judged is left out.

    Returns:
        The level and the points (0 to 1), or `None` if no dimension was judged.
    """
    weights = DIMENSIONS[kind]
    total = sum(weights[dimension] for dimension in dimensions)
    if total == 0:
        return None
    mean = sum(weights[dimension] * level for dimension, level in dimensions.items()) / total
    judgment = dimensions.get(GATE[kind])
    if judgment is not None:
        if _round(judgment) <= Level.BELOW:
            mean = min(mean, float(Level.MID))
        elif _round(judgment) < Level.SENIOR:
            mean = min(mean, float(Level.SENIOR))
    return Level(_round(mean)), mean / Level.STAFF


def marks(points: float) -> float:
    """The share of an assignment's marks that *points* earn: all of them from *senior* on.

    Args:
        points: Points of a score, 0 to 1.
    """
    return min(1.0, points * Level.STAFF / FULL_MARKS)


def _round(value: float) -> int:
    """Round half up: 2.5 is 3. A hair below a half, as floats have it, counts as the half."""
    return math.floor(value + 0.5 + 1e-9)
