"""What simple means reach on the same answers: the judge has to be better than these.

Each baseline is a linear regression of the overall level on a few numbers, fitted without the
answer's question; the last one is the usual first attempt at such a task, words and their rarity.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from graders.errors import UsageError
from graders.judges.embedded import structure
from graders.judges.embedded.vectors import word_vectors
from graders.judges.text import read, words
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


def structure_only(question: Question, text: str) -> list[float]:
    """How often the answer compares, names a failure, gives a quantity, ...; logarithms."""
    lines = [sentence.line for sentence in read(text).sentences]
    counts = structure.detect(lines).sum(axis=0) if lines else np.zeros(len(structure.NAMES))
    return [float(x) for x in np.log1p(counts)]


BASELINES = {
    "length only": length_only,
    "word overlap": word_overlap,
    "vectors only": vectors_only,
    "structure only": structure_only,
}
"""Name -> what it looks at."""


def predict(name: str, answers: Sequence[Labelled]) -> list[int]:
    """The level of each of *answers* by the baseline *name*, out of fold."""
    look = BASELINES[name]
    rows = np.array([[1.0, *look(load_question(a.question_id), a.text)] for a in answers])
    label = _labels(answers)
    given = np.zeros(len(answers))
    for held in _folds(answers):
        coefficients, *_ = np.linalg.lstsq(rows[~held], label[~held], rcond=None)
        given[held] = rows[held] @ coefficients
    return _rounded(given)


def predict_tfidf(answers: Sequence[Labelled]) -> list[int]:
    """The level of each of *answers* by scikit-learn's TF-IDF and ridge regression, out of fold.

    Raises:
        UsageError: If scikit-learn is missing.
    """
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import Ridge
    except ImportError:
        raise UsageError(
            "scikit-learn is not installed", fix="Install it: pip install scikit-learn"
        ) from None
    rows = TfidfVectorizer(sublinear_tf=True).fit_transform([answer.text for answer in answers])
    label = _labels(answers)
    given = np.zeros(len(answers))
    for held in _folds(answers):
        given[held] = Ridge().fit(rows[~held], label[~held]).predict(rows[held])
    return _rounded(given)


def _labels(answers: Sequence[Labelled]) -> NDArray[np.float64]:
    return np.array([float(answer.level) for answer in answers])


def _folds(answers: Sequence[Labelled]) -> list[NDArray[np.bool_]]:
    """For each question which answers are its own."""
    questions = np.array([answer.question_id for answer in answers])
    return [questions == question for question in sorted(set(questions))]


def _rounded(given: NDArray[np.float64]) -> list[int]:
    return [int(level) for level in np.clip(np.floor(given + 0.5), 0, 4)]
