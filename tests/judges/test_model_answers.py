"""Every question's own model answers come out in order, each within one level of its name."""

from __future__ import annotations

import pytest

from graders import grade, load_question
from graders.levels import Level
from graders.question import bank_ids


@pytest.mark.parametrize("question_id", bank_ids())
def test_model_answers_are_in_order_and_near_their_names(question_id: str) -> None:
    question = load_question(question_id)
    assert question.model_answers is not None
    levels = (Level.MID, Level.SENIOR, Level.STAFF)
    mid, senior, staff = (grade(question, question.model_answers.at(level)) for level in levels)
    for name, score in zip(levels, (mid, senior, staff), strict=True):
        assert score.level is not None
        assert abs(score.level - name) <= 1
    assert mid.points is not None and senior.points is not None and staff.points is not None
    assert mid.points < senior.points < staff.points
