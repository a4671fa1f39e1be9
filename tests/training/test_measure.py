"""Agreement is measured as the literature does, and on questions that the model has not seen."""

from __future__ import annotations

import math
from dataclasses import replace
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
    Rows,
    agreement,
    design,
    judge_unseen,
    kappa,
    load_labelled,
    solve,
)
from graders.training.baselines import BASELINES, predict, predict_tfidf
from graders.training.measure import OutOfFold, balanced_accuracy, judge_out_of_fold

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
def judged(few: list[Labelled], rows: Rows) -> list[Judged]:
    return judge_unseen(few, rows)


def test_an_answer_is_judged_without_its_question(
    few: list[Labelled], rows: Rows, judged: list[Judged]
) -> None:
    """Its answers exchange their labels: they are judged as before."""
    question = "concept/caching"
    own = (rows.questions[rows.owner] == question) & (rows.weights == 1)
    targets = rows.targets.copy()
    targets[own] = targets[own][::-1]
    other = judge_unseen(few, replace(rows, targets=targets))
    before, after = (
        [
            level
            for one in each
            if one.answer.question_id == question
            for level in one.score.dimensions.values()
        ]
        for each in (judged, other)
    )
    # How far levels are spread is measured on predictions that saw the labels, so a few may
    # cross a border between levels.
    assert np.corrcoef(before, after)[0, 1] > 0.95


def test_the_judge_beats_every_baseline(few: list[Labelled], judged: list[Judged]) -> None:
    label = [int(a.level) for a in few]
    reached = agreement(judged).kappa
    for given_ in (*(predict(name, few) for name in BASELINES), predict_tfidf(few)):
        assert reached > kappa(label, given_)


def test_a_baseline_does_not_see_the_labels_of_the_question(few: list[Labelled]) -> None:
    question = few[0].question_id
    turned = [replace(a, level=Level(4 - a.level)) if a.question_id == question else a for a in few]
    for look in (lambda answers: predict("word overlap", answers), predict_tfidf):
        pairs = zip(few, look(few), look(turned), strict=True)
        assert all(one == other for a, one, other in pairs if a.question_id == question)


def test_intervals_hold_the_figure(few: list[Labelled], judged: list[Judged]) -> None:
    found = agreement(judged)
    assert found.count == len(few)
    assert found.low <= found.kappa <= found.high
    assert 0 <= found.exact <= found.near <= 1


def test_an_answer_that_waits_for_a_person_is_not_counted_as_off(judged: list[Judged]) -> None:
    waiting = [
        Judged(one.answer, one.score.model_copy(update={"level": None, "points": None}))
        for one in judged[:3]
    ]
    assert [one.given for one in waiting] == [None] * 3
    assert agreement([*waiting, *judged[3:]]) == agreement(judged[3:])


def test_an_unknown_answer_is_not_guessed(few: list[Labelled], rows: Rows) -> None:
    made = design(rows)
    strange = replace(few[0], text=few[0].text + " And then we wrote it down for the team.")
    (one,) = judge_out_of_fold([strange], OutOfFold(made, solve(made)))
    assert one.given is None
    assert one.score.needs_review


def test_a_folder_without_answers_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no labelled answers"):
        load_labelled(tmp_path)
