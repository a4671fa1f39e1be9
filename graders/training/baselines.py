"""What simple means reach on the same answers: the judge has to be better than these.

Each baseline is a linear regression of the overall level on one to three numbers, fitted without
the answer's question.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from graders.judges.embedded.vectors import word_vectors
from graders.judges.text import words
from graders.levels import Level
from graders.question import Question, load_question
from graders.training.labelled import Labelled

LEVELS = (Level.MID, Level.SENIOR, Level.STAFF)


def length_only(question: Question, text: str) -> list[float]:
    """The logarithm of the number of words."""
    return [math.log1p(len(words(text)))]


def word_overlap(question: Question, text: str) -> list[float]:
    """Shares of the words of the mid, senior and staff descriptors that the answer has."""
    own = set(words(text))
    shares = []
    for level in LEVELS:
        wanted = {w for c in question.criteria for w in words(c.descriptor(level))}
        shares.append(len(own & wanted) / len(wanted))
    return shares


def vectors_only(question: Question, text: str) -> list[float]:
    """Cosines of the answer's mean vector with those of the three model answers."""
    vectors = word_vectors()
    mean = vectors.tokens(text).mean()
    answers = question.model_answers
    if answers is None:
        return [0.0, 0.0, 0.0]
    return [float(mean @ vectors.fixed(answers.at(level)).mean()) for level in LEVELS]


BASELINES = {
    "length only": length_only,
    "word overlap": word_overlap,
    "vectors only": vectors_only,
}
"""Name -> what it looks at."""


def predict(name: str, answers: Sequence[Labelled]) -> list[int]:
    """The level of each of *answers* by the baseline *name*, out of fold."""
    look = BASELINES[name]
    rows = np.array([[1.0, *look(load_question(a.question_id), a.text)] for a in answers])
    label = np.array([float(answer.level) for answer in answers])
    questions = np.array([answer.question_id for answer in answers])
    given = np.zeros(len(answers))
    for question in sorted(set(questions)):
        held = questions == question
        coefficients, *_ = np.linalg.lstsq(rows[~held], label[~held], rcond=None)
        given[held] = rows[held] @ coefficients
    return [int(level) for level in np.clip(np.floor(given + 0.5), 0, 4)]
