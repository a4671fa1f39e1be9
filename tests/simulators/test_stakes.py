"""What wins follows the weights; who loses follows the scores."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from simulators.stakes import losses, totals, turns, winner

PARTIES = ("product", "design", "legal")
rows = st.fixed_dictionaries({party: st.integers(0, 10) for party in PARTIES})
tables = st.fixed_dictionaries({option: rows for option in "ABC"})
weightings = st.fixed_dictionaries({party: st.integers(0, 10) for party in PARTIES})

SCORES = {
    "A": {"product": 9, "design": 5, "legal": 1},
    "B": {"product": 6, "design": 7, "legal": 6},
}


def test_the_weights_decide() -> None:
    assert winner(SCORES, {"product": 1, "design": 1, "legal": 1}) == "B"
    assert winner(SCORES, {"product": 5, "design": 1, "legal": 1}) == "A"
    assert totals(SCORES, {"product": 1, "design": 0, "legal": 1}) == {"A": 5, "B": 6}


def test_who_loses_and_how_much() -> None:
    assert losses(SCORES, "B") == {"product": 3, "design": 0, "legal": 0}
    assert losses(SCORES, "A") == {"product": 0, "design": 2, "legal": 5}


def test_where_it_turns() -> None:
    equal = {"product": 1, "design": 1, "legal": 1}
    assert turns(SCORES, equal, "product") == (3, "A")
    assert turns(SCORES, equal, "legal") == (0, "A")  # legal is all that holds B
    assert turns(SCORES, equal, "design") is None  # even without design it is 10 against 12


@given(tables, weightings)
def test_the_winner_has_the_highest_total_and_somebody_always_has_no_loss(table, weights) -> None:  # type: ignore[no-untyped-def]
    assume(any(weights.values()))
    found = totals(table, weights)
    best = winner(table, weights)
    assert found[best] == max(found.values())
    assert all(0 <= total <= 10 for total in found.values())
    assert all(loss >= 0 for loss in losses(table, best).values())


@given(tables, weightings, st.sampled_from(PARTIES))
def test_one_step_before_the_turn_it_has_not_turned(table, weights, party) -> None:  # type: ignore[no-untyped-def]
    assume(any(weights.values()))
    today = winner(table, weights)
    found = turns(table, weights, party)
    if found:
        weight, other = found
        assert other != today
        assert winner(table, {**weights, party: weight}) == other
        before = {**weights, party: weight - 1 if weight > weights[party] else weight + 1}
        assert winner(table, before) == today


def test_what_is_missing_is_said() -> None:
    with pytest.raises(ValueError, match="weight above 0"):
        totals(SCORES, {"product": 0})
    with pytest.raises(ValueError, match="no score for finance"):
        totals(SCORES, {"finance": 1})
