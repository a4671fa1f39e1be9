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

import numpy as np
from numpy.typing import NDArray

from graders.judges.embedded import structure
from graders.judges.embedded.vectors import Floats, Ids, unit, word_vectors
from graders.judges.rules import per_question
from graders.judges.text import Document
from graders.levels import DIMENSIONS, Kind, Level
from graders.question import Question

WINDOW = 3
"""Sentences of the longest window."""

QUESTION_WORD_WEIGHT = 0.25
SAME_WORD = 0.95
"""Cosine from which two tokens count as the same word."""

SHORT = 64
"""Dimensions in which single words are compared."""

_LEVELS = (Level.MID, Level.SENIOR, Level.STAFF)
_KINDS: tuple[Kind, ...] = tuple(DIMENSIONS)
_SEEN = ("quantities", "because", "rejected", "failure", "mitigation")

LOCAL: tuple[str, ...] = (
    *(f"recall_{level.label}" for level in _LEVELS),
    *(f"near_{level.label}" for level in _LEVELS),
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
        for level in _LEVELS
    ),
    *(f"answer_{name}" for name in structure.NAMES),
    *(f"kind_{kind}" for kind in _KINDS),
)
NAMES: tuple[str, ...] = (*LOCAL, *SHARED)
"""The columns of the feature matrix: those of one criterion, then those of the whole answer."""


RELATION: tuple[str, ...] = (
    "question_similarity",
    *(
        f"model_{what}_{level.label}"
        for what in ("cosine", "recall", "precision")
        for level in _LEVELS
    ),
    "log_words",
    *(f"kind_{kind}" for kind in _KINDS),
)
"""Columns of `SHARED` that tell whether an answer belongs to its question."""


@dataclass(frozen=True)
class Rubric:
    """A question prepared for comparison; t texts, u distinct tokens, c criteria.

    Attributes:
        units: Unit vectors of the distinct tokens in the first 64 dimensions, for which the
            table was trained as well, shape (u, 64).
        recall: Weight of each token in each text, rows of sum 1, shape (t, u).
        means: Mean direction of each text, shape (t, 256).
        groups: Where the texts of each criterion and level begin, shape (3 c,).
        sizes: How many they are, shape (3 c,).
        speaks: The detectors that speak for each criterion's dimension, 0 or 1, shape (c, d).
        asked: Mean direction of the prompt.
        subject: Mean direction of the prompt and of all that the rubric expects.
        models: Weight of each token in each model answer, rows of sum 1, shape (3, u).
        model_means: Mean direction of each model answer, shape (3, 256).
    """

    units: Floats
    recall: Floats
    means: Floats
    groups: Ids
    sizes: Ids
    speaks: Floats
    asked: Floats
    subject: Floats
    models: Floats
    model_means: Floats


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

    def relation(self) -> Floats:
        """What tells whether the answer belongs to its question, shape (len(RELATION) + 8,)."""
        column = {name: self.rows[:, index] for index, name in enumerate(NAMES)}
        means = ("recall_best", "near_senior", "near_staff", "covered_whole", "margin")
        return np.array(
            [
                *(column[name][0] for name in RELATION),
                self.meaning @ self.subject,
                *(column[name].mean() for name in means),
                column["recall_best"].max(),
                self.nearness.max(),
            ],
            np.float32,
        )

    def seen(self, detectors: Sequence[str]) -> int:
        """How many of *detectors* found something in the answer."""
        return sum(self.rows[0, NAMES.index(f"answer_{name}")] > 0 for name in detectors)


