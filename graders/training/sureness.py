"""Whether the judge knows when it does not know: intervals, and what is left to a person.

Everything is out of fold: each answer's level and interval come from the other questions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graders.judges.embedded.judge import PASS, mean_level
from graders.levels import Level
from graders.question import load_question
from graders.training.fit import Design
from graders.training.measure import Judged, OutOfFold
from graders.training.scale import true_mean

SHARES = (1.0, 0.8, 0.6, 0.5, 0.4)
"""Shares of the answers, the surest ones, whose errors are compared."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Kept:
    """The surest answers.

    Attributes:
        share: Share of the answers that is kept.
        count: How many these are.
        rmse: Root mean squared error of their mean level, in levels; kept are the answers with
            the narrowest intervals.
        right: Share of right decisions on *senior or above*; kept are the answers that stand
            farthest from that border, in widths of their interval.
    """

    share: float
    count: int
    rmse: float
    right: float


@dataclass(frozen=True)
class Sureness:
    """What the intervals of all answers are worth.

    Attributes:
        count: Answers.
        coverage: Share whose mean level lies within its interval, which is made to hold 70 %.
        width: Mean width of the interval, in levels, within the scale.
        reviewed: Share of the scores that wait for a person, for whatever reason.
        right_alone: Share of right decisions on *senior or above* among the others.
        right_reviewed: The same among those that wait.
        kept: Errors by share kept.
    """

    count: int
    coverage: float
    width: float
    reviewed: float
    right_alone: float
    right_reviewed: float
    kept: tuple[Kept, ...]


@dataclass(frozen=True)
class Intervals:
    """Mean levels and their intervals, all of shape (answers,), 0 to 4.

    Attributes:
        means: Predicted mean level.
        errors: Half the width of its interval.
        truths: The mean level that the labels give.
    """

    means: Array
    errors: Array
    truths: Array

    @classmethod
    def of(cls, made: Design, predictor: OutOfFold) -> Intervals:
        """Those of all labelled answers that *predictor* knows."""
        means, errors = [], []
        for one in predictor.answers:
            found = predictor.predict(made.rows.features[one.index], ())
            means.append(mean_level(load_question(one.answer.question_id), found.levels))
            errors.append(found.error)
        truths = [true_mean(one.answer) for one in predictor.answers]
        return cls(np.array(means), np.array(errors), np.array(truths))


def sureness(intervals: Intervals, judged: Sequence[Judged]) -> Sureness:
    """Measure *intervals*, and the scores of the same answers that wait for a person."""
    means, errors, truths = intervals.means, intervals.errors, intervals.truths
    low, high = np.maximum(means - errors, 0.0), np.minimum(means + errors, 4.0)
    waiting = [one for one in judged if one.score.needs_review]
    alone = [one for one in judged if not one.score.needs_review]
    return Sureness(
        count=len(means),
        coverage=float(np.mean((low <= truths) & (truths <= high))),
        width=float(np.mean(high - low)),
        reviewed=len(waiting) / len(judged),
        right_alone=_decided(alone),
        right_reviewed=_decided(waiting),
        kept=tuple(_kept(intervals, share) for share in SHARES),
    )


def _kept(intervals: Intervals, share: float) -> Kept:
    means, errors, truths = intervals.means, intervals.errors, intervals.truths
    count = max(1, round(share * len(means)))
    narrow = np.argsort(errors, kind="stable")[:count]
    clear = np.argsort(-np.abs(means - PASS) / errors, kind="stable")[:count]
    right = (means[clear] >= PASS) == (truths[clear] >= PASS)
    misses = means[narrow] - truths[narrow]
    return Kept(share, count, float(np.sqrt(np.mean(misses**2))), float(np.mean(right)))


def _decided(judged: Sequence[Judged]) -> float:
    """Share of right decisions on *senior or above*; nan without a level to decide by."""
    right = [
        (one.given >= Level.SENIOR) == (one.answer.level >= Level.SENIOR)
        for one in judged
        if one.given is not None
    ]
    return float(np.mean(right)) if right else float("nan")
