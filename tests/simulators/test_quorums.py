"""Latency, availability and elections: the numbers that the notebook quotes."""

from __future__ import annotations

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulators.quorums import (
    REGIONS,
    commit_ms,
    elections,
    hours_a_year,
    quorum,
    rtt_ms,
    tolerated,
    unavailable,
)


@given(st.integers(1, 99))
def test_two_majorities_share_a_voter_and_2f_plus_1_tolerate_f(voters: int) -> None:
    assert 2 * quorum(voters) > voters
    assert 2 * (quorum(voters) - 1) <= voters, "no smaller number is a majority"
    assert tolerated(voters) == (voters - 1) // 2


@given(st.lists(st.floats(0, 500), min_size=1, max_size=8), st.floats(0, 20))
def test_a_commit_waits_for_as_many_followers_as_a_majority_needs(
    rtts: list[float], fsync: float
) -> None:
    time = commit_ms(rtts, fsync)
    in_time = sum(rtt + fsync <= time for rtt in rtts)
    assert in_time + 1 >= quorum(len(rtts) + 1)
    assert sum(rtt + fsync < time for rtt in rtts) + 1 < quorum(len(rtts) + 1)


def test_zones_and_regions() -> None:
    assert commit_ms([1, 1], 0.3) == pytest.approx(1.3)
    assert commit_ms([], 0.3) == 0.3
    five = {r: commit_ms([rtt_ms(r, s) for s in REGIONS if s != r], 0.3) for r in REGIONS}
    assert five == pytest.approx(
        {"Virginia": 80.3, "Oregon": 130.3, "Dublin": 80.3, "Frankfurt": 90.3, "Singapore": 180.3}
    )
    assert rtt_ms("Dublin", "Virginia") == rtt_ms("Virginia", "Dublin") == 80


def test_availability_of_three_four_five() -> None:
    assert hours_a_year(unavailable(3, 0.01)) == "2.6 h"
    assert hours_a_year(unavailable(4, 0.01)) == "5.2 h"
    assert hours_a_year(unavailable(5, 0.01)) == "5.2 min"
    assert unavailable(1, 0.01) == pytest.approx(0.01)


@given(st.integers(1, 9), st.floats(0, 1), st.floats(0, 1))
def test_what_hits_all_at_once_is_a_floor(voters: int, down: float, common: float) -> None:
    share = unavailable(voters, down, common)
    assert down * common - 1e-12 <= share <= 1 + 1e-9


def test_spread_timeouts_elect_and_equal_ones_never_do() -> None:
    same, spread = elections(150, 150, 10), elections(150, 300, 10)
    assert all(time == 2_000 and term >= 13 for time, term in same)
    assert statistics.median(time for time, _ in spread) < 250
    assert max(time for time, _ in spread) < 1_000
    assert elections(150, 300, 10) == spread


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one voter"):
        quorum(0)
    with pytest.raises(ValueError, match="between 0 and 1"):
        unavailable(3, 1.5)