@per_question
def prepare(question: Question) -> Rubric:
    """Turn the texts of *question* into numbers; the result serves many answers."""
    vectors = word_vectors()
    texts: list[str] = []
    sizes: list[int] = []
    for criterion in question.criteria:
        for level in _LEVELS:
            group = [criterion.descriptor(level), *getattr(criterion.evidence, level.label)]
            texts += group
            sizes.append(len(group))
    answers = question.model_answers
    models = [answers.at(level) if answers else question.prompt for level in _LEVELS]
    asks = [criterion.asks for criterion in question.criteria]
    ids = vectors.ids([*texts, *models, question.prompt, *asks])
    distinct, counts = _counted(ids)
    rows = vectors.rows(distinct)
    lengths = np.linalg.norm(rows, axis=1)
    units, prompt = unit(rows), len(texts) + len(models)
    # Repeating the words of the question shows nothing.
    asked = (units @ units[counts[prompt] > 0].T).max(axis=1, initial=0) > SAME_WORD
    demoted = counts * np.where(asked, QUESTION_WORD_WEIGHT, 1.0).astype(np.float32)
    weights = demoted * lengths
    weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1e-6)
    sums = unit(demoted @ rows)
    return Rubric(
        units=unit(rows[:, :SHORT]),
        recall=weights[: len(texts)],
        means=sums[: len(texts)],
        groups=np.cumsum([0, *sizes[:-1]]),
        sizes=np.array(sizes),
        speaks=np.array(
            [
                [name in structure.BY_DIMENSION[criterion.dimension] for name in structure.NAMES]
                for criterion in question.criteria
            ],
            np.float32,
        ),
        asked=unit(counts[prompt] @ rows),
        subject=unit(np.delete(counts, range(len(texts), prompt), axis=0).sum(axis=0) @ rows),
        models=weights[len(texts) : prompt],
        model_means=sums[len(texts) : prompt],
    )


def _counted(ids: Sequence[Ids]) -> tuple[Ids, Floats]:
    """The distinct tokens, and how often each text has each of them, shape (texts, tokens)."""
    distinct, place = np.unique(np.concatenate(ids), return_inverse=True)
    counts = np.zeros((len(ids), len(distinct)), np.float32)
    np.add.at(counts, (np.repeat(np.arange(len(ids)), [len(one) for one in ids]), place), 1.0)
    return distinct, counts


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
    """Per sentence: how well it covers each token of the rubric, and the sum of its vectors.

    And of the whole answer: the share of its weight that each model answer has, too.
    """

    covered: Floats
    sums: Floats
    precise: Floats

    @classmethod
    def of(cls, ids: list[Ids], rubric: Rubric) -> _Reading:
        distinct, counts = _counted(ids)
        rows = word_vectors().rows(distinct)
        weights = counts * np.linalg.norm(rows, axis=1)
        similar = unit(rows[:, :SHORT]) @ rubric.units.T
        np.maximum(similar, 0, out=similar)
        covered = np.stack([similar[has].max(axis=0, initial=0) for has in counts > 0])
        total = weights.sum(axis=0)
        precise = [similar[:, model > 0].max(axis=1, initial=0) @ total for model in rubric.models]
        return cls(
            covered=covered,
            sums=counts @ rows,
            precise=np.array(precise, np.float32) / max(float(total.sum()), 1e-6),
        )


def _windows(count: int) -> list[tuple[int, int]]:
    return [
        (first, first + size - 1)
        for size in range(1, WINDOW + 1)
        for first in range(max(0, count - size + 1))
    ]


def _pooled(rows: Floats, join: np.ufunc) -> Floats:
    """Join the rows of the sentences of each window, in the order of `_windows`."""
    sizes = [rows]
    for size in range(2, WINDOW + 1):
        if len(rows) >= size:
            sizes.append(join(sizes[-1][:-1], rows[size - 1 :]))
    return np.concatenate(sizes)


def _strength(recall: Floats, near: Floats, rubric: Rubric) -> Floats:
    """How strongly each window speaks to each criterion, shape (windows, criteria)."""
    starts = rubric.groups[:: len(_LEVELS)]
    result: Floats = np.maximum.reduceat(recall + 0.5 * near, starts, axis=1)
    return result


def _compared(rubric: Rubric, recall: Floats, near: Floats, best: NDArray[np.intp]) -> Floats:
    """Recall and nearness of each criterion's window by level, and what they say together."""
    shape = (len(best), len(_LEVELS))
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
        [rubric.model_means @ meaning, rubric.models @ reading.covered.max(axis=0), reading.precise]
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
