"""Misplaced texts are given to questions that they do not answer, and hold what was put in."""

from __future__ import annotations

import random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graders.question import bank_ids
from graders.training import Labelled
from graders.training.misplaced import elsewhere, put_in, sources

SENTENCES = st.lists(st.integers(1, 50), min_size=1, max_size=30).map(
    lambda lengths: [np.full(length, number) for number, length in enumerate(lengths)]
)


@given(st.sampled_from(bank_ids()), st.integers(0, 999))
def test_no_answer_is_given_to_its_own_question_nor_a_story_to_another_story(
    own: str, seed: int
) -> None:
    found = elsewhere(own, bank_ids(), random.Random(seed))
    assert found
    assert own not in found
    told = {"story", "leadership"}
    if own.split("/")[0] in told:
        assert not told & {name.split("/")[0] for name in found}


@given(SENTENCES, SENTENCES, st.integers(0, 999))
def test_what_is_put_in_stands_in_one_piece(
    weak: list[np.ndarray], good: list[np.ndarray], seed: int
) -> None:
    foreign = [one + 1000 for one in good]
    text = put_in(weak, foreign, random.Random(seed))
    marks = [int(one[0]) >= 1000 for one in text]
    assert any(marks)
    first, last = marks.index(True), len(marks) - marks[::-1].index(True)
    assert all(marks[first:last])
    assert len(text) - sum(marks) >= len(weak) // 2


def test_parts_are_taken_from_the_better_half(few: list[Labelled]) -> None:
    numbers = [[np.array([place])] for place in range(len(few))]
    for name, texts in sources(few, numbers).items():
        own = [one for one in few if one.question_id == name]
        taken = [few[int(text[0][0])] for text in texts]
        assert all(one.question_id == name for one in taken)
        assert min(one.level for one in taken) >= sorted(one.level for one in own)[len(own) // 2]
