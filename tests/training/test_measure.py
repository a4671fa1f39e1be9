"""Agreement is measured as the literature does, and on questions that the model has not seen."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.errors import UsageError
from graders.levels import Level
from graders.training import (
    Judged,
    Labelled,
    agreement,
    judge_unseen,
    kappa,
    load_labelled,
    rows_of,
)
from graders.training.baselines import BASELINES, predict
from graders.training.measure import balanced_accuracy

FOLDER = Path(__file__).parents[1] / "calibration" / "answers"
RATINGS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=40)


def test_kappa_is_one_for_equal_and_minus_one_for_opposite_ratings() -> None:
    assert kappa([0, 1, 2, 3, 4], [0, 1, 2, 3, 4]) == pytest.approx(1)
    assert kappa([0, 0, 4, 4], [4, 4, 0, 0]) == pytest.approx(-1)


def test_kappa_of_a_worked_example() -> None:
    # Observed squared distances: 0, 1, 0, 4 -> 5. Expected: all pairs of the margins, over 4.
    label, given_ = [0, 1, 2, 4], [0, 2, 2, 2]
    expected = sum((a - b) ** 2 for a in label for b in given_) / 4
    assert kappa(label, given_) == pytest.approx(1 - 5 / expected)


@given(RATINGS)
def test_kappa_does_not_care_who_is_called_first(pairs: list[tuple[int, int]]) -> None:
    a, b = [x for x, _ in pairs], [y for _, y in pairs]
    assert kappa(a, b) == pytest.approx(kappa(b, a))
    assert kappa(a, b) <= 1 + 1e-9


@given(RATINGS)
def test_a_constant_rater_has_no_agreement_beyond_chance(pairs: list[tuple[int, int]]) -> None:
    label = [x for x, _ in pairs]
    if len(set(label)) > 1:
        assert kappa(label, [2] * len(label)) <= 1e-9


def test_balanced_accuracy_weighs_both_sides_alike() -> None:
    assert balanced_accuracy([4, 3, 2, 1, 0], [3, 1, 2, 2, 2]) == pytest.approx((0.5 + 1) / 2)
    assert math.isnan(balanced_accuracy([3, 4], [3, 4]))


@pytest.fixture(scope="module")
def few() -> list[Labelled]:
    """Some answers to three questions."""
    wanted = ("concept/caching", "design/rate-limiter", "story/business-impact")
    answers = [a for a in load_labelled(FOLDER) if a.question_id in wanted]
    return [a for n, a in enumerate(answers) if n % 3 == 0]


def test_an_answer_is_judged_without_its_question(few: list[Labelled]) -> None:
    """Labels of the held-out question do not matter: turned upside down, nothing changes for it."""
    own = "concept/caching"
    turned = [
        Labelled(
            a.id, a.question_id, a.text, Level(4 - a.level),
            {name: Level(4 - level) for name, level in a.dimensions.items()},
        )
        if a.question_id == own
        else a
        for a in few
    ]  # fmt: skip
    rows, other = rows_of(few), rows_of(turned)
    assert not np.array_equal(rows.targets, other.targets)
    mine = [a for a in few if a.question_id == own]
    # The spread is measured over all rows, so it is the order of the answers that must stay.
    first, second = judge_unseen(mine, rows), judge_unseen(mine, other)
    ranks = [
        [round(sum(x.score.dimensions.values()), 6) for x in judged] for judged in (first, second)
    ]
    assert np.corrcoef(*ranks)[0, 1] > 0.9


def test_the_judge_beats_every_baseline(few: list[Labelled]) -> None:
    judged = judge_unseen(few, rows_of(few))
    label = [int(a.level) for a in few]
    reached = agreement(judged).kappa
    for name in BASELINES:
        assert reached > kappa(label, predict(name, few))


def test_intervals_hold_the_figure(few: list[Labelled]) -> None:
    found = agreement(judge_unseen(few, rows_of(few)))
    assert found.count == len(few)
    assert found.low <= found.kappa <= found.high
    assert 0 <= found.exact <= found.near <= 1


def test_an_answer_that_waits_for_a_person_is_not_counted_as_off(few: list[Labelled]) -> None:
    judged = judge_unseen(few, rows_of(few))
    waiting = [
        Judged(one.answer, one.score.model_copy(update={"level": None, "points": None}))
        for one in judged[:3]
    ]
    assert [one.given for one in waiting] == [None] * 3
    assert agreement([*waiting, *judged[3:]]) == agreement(judged[3:])


def test_a_folder_without_answers_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no labelled answers"):
        load_labelled(tmp_path)
