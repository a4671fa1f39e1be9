"""From an answer and a rubric to numbers: what was said, and where it speaks to each criterion.

For each criterion the answer is searched for the window of one to three sentences that comes
nearest to what the rubric expects there. What is measured of that window is *soft recall*: how
much of a rubric text is covered, each of its tokens by its most similar token in the window,
weighted by how much the token says, words of the question counting little. Beside that stand how
near the answer as a whole is to the question's model answers, and what `structure` sees in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from graders.judges.embedded import structure
from graders.judges.embedded.rubric import LEVELS, occurrences
from graders.judges.embedded.rubric import Rubric as Rubric
from graders.judges.embedded.rubric import prepare as prepare
from graders.judges.embedded.vectors import SHORT as SHORT
from graders.judges.embedded.vectors import Floats, Ids, unit, word_vectors
from graders.judges.text import Document
from graders.levels import DIMENSIONS, Kind
from graders.question import Question

WINDOW = 3
"""Sentences of the longest window."""

_KINDS: tuple[Kind, ...] = tuple(DIMENSIONS)
_SEEN = ("quantities", "because", "rejected", "failure", "mitigation")

LOCAL: tuple[str, ...] = (
    *(f"recall_{level.label}" for level in LEVELS),
    *(f"near_{level.label}" for level in LEVELS),
    "recall_best",
    "climb",
    "covered_whole",
    "margin",
    "windows_near",
    *(f"window_{name}" for name in _SEEN),
    "window_words",
    "dimension_structure_window",
    "dimension_structure_answer",
)
SHARED: tuple[str, ...] = (
    "question_similarity",
    "log_words",
    "variety",
    *(
        f"model_{what}_{level.label}"
        for what in ("cosine", "recall", "precision")
        for level in LEVELS
    ),
    *(f"answer_{name}" for name in structure.NAMES),
    *(f"kind_{kind}" for kind in _KINDS),
)
NAMES: tuple[str, ...] = (*LOCAL, *SHARED)
"""The columns of the feature matrix: those of one criterion, then those of the whole answer."""


@dataclass(frozen=True)
class Features:
    """What was measured of one answer; c criteria.

    Attributes:
        rows: Shape (c, len(NAMES)).
        meaning: Mean direction of the answer, shape (256,).
        subject: That of the question with its rubric, shape (256,).
        ids: Token ids of each sentence.
        windows: First and last sentence of the best window of each criterion.
        nearness: How near that window comes, shape (c,).
    """

    rows: Floats
    meaning: Floats
    subject: Floats
    ids: list[Ids]
    windows: list[tuple[int, int]]
    nearness: Floats

    def seen(self, detectors: Sequence[str]) -> int:
        """How many of *detectors* found something in the answer."""
        return sum(self.rows[0, NAMES.index(f"answer_{name}")] > 0 for name in detectors)


def extract(question: Question, document: Document, rubric: Rubric) -> Features:
    """Measure one answer.

    Args:
        question: The question.
        document: The answer; it must hold at least one sentence.
        rubric: `prepare(question)`.
    """
    lines = [sentence.line for sentence in document.sentences]
    ids = word_vectors().ids(lines)
    reading = _Reading.of(ids, rubric)
    windows = _windows(len(lines))
    recall = _pooled(reading.covered, np.maximum) @ rubric.recall.T
    near = unit(_pooled(reading.sums, np.add)) @ rubric.means.T
    strength = _strength(recall, near, rubric)
    rest = strength.sum(axis=1, keepdims=True) - strength
    margin = strength - rest / max(strength.shape[1] - 1, 1)
    best = np.argmax(strength + 0.5 * margin, axis=0)
    chosen = [windows[index] for index in best]
    found = structure.detect(lines)
    meaning = unit(reading.sums.sum(axis=0))
    answer = _damped(found, document)
    shared = _shared(question, document, rubric, reading, answer, meaning)
    rows = np.concatenate(
        [
            _compared(rubric, recall, near, best),
            margin[best, np.arange(len(best))][:, None],
            (margin > 0.1).mean(axis=0)[:, None],
            _seen(lines, found, chosen, rubric),
            (rubric.speaks @ answer)[:, None],
            np.tile(shared, (len(best), 1)),
        ],
        axis=1,
    )
    return Features(
        rows=rows.astype(np.float32),
        meaning=meaning,
        subject=rubric.subject,
        ids=ids,
        windows=chosen,
        nearness=strength[best, np.arange(len(best))],
    )


@dataclass(frozen=True)
class _Reading:
    """How an answer of s sentences meets the tokens of a rubric.

    Attributes:
        covered: How well each sentence covers each token of the criteria's texts, shape (s, v).
        sums: Sum of the vectors of each sentence, shape (s, 256).
        whole: How well the answer covers each token, shape (u,).
        precise: The share of the answer's weight that each model answer has, too, shape (3,).
    """

    covered: Floats
    sums: Floats
    whole: Floats
    precise: Floats

    @classmethod
    def of(cls, ids: list[Ids], rubric: Rubric) -> _Reading:
        vectors = word_vectors()
        sizes = [len(one) for one in ids]
        distinct, place = np.unique(np.concatenate(ids), return_inverse=True)
        counts = occurrences(place, sizes, len(distinct))
        total = counts.sum(axis=0) * vectors.lengths(distinct)
        short = vectors.short(distinct)
        similar = short @ rubric.units.T
        further = short @ rubric.further.T
        return cls(
            covered=_best(similar, place, sizes),
            sums=counts @ vectors.rows(distinct),
            whole=np.concatenate([one.max(axis=0, initial=0) for one in (similar, further)]),
            precise=_shared_weight(similar, further, total, rubric),
        )


def _best(similar: Floats, place: Ids, sizes: Sequence[int]) -> Floats:
    """The best cosine of each sentence to each token, 0 at least, shape (s, v)."""
    best = np.zeros((len(sizes), similar.shape[1]), np.float32)
    first = 0
    for row, size in zip(best, sizes, strict=True):
        similar.take(place[first : first + size], axis=0).max(axis=0, initial=0, out=row)
        first += size
    return best


def _shared_weight(similar: Floats, further: Floats, weights: Floats, rubric: Rubric) -> Floats:
    """The share of the answer's *weights* that each model answer has, too, shape (3,)."""
    best = np.concatenate(
        [
            np.maximum.reduceat(similar, rubric.borders, axis=1),
            np.maximum.reduceat(further, rubric.further_borders, axis=1),
        ],
        axis=1,
    )
    by_model = [best[:, holds].max(axis=1, initial=0) @ weights for holds in rubric.holds]
    return np.array(by_model, np.float32) / max(float(weights.sum()), 1e-6)


