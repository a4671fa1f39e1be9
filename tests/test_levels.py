"""The vocabulary: five ordered levels, and dimensions that mean the same everywhere."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.levels import DIMENSIONS, GATE, Kind, Level

LABELS = ["off", "below", "mid", "senior", "staff"]

WEIGHTS = {
    "design": "requirements 2, estimation 2, api-and-data 2, architecture 2, deep-dive 3,"
    " scaling 2, failure-and-consistency 3, trade-offs 3, operability-and-cost 1",
    "concept": "mechanism 3, numbers 2, trade-offs 2, failure-modes 2, application 1",
    "story": "scope 2, ownership 2, impact 3, judgment 3, collaboration 1, learning 1",
    "leadership": "scope 1, influence 3, impact 2, judgment 2, people 2, learning 1",
    "career": "honesty 3, bar-awareness 2, evidence 2, plan 2, fit 1",
}
"""As published to instructors; stored scores and charts of years depend on these words."""


def test_the_levels_are_these_five_in_this_order() -> None:
    assert [level.label for level in sorted(Level)] == LABELS
    assert [int(level) for level in Level] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("level", Level)
def test_a_label_leads_back_to_its_level(level: Level) -> None:
    assert Level.from_label(level.label) is level


@given(st.text().filter(lambda text: text.strip().lower() not in LABELS))
def test_any_other_word_is_refused_with_a_list_of_the_levels(word: str) -> None:
    with pytest.raises(ValueError) as caught:
        Level.from_label(word)
    assert all(label in str(caught.value) for label in LABELS)


@pytest.mark.parametrize("word", ["sta\ufb00", "\u017fenior", "m\u0131d", "seniors", "3", "None"])
def test_words_that_only_look_like_levels_are_refused(word: str) -> None:
    with pytest.raises(ValueError, match="is not a level"):
        Level.from_label(word)


def test_the_dimensions_and_their_weights_are_the_published_ones() -> None:
    shown = {
        kind: ", ".join(f"{name} {weight:g}" for name, weight in dimensions.items())
        for kind, dimensions in DIMENSIONS.items()
    }
    assert shown == WEIGHTS


def test_every_kind_has_dimensions_and_one_of_them_carries_its_judgment() -> None:
    assert set(get_args(Kind)) == set(DIMENSIONS) == set(GATE)
    assert all(GATE[kind] in DIMENSIONS[kind] for kind in GATE)
