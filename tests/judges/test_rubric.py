"""A question's tokens are sorted into groups, and nothing about them is lost by that."""

from __future__ import annotations

import numpy as np
import pytest

from graders.judges.embedded.features import NAMES, _Reading, extract
from graders.judges.embedded.rubric import occurrences, prepare
from graders.judges.embedded.vectors import word_vectors
from graders.judges.text import read
from graders.question import load_question

ANSWER = (
    "I would put a cache in front of the database, because reads dominate. Entries end after a "
    "minute, so stale data is bounded; one request loads on a miss, the others wait for it."
)


@pytest.mark.parametrize("name", ["concept/caching", "design/chat", "story/conflict"])
def test_each_model_answer_holds_the_groups_of_its_tokens(name: str) -> None:
    rubric = prepare(load_question(name))
    first, total = len(rubric.units), rubric.models.shape[1]
    borders = [*rubric.borders, *(rubric.further_borders + first), total]

    holds = np.repeat(rubric.holds, np.diff(borders), axis=1)

    np.testing.assert_array_equal(holds, rubric.models > 0)
    np.testing.assert_allclose(rubric.models.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(rubric.recall.sum(axis=1), 1, rtol=1e-5)


def test_an_answer_that_says_a_model_answers_words_shares_all_of_its_weight() -> None:
    question = load_question("concept/caching")
    assert question.model_answers is not None
    rubric = prepare(question)

    own = extract(question, read(question.model_answers.senior), rubric)
    other = extract(question, read(ANSWER), rubric)

    precision = NAMES.index("model_precision_senior")
    assert own.rows[0, precision] == pytest.approx(1, abs=1e-3)
    assert other.rows[0, precision] < 0.95


def test_tokens_are_counted_text_by_text() -> None:
    place = np.array([0, 2, 2, 1], np.int64)

    assert occurrences(place, [3, 0, 1], 3).tolist() == [[1, 0, 2], [0, 0, 0], [0, 1, 0]]


def test_the_best_cosine_of_a_sentence_is_that_of_its_nearest_token() -> None:
    rubric = prepare(load_question("concept/caching"))
    ids = word_vectors().ids([sentence.line for sentence in read(ANSWER).sentences])

    reading = _Reading.of(ids, rubric)

    expected = [
        np.maximum(word_vectors().short(one) @ rubric.units.T, 0).max(axis=0) for one in ids
    ]
    np.testing.assert_allclose(reading.covered, expected, atol=1e-5)
