"""Intervals and the surest answers are counted as they are explained."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.levels import DIMENSIONS, Level
from graders.score import Score
from graders.training import Judged, Labelled, Rows, design, solve
from graders.training.measure import OutOfFold
from graders.training.sureness import SHARES, Intervals, sureness


def judged(label: Level, given_: Level | None, waits: bool) -> Judged:
    answer = Labelled(
        "a", "concept/caching", "", label, dict.fromkeys(DIMENSIONS["concept"], label)
    )
    points = None if given_ is None else given_ / 4
    score = Score(
        question_id="concept/caching", judge="x", judge_version="1", rubric_digest="d",
        level=given_, points=points, needs_review=waits,
    )  # fmt: skip
    return Judged(answer, score)


SOME = [judged(Level.MID, Level.MID, False)]


def test_a_worked_example() -> None:
    intervals = Intervals(
        means=np.array([1.0, 2.0, 3.0, 4.0]),
        errors=np.array([0.5, 0.5, 1.0, 1.0]),
        truths=np.array([1.4, 3.0, 2.2, 3.5]),
    )
    found = sureness(intervals, SOME)
    assert found.coverage == 3 / 4  # the second lies outside of 1.5 to 2.5
    assert found.width == pytest.approx((1 + 1 + 2 + 1) / 4)  # the last one ends at 4
    half = next(kept for kept in found.kept if kept.share == 0.5)
    assert half.count == 2
    assert half.rmse == pytest.approx(math.sqrt((0.4**2 + 1.0**2) / 2))
    # Farthest from the border at 2.5, in widths: the first (3.0) and the last (1.5).
    assert half.right == 1.0


def test_what_waits_is_told_from_what_is_decided_alone() -> None:
    scores = [
        judged(Level.MID, Level.MID, False),
        judged(Level.SENIOR, Level.STAFF, False),
        judged(Level.SENIOR, Level.MID, True),
        judged(Level.SENIOR, None, True),
    ]
    found = sureness(Intervals(*(np.ones(4) for _ in range(3))), scores)
    assert (found.reviewed, found.right_alone, found.right_reviewed) == (0.5, 1.0, 0.0)
    assert math.isnan(sureness(Intervals(*(np.ones(1) for _ in range(3))), SOME).right_reviewed)


NUMBERS = st.lists(
    st.tuples(st.floats(0, 4), st.floats(0.1, 3), st.floats(0, 4)), min_size=3, max_size=30
)


@given(NUMBERS)
def test_wider_intervals_hold_more(rows: list[tuple[float, float, float]]) -> None:
    means, errors, truths = np.array(rows).T
    narrow = sureness(Intervals(means, errors, truths), SOME)
    wide = sureness(Intervals(means, 2 * errors, truths), SOME)
    assert narrow.coverage <= wide.coverage
    assert 0 <= narrow.width <= wide.width <= 4
    assert [kept.count for kept in narrow.kept] == sorted(
        (kept.count for kept in narrow.kept), reverse=True
    )
    assert tuple(kept.share for kept in narrow.kept) == SHARES


def test_intervals_of_real_answers_hold_most_of_them(few: list[Labelled], rows: Rows) -> None:
    made = design(rows)
    intervals = Intervals.of(made, OutOfFold(made, solve(made)))
    assert len(intervals.means) >= 0.9 * len(few)
    assert sureness(intervals, SOME).coverage > 0.6  # four questions are few
    assert ((intervals.means >= 0) & (intervals.means <= 4)).all()
