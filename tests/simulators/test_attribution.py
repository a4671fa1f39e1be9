"""The range of a pilot: a published example, its coverage, and what must not depend on the reader."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulators.attribution import Pilot, Range, difference, wilson

shares = st.floats(0, 1)
counts = st.integers(1, 10_000_000)

BLINDS = {
    "visits": 250_000,
    "weeks": 6,
    "held_back": 0.1,
    "before": 0.038,
    "control": 0.040,
    "treated": 0.042,
    "margin": 38,
}


def test_the_example_of_the_paper() -> None:
    # Newcombe 1998, table II, row (a): 56 of 70 against 48 of 80, method 10, 95%.
    found = difference(56 / 70, 70, 48 / 80, 80, z=1.959964)
    assert (round(found.low, 4), round(found.high, 4)) == (0.0524, 0.3339)


@given(shares, counts, shares, counts)
def test_the_range_holds_its_middle_and_stays_among_possible_differences(
    treated: float, n: int, control: float, m: int
) -> None:
    found = difference(treated, n, control, m)
    assert -1 - 1e-9 <= found.low <= found.middle + 1e-12
    assert found.middle - 1e-12 <= found.high <= 1 + 1e-9


@given(shares, counts, shares, counts)
def test_the_other_way_round_is_the_mirror_image(
    treated: float, n: int, control: float, m: int
) -> None:
    one, other = difference(treated, n, control, m), difference(control, m, treated, n)
    assert one.low == pytest.approx(-other.high, abs=1e-12)


@given(st.floats(0.01, 0.99), st.integers(10, 100_000))
def test_four_times_as_many_halve_the_range(share: float, units: int) -> None:
    low, high = wilson(share, units * 1_000)
    low4, high4 = wilson(share, units * 4_000)
    assert (high4 - low4) / (high - low) == pytest.approx(0.5, rel=0.01)


def test_about_nine_of_ten_ranges_hold_the_truth() -> None:
    chance = random.Random(1998)
    hits = 0
    for _ in range(400):
        treated = sum(chance.random() < 0.30 for _ in range(400)) / 400
        control = sum(chance.random() < 0.25 for _ in range(100)) / 100
        found = difference(treated, 400, control, 100)
        hits += found.low <= 0.05 <= found.high
    assert 0.86 <= hits / 400 <= 0.94


def test_the_pilot_of_the_notebook() -> None:
    pilot = Pilot(**BLINDS)
    assert pilot.yearly.middle == pytest.approx(26_000 * 38)
    assert pilot.slide == pytest.approx(2 * pilot.yearly.middle)
    assert pilot.price_of_knowing == pytest.approx(300 * 38)
    assert pilot.yearly.low == pytest.approx(0.55e6, rel=0.01)
    assert pilot.yearly.high == pytest.approx(1.42e6, rel=0.01)


@given(st.floats(0.02, 0.5))
def test_half_and_half_gives_the_narrowest_range_and_the_dearest_one(held_back: float) -> None:
    few, half = Pilot(**BLINDS | {"held_back": held_back}), Pilot(**BLINDS | {"held_back": 0.5})
    assert half.yearly.high - half.yearly.low <= (few.yearly.high - few.yearly.low) * 1.001
    assert half.price_of_knowing >= few.price_of_knowing


def test_zero_within_the_range_is_told() -> None:
    assert not Pilot(**BLINDS).effect.includes_zero
    assert Pilot(**BLINDS | {"weeks": 1}).effect.includes_zero


@pytest.mark.parametrize("held_back", [0, 1, -0.1, 2])
def test_without_two_groups_there_is_nothing_to_compare(held_back: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        Pilot(**BLINDS | {"held_back": held_back})


@pytest.mark.parametrize(("share", "units"), [(4.2, 100), (-0.1, 100), (0.5, 0)])
def test_what_is_no_share_is_refused_with_the_way_out(share: float, units: float) -> None:
    with pytest.raises(ValueError, match=r"percent by 100|at least one"):
        wilson(share, units)


def test_ranges_are_scaled_and_paid_for() -> None:
    assert Range(1, 2, 3).times(2).minus(1) == Range(1, 3, 5)
    with pytest.raises(ValueError, match="0 or more"):
        Range(1, 2, 3).times(-1)
