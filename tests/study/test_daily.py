"""The same day gives the same question; a round asks each once; rounds differ."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.errors import UsageError
from graders.levels import Level
from graders.progress import Progress, Settings
from graders.question import bank_ids, load_question
from graders.study.daily import Daily, daily, question_of_the_day, streak
from tests.study.learner import Learner, day

IDS = [f"design/{letter}" for letter in "abcdefg"]
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@given(DAYS, st.text(max_size=20))
def test_the_same_day_and_name_give_the_same_question_in_any_order_of_the_bank(
    day: date, who: str
) -> None:
    asked = question_of_the_day(day, who, among=IDS)
    assert asked == question_of_the_day(day, who, among=IDS[::-1])


@given(DAYS, st.text(max_size=20))
def test_one_round_asks_every_question_once(day: date, who: str) -> None:
    first = day - timedelta(days=day.toordinal() % len(IDS))
    asked = [
        question_of_the_day(first + timedelta(days=n), who, among=IDS) for n in range(len(IDS))
    ]
    assert sorted(asked) == IDS


@given(DAYS, st.text(max_size=20), st.integers(2, 5))
def test_no_question_comes_on_two_days_running(day: date, who: str, count: int) -> None:
    among = IDS[:count]
    tomorrow = question_of_the_day(day + timedelta(days=1), who, among=among)
    if count > 2:
        assert question_of_the_day(day, who, among=among) != tomorrow


def test_learners_go_through_the_bank_in_orders_of_their_own() -> None:
    week = [date(2026, 3, 2) + timedelta(days=n) for n in range(7)]
    orders = {tuple(question_of_the_day(day, who) for day in week) for who in ("ana", "bo", "")}
    assert len(orders) == 3


def test_it_asks_a_design_question_of_the_bank() -> None:
    asked = question_of_the_day(date(2026, 3, 2))
    assert asked in bank_ids() and asked.startswith("design/")


def test_nothing_to_choose_from_is_said() -> None:
    with pytest.raises(UsageError, match="no question"):
        question_of_the_day(date(2026, 3, 2), among=[])


def learner_daily(learner: Learner, number: int, **more: object) -> Daily:
    return daily(learner.progress, now=day(number), zone=UTC, **more)  # type: ignore[arg-type]


def test_a_cohort_has_one_question_whatever_its_learners_did(tmp_path: Path) -> None:
    ana, bo = Learner(tmp_path / "a"), Learner(tmp_path / "b")
    ana.answer(day(0), "design/chat", Level.OFF, daily=day(0).date())
    bo.progress.save_settings(Settings(name="bo", cohort="evening"))
    for number in range(1, 6):
        asked = learner_daily(ana, number, cohort="evening").question_id
        assert asked == learner_daily(bo, number).question_id
    mine = {learner_daily(ana, n, name="ana").question_id for n in range(1, 6)}
    assert mine != {learner_daily(bo, n).question_id for n in range(1, 6)}


@pytest.mark.parametrize("skip", [(), (3, 4, 11)])
def test_a_learner_gets_every_question_once_before_any_comes_again(
    tmp_path: Path, skip: tuple[int, ...]
) -> None:
    learner = Learner(tmp_path / "p")
    among = [i for i in bank_ids() if i.startswith("design/")][:12]
    answered: list[str] = []
    for number in range(24 + len(skip)):
        today = learner_daily(learner, number, among=among, name="ana")
        if number not in skip:
            level = Level(number % 5)
            learner.answer(day(number), today.question_id, level, daily=today.day)
            answered.append(today.question_id)
    assert sorted(answered[:12]) == sorted(answered[12:]) == among
    assert answered[11] != answered[12]
    assert answered[:12] != answered[12:]


def test_answering_does_not_change_todays_question(tmp_path: Path) -> None:
    learner = Learner(tmp_path / "p")
    for number in range(4):
        today = learner_daily(learner, number)
        assert not today.done
        learner.answer(day(number), today.question_id, Level.OFF, daily=today.day)
        after = learner_daily(learner, number)
        assert after.done and after.question_id == today.question_id


def test_weak_topics_and_due_reviews_come_earlier(tmp_path: Path) -> None:
    weak = {
        i for i in bank_ids() if i.startswith("design/") and load_question(i).topic == "storage"
    }
    places = {"weak": 0, "strong": 0}
    for name in map(str, range(12)):
        for state, level in (("weak", Level.BELOW), ("strong", Level.STAFF)):
            learner = Learner(tmp_path / f"{state}{name}")
            learner.answer(day(0), "design/chat", Level.STAFF, daily=day(0).date())
            for question_id in weak:
                learner.answer(day(0), question_id, level)
            for number in range(1, 13):
                today = learner_daily(learner, number, name=name)
                places[state] += today.question_id in weak
                learner.answer(day(number), today.question_id, Level.STAFF, daily=today.day)
    assert places["weak"] > 1.4 * places["strong"]


def test_it_says_when_it_changes(tmp_path: Path) -> None:
    today = learner_daily(Learner(tmp_path / "p"), 0)
    assert today.until(day(0)) == "changes at midnight, in 6 h 00 min"
    assert today.changes == day(0, 6)


def test_midnight_follows_the_clocks(tmp_path: Path) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    now = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)  # the night in which an hour is left out
    today = daily(Progress(tmp_path / "p"), now=now, zone=berlin)
    assert today.day == date(2026, 3, 29)
    assert today.changes == datetime(2026, 3, 29, 22, 0, tzinfo=UTC)


def test_the_streak_counts_what_was_done_and_waits_for_the_evening() -> None:
    days = {date(2026, 3, n) for n in (2, 3, 4, 6)}
    assert streak(days, date(2026, 3, 4)) == 3
    assert streak(days, date(2026, 3, 5)) == 3
    assert streak(days, date(2026, 3, 6)) == 1
    assert streak(days, date(2026, 3, 9)) == 0


def test_what_is_due_is_named_beside_it(tmp_path: Path) -> None:
    learner = Learner(tmp_path / "p")
    learner.answer(day(0), "story/conflict", Level.OFF)
    assert [review.question_id for review in learner_daily(learner, 5).due] == ["story/conflict"]
