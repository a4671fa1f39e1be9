"""Words become tokens and vectors; what is remembered is what would be computed."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graders.judges.embedded.vectors import SHORT, WordVectors, unit, word_vectors

texts = st.text(st.sampled_from("abcdefgh éß,.-0123 \n\t中🙂"), max_size=80)


@given(st.lists(texts, max_size=5))
def test_tokens_are_those_of_the_tokenizer(found: list[str]) -> None:
    vectors = word_vectors()

    ids = vectors.ids(found)

    expected = [
        [one for word in text.split() for one in tokenizer_ids(vectors, word)] for text in found
    ]
    assert [one.tolist() for one in ids] == expected


def tokenizer_ids(vectors: WordVectors, word: str) -> list[int]:
    ids: list[int] = vectors._tokenizer.encode(word, add_special_tokens=False).ids
    return ids


@given(st.lists(st.integers(0, 31_999), min_size=1, max_size=20))
def test_what_is_remembered_of_a_token_is_what_stands_in_the_table(listed: list[int]) -> None:
    vectors, ids = word_vectors(), np.array(listed, np.int64)
    rows = vectors._table[ids].astype(np.float32)

    np.testing.assert_array_equal(vectors.rows(ids), rows)
    np.testing.assert_allclose(vectors.lengths(ids), np.linalg.norm(rows, axis=1), rtol=1e-6)
    np.testing.assert_allclose(vectors.short(ids), unit(rows[:, :SHORT]), atol=1e-6)


def test_the_answers_own_arrays_may_be_changed_without_harm() -> None:
    vectors, ids = word_vectors(), np.array([5, 6], np.int64)
    before = vectors.rows(ids).copy()

    vectors.rows(ids)[:] = 0

    np.testing.assert_array_equal(vectors.rows(ids), before)
