"""The same day gives the same question; a round asks each once; rounds differ."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.errors import UsageError
from graders.question import bank_ids
from graders.study.daily import question_of_the_day

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
