"""Every question's own model answers come out in order, each within one level of its name."""

from __future__ import annotations

from functools import lru_cache

import pytest

from graders import grade, load_question
from graders.levels import Level
from graders.question import bank_ids
from graders.score import Score

LEVELS = (Level.MID, Level.SENIOR, Level.STAFF)
UNORDERED = 3
"""Questions of the bank, at most, whose answers may fail to rise from level to level."""


@lru_cache
def scores(question_id: str) -> tuple[Score, Score, Score]:
    """How the model answers at mid, senior and staff are judged."""
    question = load_question(question_id)
    assert question.model_answers is not None
    mid, senior, staff = (grade(question, question.model_answers.at(level)) for level in LEVELS)
    return mid, senior, staff


@pytest.mark.parametrize("question_id", bank_ids())
def test_each_model_answer_is_within_one_level_of_its_name(question_id: str) -> None:
    for name, score in zip(LEVELS, scores(question_id), strict=True):
        assert score.level is not None
        assert abs(score.level - name) <= 1


@pytest.mark.parametrize("question_id", bank_ids())
def test_mid_is_never_above_senior_nor_senior_far_above_staff(question_id: str) -> None:
    mid, senior, staff = (score.points or 0.0 for score in scores(question_id))
    assert mid < senior
    assert senior < staff + 0.1


def test_points_rise_from_mid_to_senior_to_staff() -> None:
    ids = bank_ids()
    points = {name: [score.points or 0.0 for score in scores(name)] for name in ids}
    unordered = {
        name: three for name, three in points.items() if not three[0] < three[1] < three[2]
    }
    assert len(unordered) <= UNORDERED, unordered
