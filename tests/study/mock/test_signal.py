"""The rule of the hire signal, row by row."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.levels import Level
from graders.progress import SIGNALS
from graders.study.mock.signal import overall_signal, signal_of


@pytest.mark.parametrize(
    ("mean", "signal"),
    [
        (4.0, "strong hire"), (3.5, "strong hire"), (3.49, "hire"), (2.5, "hire"),
        (2.49, "lean hire"), (2.25, "lean hire"), (2.2, "lean no hire"), (2.0, "lean no hire"),
        (1.9, "no hire"), (1.25, "no hire"), (1.2, "strong no hire"), (0.0, "strong no hire"),
    ],
)  # fmt: skip
def test_at_target_senior(mean: float, signal: str) -> None:
    assert signal_of(mean, Level.SENIOR) == signal


def test_a_staff_candidate_can_be_a_strong_hire() -> None:
    assert signal_of(4.0, Level.STAFF) == "strong hire"
    assert signal_of(3.0, Level.STAFF) == "lean no hire"


def test_one_bad_room_holds_the_others_back() -> None:
    assert overall_signal([(4.0, 45), (4.0, 45), (1.0, 15)], Level.SENIOR)[1] == "lean no hire"
    assert overall_signal([(4.0, 45), (4.0, 45), (2.4, 15)], Level.SENIOR)[1] == "strong hire"


@given(st.floats(0, 4), st.floats(0, 4), st.sampled_from([Level.MID, Level.SENIOR, Level.STAFF]))
def test_a_better_answer_never_gets_a_worse_signal(one: float, other: float, at: Level) -> None:
    low, high = sorted([one, other])
    assert SIGNALS.index(signal_of(low, at)) <= SIGNALS.index(signal_of(high, at))