@lru_cache(maxsize=100)
def _windows(count: int) -> tuple[tuple[int, int], ...]:
    return tuple(
        (first, first + size - 1)
        for size in range(1, WINDOW + 1)
        for first in range(max(0, count - size + 1))
    )


def _pooled(rows: Floats, join: np.ufunc) -> Floats:
    """Join the rows of the sentences of each window, in the order of `_windows`."""
    sizes = [rows]
    for size in range(2, WINDOW + 1):
        if len(rows) >= size:
            sizes.append(join(sizes[-1][:-1], rows[size - 1 :]))
    return np.concatenate(sizes)


def _strength(recall: Floats, near: Floats, rubric: Rubric) -> Floats:
    """How strongly each window speaks to each criterion, shape (windows, criteria)."""
    starts = rubric.groups[:: len(LEVELS)]
    result: Floats = np.maximum.reduceat(recall + 0.5 * near, starts, axis=1)
    return result


def _compared(rubric: Rubric, recall: Floats, near: Floats, best: NDArray[np.intp]) -> Floats:
    """Recall and nearness of each criterion's window by level, and what they say together."""
    shape = (len(best), len(LEVELS))
    own = np.arange(len(best))
    by_level = np.maximum.reduceat(recall[best], rubric.groups, axis=1).reshape(-1, *shape)[
        own, own
    ]
    nearby = np.maximum.reduceat(near[best], rubric.groups, axis=1).reshape(-1, *shape)[own, own]
    climb = by_level[:, 1] + by_level[:, 2] - 2 * by_level[:, 0]
    whole = np.add.reduceat(recall.max(axis=0), rubric.groups).reshape(shape)[:, 1:].sum(axis=1)
    upper = whole / rubric.sizes.reshape(shape)[:, 1:].sum(axis=1)
    result: Floats = np.concatenate(
        [by_level, nearby, by_level.max(axis=1)[:, None], climb[:, None], upper[:, None]], axis=1
    )
    return result


def _seen(
    lines: Sequence[str], found: Floats, chosen: Sequence[tuple[int, int]], rubric: Rubric
) -> Floats:
    """What `structure` sees in and around each window."""
    lengths = np.array([[line.count(" ") + 1] for line in lines], np.float32)
    sums = np.concatenate(
        [
            np.zeros((1, found.shape[1] + 1), np.float32),
            np.cumsum(np.concatenate([found, lengths], axis=1), axis=0),
        ]
    )
    # One sentence of context on each side: reasons and numbers often follow the claim.
    first = [max(0, first - 1) for first, _ in chosen]
    last = [min(len(lines), last + 2) for _, last in chosen]
    here = np.log1p(sums[last] - sums[first])
    places = [structure.NAMES.index(name) for name in _SEEN]
    speaks = (here[:, :-1] * rubric.speaks).sum(axis=1)
    result: Floats = np.concatenate([here[:, [*places, -1]], speaks[:, None]], axis=1)
    return result


def _damped(found: Floats, document: Document) -> Floats:
    # Counts grow with length; half of that is taken out, so that padding does not pay.
    total = max(len(document.words), 1)
    result: Floats = np.log1p(found.sum(axis=0) * (150 / (total + 50)) ** 0.5)
    return result


def _shared(
    question: Question,
    document: Document,
    rubric: Rubric,
    reading: _Reading,
    answer: Floats,
    meaning: Floats,
) -> Floats:
    """The columns of `SHARED`."""
    total = max(len(document.words), 1)
    models = np.stack(
        [rubric.model_means @ meaning, rubric.models @ reading.whole, reading.precise]
    )
    return np.concatenate(
        [
            [float(meaning @ rubric.asked), np.log1p(min(total, 400))],
            [len(set(document.words)) / total**0.8],
            models.reshape(-1),
            answer,
            [float(question.kind == kind) for kind in _KINDS],
        ]
    ).astype(np.float32)
