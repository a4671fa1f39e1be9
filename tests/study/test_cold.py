"""What counts as cold, and what only looks like it."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone
from pathlib import Path

import pytest

from graders.levels import Level
from graders.study.cold import known_cold
from tests.study.learner import Learner, day, own_words

CHAT = "design/chat"
SENIOR, MID = Level.SENIOR, Level.MID


@pytest.fixture
def learner(tmp_path: Path) -> Learner:
    return Learner(tmp_path / "p.sqlite3")


def known(learner: Learner, number: int = 20) -> set[str]:
    progress = learner.progress
    return set(known_cold(progress.attempts(), progress.looks(), now=day(number), zone=UTC))


def test_senior_on_the_first_try_of_a_day_is_known(learner: Learner) -> None:
    learner.answer(day(0), CHAT, MID)
    assert known(learner) == set()
    learner.answer(day(1), CHAT, SENIOR)
    assert known(learner) == {CHAT}


def test_a_second_try_after_the_tips_is_not(learner: Learner) -> None:
    learner.answer(day(0), CHAT, MID)
    learner.answer(day(0, 1), CHAT, Level.STAFF)
    assert known(learner) == set()


@pytest.mark.parametrize("notes", [{"hints": 1}, {"cold": False}])
def test_with_help_it_is_not(learner: Learner, notes: dict[str, int]) -> None:
    learner.answer(day(0), CHAT, SENIOR, **notes)
    assert known(learner) == set()


@pytest.mark.parametrize("what", ["hint", "model_answer", "rubric"])
def test_what_was_opened_before_spoils_the_day(learner: Learner, what: str) -> None:
    learner.look(day(0, -2), CHAT, what)
    learner.answer(day(0), CHAT, SENIOR)
    assert known(learner) == set()


def test_the_model_answer_read_at_night_spoils_the_next_morning(learner: Learner) -> None:
    learner.look(day(0, 5), CHAT)  # 23:00
    learner.answer(day(0, 8), CHAT, SENIOR)  # 02:00
    assert known(learner) == set()


def test_what_was_opened_days_ago_or_afterwards_or_elsewhere_spoils_nothing(
    learner: Learner,
) -> None:
    learner.look(day(0), CHAT)
    learner.look(day(3), "design/cdn")
    learner.answer(day(3), CHAT, SENIOR)
    learner.look(day(3, 1), CHAT)
    assert known(learner) == {CHAT}


@pytest.mark.parametrize(
    "flag", ["copied_model_answer", "copied_rubric", "injection", "hidden_text"]
)
def test_other_peoples_words_are_not_known(learner: Learner, flag: str) -> None:
    learner.answer(day(0), CHAT, SENIOR, flags=(flag,))
    assert known(learner) == set()


def test_yesterdays_answer_pasted_again_is_not(learner: Learner) -> None:
    learner.answer(day(0), CHAT, MID, text=own_words(1))
    learner.answer(day(1), CHAT, SENIOR, text=own_words(1) + " and one more thing")
    assert known(learner) == set()
    learner.answer(day(2), CHAT, SENIOR, text=own_words(2))
    assert known(learner) == {CHAT}


def test_a_career_answer_may_be_rehearsed_word_for_word(learner: Learner) -> None:
    learner.answer(day(0), "career/why-not-staff", MID, text=own_words(1))
    learner.answer(day(1), "career/why-not-staff", SENIOR, text=own_words(1))
    assert known(learner) == {"career/why-not-staff"}


def test_the_last_cold_attempt_decides(learner: Learner) -> None:
    learner.answer(day(0), CHAT, SENIOR)
    learner.answer(day(9), CHAT, MID)
    assert known(learner) == set()


def test_unscored_says_nothing_either_way(learner: Learner) -> None:
    learner.answer(day(0), CHAT, SENIOR)
    learner.answer(day(1), CHAT, None)
    assert known(learner) == {CHAT}


def test_three_months_later_it_has_to_be_shown_again(learner: Learner) -> None:
    learner.answer(day(0), CHAT, SENIOR)
    assert known(learner, 90) == {CHAT}
    assert known(learner, 91) == set()


def test_the_day_is_the_learners_own(learner: Learner) -> None:
    learner.answer(day(0, 5), CHAT, MID)  # 23:00 UTC
    learner.answer(day(0, 7), CHAT, SENIOR)  # 01:00 UTC
    assert known(learner) == {CHAT}
    attempts = learner.progress.attempts()
    new_york = timezone(timedelta(hours=-5))
    assert known_cold(attempts, now=day(2), zone=new_york) == {}
