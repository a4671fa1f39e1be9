"""The clock leaves room for senior within published timings, and not for the usual spending."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulators.interview_clock import (
    HELLO,
    LOSERS,
    NEEDS,
    PHASES,
    TOTAL,
    reachable,
    verdict,
)

from graders.levels import DIMENSIONS, Level

BOOK = {
    "requirements": 4,
    "sizing": 4,
    "API and data": 6,
    "whole design": 11,
    "deep dives": 11,
    "wrap-up": 4,
}
USUAL = {
    "requirements": 9,
    "sizing": 5,
    "API and data": 8,
    "whole design": 16,
    "deep dives": 2,
    "wrap-up": 0,
}


def test_every_dimension_is_fed_by_parts_that_exist() -> None:
    assert {*NEEDS, "trade-offs"} == set(DIMENSIONS["design"])
    names = {phase.name for phase in PHASES}
    assert all(set(need.share) <= names for need in NEEDS.values())
    for name in names:  # no minute counts twice
        assert sum(need.share.get(name, 0) for need in NEEDS.values()) <= 1 + 1e-9


def test_published_timings_leave_room_for_senior_everywhere() -> None:
    assert sum(BOOK.values()) == TOTAL - HELLO
    for phase in PHASES:
        low, high = phase.usual
        assert low - 1 <= BOOK[phase.name] <= high + 1
    assert min(reachable(BOOK, losers=4).values()) >= 3
    assert verdict(BOOK, losers=4)[0] is Level.SENIOR


def test_the_usual_spending_loses_the_level() -> None:
    assert sum(USUAL.values()) == TOTAL - HELLO
    found = reachable(USUAL, losers=1)
    assert found["requirements"] == found["architecture"] == 4
    assert found["failure-and-consistency"] < 1 and found["operability-and-cost"] == 0
    assert verdict(USUAL, losers=1)[0] <= Level.MID


def test_without_losers_no_plan_is_senior() -> None:
    assert verdict(BOOK, losers=0)[0] <= Level.MID
    assert [verdict(BOOK, losers=n)[1] for n in range(7)] == sorted(
        verdict(BOOK, losers=n)[1] for n in range(7)
    )
    assert reachable(BOOK, losers=LOSERS[2])["trade-offs"] == 4


@given(
    st.dictionaries(st.sampled_from([phase.name for phase in PHASES]), st.floats(0, 6)),
    st.sampled_from([phase.name for phase in PHASES]),
    st.floats(0, 4),
)
def test_more_minutes_never_leave_less_room(
    minutes: dict[str, float], which: str, more: float
) -> None:
    before = reachable(minutes, 2)
    after = reachable({**minutes, which: minutes.get(which, 0) + more}, 2)
    assert all(after[name] >= before[name] - 1e-9 for name in before)
    assert all(0 <= level <= 4 for level in after.values())


def test_no_minutes_are_off() -> None:
    assert verdict({}, 0) == (Level.OFF, 0)


def test_more_than_there_is_and_unknown_parts_are_refused() -> None:
    with pytest.raises(ValueError, match="41 minutes are planned and 40 are there"):
        reachable({"deep dives": 41}, 0)
    with pytest.raises(ValueError, match="unknown: small talk"):
        reachable({"small talk": 1}, 0)
