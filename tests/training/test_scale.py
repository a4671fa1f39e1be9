"""Spread and interval: by the arithmetic of every score, and from the other questions only."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.judges.embedded.judge import mean_level
from graders.levels import Level
from graders.question import load_question
from graders.score import Verdict, dimension_levels
from graders.training import Labelled, Rows, design, solve
from graders.training.scale import (
    COVERAGE,
    Unseen,
    dimensions_of,
    scale_of,
    scales_without,
    true_mean,
    unseen_of,
)

QUESTION = load_question("concept/caching")
LEVELS = st.lists(
    st.floats(0, 4), min_size=len(QUESTION.criteria), max_size=len(QUESTION.criteria)
).map(np.array)


@given(LEVELS)
def test_dimensions_are_those_of_the_score(levels: np.ndarray) -> None:
    verdicts = [
        Verdict(
            criterion=criterion.id,
            dimension=criterion.dimension,
            level=Level(int(np.floor(min(level, 3.999) + 0.5))),
        )
        for criterion, level in zip(QUESTION.criteria, levels, strict=True)
    ]
    weights = {criterion.id: QUESTION.weight(criterion) for criterion in QUESTION.criteria}
    expected = dimension_levels(verdicts, weights)
    assert dimensions_of(QUESTION.id, levels) == pytest.approx(expected)


@given(LEVELS)
def test_a_mean_level_stays_on_the_scale_and_grows_with_every_criterion(
    levels: np.ndarray,
) -> None:
    mean = mean_level(QUESTION, levels)
    assert 0 <= mean <= 4
    assert mean_level(QUESTION, np.minimum(levels + 0.5, 4)) >= mean - 1e-9


@pytest.fixture(scope="module")
def unseen(rows: Rows) -> tuple[list[Unseen], float]:
    made = design(rows)
    solved = solve(made)
    return unseen_of(made, solved), solved.mean


def test_only_labelled_answers_are_measured(
    few: list[Labelled], unseen: tuple[list[Unseen], float]
) -> None:
    known = {answer.id for answer in few}
    assert {one.answer.id for one in unseen[0]} <= known
    assert len(unseen[0]) >= 0.9 * len(few)


def test_the_interval_holds_at_least_what_it_promises(unseen: tuple[list[Unseen], float]) -> None:
    ones, mean = unseen
    scale = scale_of(ones, mean)
    from graders.judges.embedded.model import spread

    held = []
    for one in ones:
        reached = mean_level(
            load_question(one.answer.question_id), spread(one.levels, mean, scale.spread)
        )
        width = scale.error[0] + scale.error[1] * (1 - one.near)
        held.append(abs(reached - true_mean(one.answer)) <= width)
    assert np.mean(held) >= COVERAGE - 0.03


def test_the_scale_of_a_question_comes_from_the_others(
    unseen: tuple[list[Unseen], float],
) -> None:
    ones, mean = unseen
    question = ones[0].answer.question_id
    wrong = [
        replace(one, answer=_turned(one.answer)) if one.answer.question_id == question else one
        for one in ones
    ]
    before, after = dict(scales_without(ones, mean)), dict(scales_without(wrong, mean))
    assert before[question] == after[question]
    assert any(before[other] != after[other] for other in before if other != question)


def _turned(answer: Labelled) -> Labelled:
    levels = {name: Level(4 - level) for name, level in answer.dimensions.items()}
    return replace(answer, dimensions=levels, level=Level(4 - answer.level))
