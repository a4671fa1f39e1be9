"""Questions get stories: as many as possible, with few and evenly spread repeats."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graders.study.matching import cheapest, fewest_repeats

ROWS = st.integers(1, 6).flatmap(
    lambda stories: st.lists(
        st.lists(st.one_of(st.none(), st.floats(-5, 5)), min_size=stories, max_size=stories),
        min_size=1,
        max_size=7,
    )
)


@given(ROWS)
def test_a_question_gets_a_story_if_and_only_if_one_answers_it(
    fit: list[list[float | None]],
) -> None:
    for row, place in zip(fit, fewest_repeats(fit), strict=True):
        answers = [i for i, value in enumerate(row) if value is not None]
        assert place in answers if answers else place is None


@given(ROWS)
def test_no_single_change_would_spread_the_stories_better(fit: list[list[float | None]]) -> None:
    chosen = fewest_repeats(fit)
    uses = Counter(place for place in chosen if place is not None)
    for row, place in zip(fit, chosen, strict=True):
        for other, value in enumerate(row):
            if place is not None and value is not None and other != place:
                assert uses[other] + 1 >= uses[place]


@given(st.integers(1, 5), st.integers(0, 3), st.integers(0, 10_000))
def test_the_cheapest_assignment_costs_what_trying_all_finds(
    rows: int, more: int, seed: int
) -> None:
    from itertools import permutations

    cost = np.random.default_rng(seed).integers(0, 20, (rows, rows + more)).astype(float)
    places = cheapest(cost)
    assert len(set(places)) == rows
    best = min(
        sum(cost[row, column] for row, column in enumerate(columns))
        for columns in permutations(range(rows + more), rows)
    )
    assert sum(cost[row, column] for row, column in enumerate(places)) == best


def test_the_second_best_story_is_told_before_one_is_told_twice() -> None:
    assert fewest_repeats([[5.0, 1.0], [4.0, None]]) == [1, 0]


def test_without_stories_nothing_is_assigned() -> None:
    assert fewest_repeats([[], []]) == [None, None]
    assert fewest_repeats([]) == []
