"""The spread of a standard: Granovetter's own example, and what pushing can and cannot do."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulators.adoption import (
    HELP_WEEKS,
    WHOM,
    Push,
    Team,
    cascade,
    make_teams,
    spread,
    threshold,
    with_help,
)

waits = st.lists(st.integers(0, 40), max_size=40)
NOBODY = Push("announce")


def test_the_riot_of_1978() -> None:
    # Thresholds 0, 1, ... 99: everybody joins. One person with 1 turns into a 2: one alone is left.
    assert cascade(list(range(100)))[-1] == 100
    assert cascade([0, 2, *range(2, 100)])[-1] == 1


@given(waits)
def test_a_cascade_ends_where_nobody_else_moves(thresholds: list[int]) -> None:
    rounds = cascade(thresholds)
    assert rounds == sorted(rounds)
    assert sum(one <= rounds[-1] for one in thresholds) == rounds[-1]
    assert all(sum(one <= n for one in thresholds) > n for n in range(rounds[-1]))


@given(waits, st.integers(0, 39))
def test_nobody_who_asks_for_less_makes_it_end_earlier(thresholds: list[int], which: int) -> None:
    if which < len(thresholds):
        keener = [*thresholds[:which], 0, *thresholds[which + 1 :]]
        assert cascade(keener)[-1] >= cascade(thresholds)[-1]


@given(
    st.floats(0.5, 60), st.floats(-10, 10), st.floats(0.05, 3), st.floats(0, 1), st.floats(0, 30)
)
def test_at_the_threshold_it_pays_and_one_before_it_does_not(
    cost: float, own: float, per_other: float, relief: float, loss: float
) -> None:
    team = Team(cost, own)
    n = threshold(team, per_other, relief=relief, loss=loss)

    def balance(others: int) -> float:
        return 2 * (own + per_other * others) - (cost * (1 - relief) - loss)

    assert balance(n) >= -1e-6
    assert n == 0 or balance(n - 1) < 1e-6


def test_the_teams_of_the_first_experiment() -> None:
    teams = make_teams(30, cost=12, own=0, seed=4)
    ends = {}
    for whom in WHOM:
        before, after, days = with_help(teams, 0.5, whom, 2)
        assert cascade(before)[-1] == 3
        ends[whom] = (cascade(after)[-1], round(days))
    assert ends == {
        "nobody": (3, 0),
        "the keenest": (3, 14),
        "the largest": (30, 61),
        "those next after the gap": (29, 18),
    }


def play(push: Push, *, own: float = -4, per_other: float = 0.4):  # type: ignore[no-untyped-def]
    return spread(make_teams(30, cost=12, own=own, seed=4), push, per_other=per_other)


def order(pressure: float, weeks: int) -> Push:
    return Push("order", pressure=pressure, pressed_for=weeks)


def test_an_order_that_ends_too_early_falls_back() -> None:
    run = play(order(10, 20))
    assert (max(run.adopters), run.adopters[-1], run.left, round(run.team_days)) == (9, 4, 5, 68)


def test_an_order_past_the_tipping_point_holds() -> None:
    assert play(order(10, 26)).adopters[-1] == 12
    run = play(order(14, 20))
    assert run.adopters[-1] == 26 and run.left == 0


def test_help_spreads_for_less() -> None:
    helped, ordered = play(Push("help", helpers=1)), play(order(14, 20))
    assert play(NOBODY).adopters[-1] == 1
    assert helped.adopters[-1] == 30
    assert helped.team_days + helped.helper_days < ordered.team_days
    alone = play(Push("help", helpers=1, improvement=0))
    assert alone.helper_days > 2 * helped.helper_days


def test_nothing_saves_a_standard_that_is_not_worth_its_upkeep() -> None:
    for push in (NOBODY, order(20, 26), Push("help", helpers=1)):
        assert play(push, per_other=0.2).adopters[-1] <= 8


def test_sometimes_only_an_order_helps() -> None:
    assert play(Push("help", helpers=1), own=-6).adopters[-1] == 1
    assert play(order(16, 26), own=-6).adopters[-1] == 19


@settings(max_examples=40)
@given(st.integers(0, 99), st.floats(-6, 2), st.integers(0, 3), st.integers(0, 30))
def test_the_books_balance(seed: int, own: float, helpers: int, pressure: int) -> None:
    teams = make_teams(20, cost=10, own=own, seed=seed)
    push = Push("any", pressure=pressure, pressed_for=26, helpers=helpers)
    run = spread(teams, push, per_other=0.4, weeks=78)
    assert run == spread(teams, push, per_other=0.4, weeks=78)
    assert len(run.adopters) == 78 and all(0 <= n <= 20 for n in run.adopters)
    if not helpers:
        assert run.helper_days == 0
    assert run.helper_days <= helpers * (78 // HELP_WEEKS) * max(team.cost for team in teams)


def test_pressed_teams_do_not_leave_while_somebody_looks() -> None:
    run = play(order(20, 104), per_other=0.3)
    assert list(run.adopters) == sorted(run.adopters)


def test_the_same_seed_gives_the_same_teams() -> None:
    assert make_teams(9, cost=12, own=0, seed=1) == make_teams(9, cost=12, own=0, seed=1)
    many = sorted(team.cost for team in make_teams(4_001, cost=12, own=0, seed=1))
    assert many[2_000] == pytest.approx(12, rel=0.05)
    inside = sum(12 / 1.6 <= cost <= 12 * 1.6 for cost in many) / len(many)
    assert math.isclose(inside, 2 / 3, abs_tol=0.03)


def test_settings_without_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one team"):
        make_teams(0, cost=12, own=0, seed=1)
    with pytest.raises(ValueError, match="use > 0"):
        threshold(Team(1, 1), 0)
    with pytest.raises(ValueError, match="known: nobody"):
        with_help([Team(1, 1)], 0.5, "the loudest", 1)
