"""Which words an answer uses, as a direction, and what weights make of it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graders.judges.embedded import words
from graders.judges.embedded.words import Vocabulary

terms = st.lists(st.integers(0, 30), max_size=30).map(lambda one: np.array(one, np.int64))
CHANCE = np.random.default_rng(1)
VOCABULARY = Vocabulary(
    np.arange(0, 30, 2, dtype=np.int64),
    CHANCE.uniform(0.5, 2, 15).astype(np.float32),
    CHANCE.uniform(0, 0.2, 15).astype(np.float32),
)
WEIGHTS = CHANCE.normal(size=(15, 4)).astype(np.float32)


@given(st.lists(terms, max_size=6))
def test_pairs_do_not_reach_across_sentences(sentences: list[words.Ids]) -> None:
    expected = [a * 32_000 + b for one in sentences for a, b in pairwise(one)]

    assert words.pairs(sentences).tolist() == expected


@given(terms)
def test_weights_along_a_direction_are_their_product(found: words.Ids) -> None:
    np.testing.assert_allclose(
        VOCABULARY.along(found, WEIGHTS), VOCABULARY.direction(found) @ WEIGHTS, atol=1e-4
    )


def test_who_uses_no_word_that_counts_stands_nowhere() -> None:
    none = np.array([1, 3], np.int64)

    assert not VOCABULARY.direction(none).any()
    assert not VOCABULARY.along(none, WEIGHTS).any()


@given(terms)
def test_a_direction_has_length_one_or_none(found: words.Ids) -> None:
    length = float(np.linalg.norm(VOCABULARY.direction(found)))

    counts = np.isin(found, VOCABULARY.terms).any()
    np.testing.assert_allclose(length, 1.0 if counts else 0.0, atol=1e-5)
