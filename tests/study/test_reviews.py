"""Reviews: good answers come back later, forgotten ones sooner; the same plan everywhere."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import pytest

from graders.levels import Level
from graders.study.reviews import Review, due, reviews
from tests.study.learner import Learner, day

CHAT = "design/chat"


@pytest.fixture
def learner(tmp_path: Path) -> Learner:
    return Learner(tmp_path / "p.sqlite3")


def plan(learner: Learner, number: int = 30) -> dict[str, Review]:
    progress = learner.progress
    found = reviews(progress.attempts(), progress.looks(), now=day(number), zone=UTC)
    return {review.question_id: review for review in found}


def test_the_better_the_answer_the_later_it_comes_back(learner: Learner) -> None:
    names = {
        Level.BELOW: "design/cdn", Level.MID: "design/maps", Level.SENIOR: CHAT,
        Level.STAFF: "design/search",
    }  # fmt: skip
    for level, name in names.items():
        learner.answer(day(0), name, level)
    planned = plan(learner)
    dates = [planned[name].due for name in names.values()]
    assert dates == sorted(dates) and dates[0] < dates[2] < dates[3]
    assert dates[0] == day(1)


def test_each_success_puts_it_further_off_and_a_failure_brings_it_back(learner: Learner) -> None:
    learner.answer(day(0), CHAT, Level.SENIOR)
    first = plan(learner)[CHAT].due - day(0)
    learner.answer(day(3), CHAT, Level.SENIOR)
    second = plan(learner)[CHAT].due - day(3)
    learner.answer(day(20), CHAT, Level.OFF)
    third = plan(learner)[CHAT].due - day(20)
    assert first < second and third < second


def test_help_counts_as_recalled_with_effort(learner: Learner) -> None:
    learner.answer(day(0), CHAT, Level.STAFF, hints=2)
    learner.answer(day(0), "design/maps", Level.MID)
    planned = plan(learner)
    assert planned[CHAT].due == planned["design/maps"].due


def test_a_retry_right_after_the_tips_changes_nothing(learner: Learner) -> None:
    learner.answer(day(0), CHAT, Level.BELOW)
    before = plan(learner)
    learner.answer(day(0, 1), CHAT, Level.STAFF)
    assert plan(learner) == before


def test_unscored_attempts_are_left_out(learner: Learner) -> None:
    learner.answer(day(0), CHAT, None)
    assert plan(learner) == {}


def test_the_most_overdue_comes_first(learner: Learner) -> None:
    learner.answer(day(2), "design/cdn", Level.OFF)
    learner.answer(day(0), CHAT, Level.OFF)
    learner.answer(day(2), "design/maps", Level.STAFF)
    found = due(plan(learner, 4).values(), day(4))
    assert [review.question_id for review in found] == [CHAT, "design/cdn"]
    assert all(0 < review.recall < 1 for review in found)
