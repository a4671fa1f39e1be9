"""How far predictions are spread, and how wrong they are: measured out of fold, never in sample."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from graders.judges.embedded.judge import mean_level
from graders.judges.embedded.model import spread
from graders.levels import Level
from graders.question import load_question
from graders.score import overall
from graders.training.fit import Design, Scale, Solved
from graders.training.labelled import Labelled

WHOLE, PARTS = (1.0, 1.1, 1.2, 1.3, 1.4, 1.5), (1.2, 1.4, 1.6, 1.8)
"""Spreads to choose from: of the mean of an answer, and of its criteria around that mean."""

COVERAGE = 0.7
"""Share of answers whose mean level lies within the interval."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Unseen:
    """An answer and what a model fitted without its question makes of it.

    Attributes:
        answer: The answer with its labels.
        index: Its place among the rows' answers.
        levels: Unspread level of each criterion.
        near: Cosine to the most similar answer to another question.
    """

    answer: Labelled
    index: int
    levels: Array
    near: float


def unseen_of(made: Design, solved: Solved, weight: float = 1.0) -> list[Unseen]:
    """The answers whose rows count *weight*: one for labelled answers, less for all others."""
    rows, asked = made.rows, made.rows.questions
    alike = made.meaning @ made.meaning.T
    found = []
    for index, answer in enumerate(rows.answers):
        own = np.flatnonzero(rows.owner == index)
        if rows.weights[own[0]] != weight:
            continue
        near = float(alike[index][asked != answer.question_id].max())
        found.append(Unseen(answer, index, solved.unseen[own], near))
    return found


def scale_of(unseen: Sequence[Unseen], mean: float) -> Scale:
    """The scale of all *unseen* together."""
    return _scale(_Tables.of(unseen, mean), unseen, mean, None)


def scales_without(unseen: Sequence[Unseen], mean: float) -> Iterator[tuple[str, Scale]]:
    """For each question the scale that all others give."""
    tables = _Tables.of(unseen, mean)
    for question in sorted({one.answer.question_id for one in unseen}):
        yield question, _scale(tables, unseen, mean, question)


@dataclass(frozen=True)
class _Tables:
    """Confusions of overall levels and of dimensions by spread and question: 5 by 5 each."""

    spreads: list[tuple[float, float]]
    counts: dict[str, Array]

    @classmethod
    def of(cls, unseen: Sequence[Unseen], mean: float) -> _Tables:
        spreads = list(product(WHOLE, PARTS))
        counts = {one.answer.question_id: np.zeros((len(spreads), 2, 5, 5)) for one in unseen}
        for one, (place, factors) in product(unseen, enumerate(spreads)):
            table = counts[one.answer.question_id][place]
            given = dimensions_of(one.answer.question_id, spread(one.levels, mean, factors))
            found = overall(load_question(one.answer.question_id).kind, given)
            if found is not None:
                table[0, one.answer.level, found[0]] += 1
            for name, level in given.items():
                table[1, one.answer.dimensions[name], int(level + 0.5)] += 1
        return cls(spreads, counts)

    def best(self, skip: str | None) -> tuple[float, float]:
        total: Array = np.sum(
            [table for name, table in self.counts.items() if name != skip], axis=0
        )
        gains = [kappa_of(whole) + kappa_of(parts) for whole, parts in total]
        return self.spreads[int(np.argmax(gains))]


def dimensions_of(question_id: str, levels: Array) -> dict[str, float]:
    """Dimension -> level, by the arithmetic of every score: criteria rounded, then averaged."""
    question = load_question(question_id)
    rounded = np.floor(np.minimum(levels, 3.999) + 0.5)
    sums: dict[str, list[tuple[float, float]]] = {}
    for criterion, level in zip(question.criteria, rounded, strict=True):
        sums.setdefault(criterion.dimension, []).append((question.weight(criterion), float(level)))
    return {name: sum(w * x for w, x in got) / sum(w for w, _ in got) for name, got in sums.items()}


def _scale(tables: _Tables, unseen: Sequence[Unseen], mean: float, skip: str | None) -> Scale:
    factors = tables.best(skip)
    kept = [one for one in unseen if one.answer.question_id != skip]
    misses, fars, noise = [], [], []
    for one in kept:
        levels = spread(one.levels, mean, factors)
        misses.append(
            abs(mean_level(load_question(one.answer.question_id), levels) - true_mean(one.answer))
        )
        fars.append(1 - one.near)
        criteria = load_question(one.answer.question_id).criteria
        labels = [one.answer.dimensions[criterion.dimension] for criterion in criteria]
        noise.append(float(np.mean((levels - labels) ** 2)))
    slope, base = np.polyfit(fars, misses, 1)
    slope = max(float(slope), 0.0)
    base = float(np.mean(misses) - slope * np.mean(fars))
    ratios = np.array(misses) / (base + slope * np.array(fars))
    factor = _quantile(ratios, [one.answer.question_id for one in kept])
    return Scale(factors, (factor * base, factor * slope), float(np.sqrt(np.mean(noise))))


def true_mean(answer: Labelled) -> float:
    """The gated mean level that the labels of *answer* give."""
    kind = load_question(answer.question_id).kind
    found = overall(kind, {name: float(level) for name, level in answer.dimensions.items()})
    return 0.0 if found is None else found[1] * Level.STAFF


def _quantile(values: Array, questions: Sequence[str]) -> float:
    """The conformal quantile in which every question weighs the same, the next one at infinity."""
    names, place, sizes = np.unique(questions, return_inverse=True, return_counts=True)
    order = np.argsort(values)
    reached = np.cumsum((1 / sizes[place])[order]) / (len(names) + 1)
    at = int(np.searchsorted(reached, COVERAGE))
    return float(values[order][min(at, len(values) - 1)])


def kappa_of(observed: Array) -> float:
    """Quadratic weighted kappa of a table of two ratings, shape (levels, levels)."""
    levels = np.arange(len(observed))
    weights = np.subtract.outer(levels, levels) ** 2.0
    expected = np.outer(observed.sum(axis=1), observed.sum(axis=0)) / max(observed.sum(), 1)
    return 1.0 - float((weights * observed).sum() / max((weights * expected).sum(), 1e-9))
