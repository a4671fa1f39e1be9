"""The same story told twice in other words: interviewers compare notes, so a bank should know.

Each story becomes one direction: the vectors of its words, weighted by how rare they are in the
bank's model answers, less what all such stories share. Two tellings of one story point the same
way however they are worded. `SAME` was chosen on one half of `tests/calibration/stories.jsonl`;
`tests/study/test_retold.py` measures it on the other half, and on answers by other writers to the
same question, which share the subject and are different stories.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from graders.judges.text import read
from graders.levels import Level
from graders.question import load_question
from graders.study.fit import behavioural_questions

SAME = 0.30
"""Cosine from which two stories are taken for one. In the half it was chosen on, retellings began
at 0.32 and different stories ended at 0.26."""

LEAST_WORDS = 20
"""Shorter notes are too little to compare."""


def retold(texts: Sequence[str]) -> list[tuple[int, int, float]]:
    """Pairs of *texts* that tell the same story: two places, the lower one first, and the cosine.

    The most similar come first.

    Raises:
        JudgeError: If the word vectors are missing.
    """
    return alike([direction(text) if len(text.split()) >= LEAST_WORDS else None for text in texts])


def alike(directions: Sequence[Any]) -> list[tuple[int, int, float]]:
    """`retold` of the texts with these *directions*; `None` stands for one that is too short."""
    long_enough = [i for i, pointing in enumerate(directions) if pointing is not None]
    if len(long_enough) < 2:
        return []
    stacked = np.array([directions[i] for i in long_enough])
    cosines = np.triu(stacked @ stacked.T, k=1)
    found = [
        (long_enough[a], long_enough[b], round(float(cosines[a, b]), 3))
        for a, b in zip(*np.nonzero(cosines >= SAME), strict=True)
    ]
    return sorted(found, key=lambda pair: (-pair[2], pair[:2]))


@lru_cache(maxsize=2_000)
def direction(text: str) -> Any:
    """Where the words of *text* point: shape (256,), length 1; zero for a text without words.

    Raises:
        JudgeError: If the word vectors are missing.
    """
    from graders.judges.embedded.vectors import unit

    return unit(_mean(read(text).prose) - _shared())


def _mean(prose: str) -> Any:
    from graders.judges.embedded.vectors import unit, word_vectors

    vectors = word_vectors()
    ids = vectors.ids([prose])[0]
    if not len(ids):
        return np.zeros(256, np.float32)
    seen, texts = _seen()
    rare = np.array([np.log((texts + 1) / (seen.get(one, 0) + 1)) for one in ids.tolist()])
    return unit(rare @ unit(vectors.rows(ids)))


@lru_cache(maxsize=1)
def _shared() -> Any:
    return np.mean([_mean(prose) for prose in _model_answers()], axis=0)


@lru_cache(maxsize=1)
def _seen() -> tuple[dict[int, int], int]:
    """In how many of the model answers each token stands, and how many those are."""
    from graders.judges.embedded.vectors import word_vectors

    counts: dict[int, int] = {}
    answers = _model_answers()
    for ids in word_vectors().ids(answers):
        for one in set(ids.tolist()):
            counts[one] = counts.get(one, 0) + 1
    return counts, len(answers)


@lru_cache(maxsize=1)
def _model_answers() -> tuple[str, ...]:
    """The prose of the model answers to the questions that are answered with a story."""
    answers = (load_question(name).model_answers for name in behavioural_questions())
    levels = (Level.MID, Level.SENIOR, Level.STAFF)
    return tuple(read(one.at(level)).prose for one in answers if one for level in levels)
