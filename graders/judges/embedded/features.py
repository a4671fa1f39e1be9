"""From an answer and a rubric to one row of numbers per criterion, with the window it rests on.

For each criterion the answer is searched for the window of one to three sentences that comes
nearest to what the rubric expects there. What is measured of that window is *soft recall*: how
much of a rubric text is covered, each of its tokens by its most similar token in the window,
weighted by how much the token says, words of the question counting little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graders.judges.embedded.structure import BY_DIMENSION, DETECTORS, counts
from graders.judges.embedded.vectors import Floats, Tokens, word_vectors
from graders.judges.text import Document, words
from graders.levels import DIMENSIONS, Kind, Level
from graders.question import Criterion, Question

WINDOW = 3
QUESTION_WORD_WEIGHT = 0.25
_LEVELS = (Level.MID, Level.SENIOR, Level.STAFF)
_GLOBAL = tuple(DETECTORS)
KINDS: tuple[Kind, ...] = tuple(DIMENSIONS)

NAMES: tuple[str, ...] = (
    *(f"recall_{level.label}" for level in _LEVELS),
    *(f"near_{level.label}" for level in _LEVELS),
    "recall_best",
    "precision_best",
    "covered_whole",
    "climb",
    "margin",
    "windows_near",
    *(f"window_{name}" for name in ("quantities", "because", "rejected", "failure", "mitigation")),
    "window_words",
    "dimension_structure_window",
    "dimension_structure_answer",
    "question_similarity",
    "log_words",
    "variety",
    *(f"answer_{name}" for name in _GLOBAL),
    *(f"kind_{kind}" for kind in KINDS),
    *(f"meaning_{axis}" for axis in range(256)),
)
"""The columns of the feature matrix; the last 256 are the answer's mean vector."""


@dataclass(frozen=True)
class Rubric:
    """A question prepared for comparison: all rubric texts as one run of tokens."""

    units: Floats
    weights: Floats
    starts: np.ndarray
    criterion_of: np.ndarray
    level_of: np.ndarray
    means: Floats
    question: Floats


@dataclass(frozen=True)
class CriterionFeatures:
    """One row of the feature matrix, and the window (sentence indices) that it rests on."""

    criterion: Criterion
    row: Floats
    first: int
    last: int
    nearness: float


def prepare(question: Question) -> Rubric:
    """Turn the texts of *question* into tokens; the result can be used for many answers."""
    vectors = word_vectors()
    texts: list[Tokens] = []
    criterion_of: list[int] = []
    level_of: list[int] = []
    asked = vectors.fixed(question.prompt)
    for index, criterion in enumerate(question.criteria):
        for level in _LEVELS:
            examples = getattr(criterion.evidence, level.label)
            for text in (criterion.descriptor(level), *examples):
                texts.append(demote(vectors.fixed(text), asked))
                criterion_of.append(index)
                level_of.append(int(level))
    return Rubric(
        units=np.concatenate([text.units for text in texts]),
        weights=np.concatenate([text.weights for text in texts]),
        starts=np.cumsum([0, *(len(text.weights) for text in texts[:-1])]),
        criterion_of=np.array(criterion_of),
        level_of=np.array(level_of),
        means=np.stack([text.mean() for text in texts]),
        question=asked.mean(),
    )


def demote(text: Tokens, question: Tokens) -> Tokens:
    """Let words that stand in the question count little: repeating them shows nothing."""
    if not len(text.weights) or not len(question.weights):
        return text
    same = (text.units @ question.units.T).max(axis=1) > 0.95
    return Tokens(text.units, np.where(same, text.weights * QUESTION_WORD_WEIGHT, text.weights))


def extract(question: Question, document: Document, rubric: Rubric) -> list[CriterionFeatures]:
    """Compute the features of every criterion of *question* for one answer.

    Args:
        question: The question.
        document: The answer; it must hold at least one sentence.
        rubric: `prepare(question)`.
    """
    vectors = word_vectors()
    sentences = [vectors.tokens(sentence.line) for sentence in document.sentences]
    windows = _windows(len(sentences))
    recall, precision = _similarities(sentences, windows, rubric)
    means = np.stack(
        [_window_mean([sentences[i] for i in range(first, last + 1)]) for first, last in windows]
    )
    near = means @ rubric.means.T
    strength = np.sqrt(np.clip(recall, 0, 1) * np.clip(precision, 0, 1)) + 0.5 * near
    whole = Tokens(
        np.concatenate([s.units for s in sentences]), np.concatenate([s.weights for s in sentences])
    )
    meaning = whole.mean()
    shared = _answer_features(question, document, whole, rubric)
    by_criterion = np.stack(
        [
            strength[:, rubric.criterion_of == index].max(axis=1)
            for index in range(len(question.criteria))
        ],
        axis=1,
    )
    full_recall = _whole_recall(recall, windows, rubric)
    result = []
    for index, criterion in enumerate(question.criteria):
        others = np.delete(by_criterion, index, axis=1)
        rival = others.mean(axis=1) if others.shape[1] else np.zeros(len(windows))
        best = int(np.argmax(by_criterion[:, index] + 0.5 * (by_criterion[:, index] - rival)))
        first, last = windows[best]
        local = _window_features(
            document, criterion, index, best, (first, last), recall, precision, near, rubric
        )
        local["covered_whole"] = float(full_recall[index])
        local["margin"] = float(by_criterion[best, index] - rival[best])
        local["windows_near"] = float((by_criterion[:, index] > rival + 0.1).mean())
        merged = {**shared, **local}
        merged["dimension_structure_answer"] = _structure(shared, criterion.dimension, "answer_")
        numbers = [merged[name] for name in NAMES[: -len(meaning)]]
        row = np.concatenate([np.array(numbers, dtype=np.float32), meaning])
        result.append(
            CriterionFeatures(criterion, row, first, last, float(by_criterion[best, index]))
        )
    return result


def _windows(count: int) -> list[tuple[int, int]]:
    return [
        (first, first + size - 1)
        for size in range(1, WINDOW + 1)
        for first in range(max(0, count - size + 1))
    ]


def _window_mean(sentences: Sequence[Tokens]) -> Floats:
    return Tokens(
        np.concatenate([s.units for s in sentences]), np.concatenate([s.weights for s in sentences])
    ).mean()


def _similarities(
    sentences: Sequence[Tokens], windows: Sequence[tuple[int, int]], rubric: Rubric
) -> tuple[Floats, Floats]:
    """Soft recall and soft precision, each of shape (windows, rubric texts)."""
    covered, matched, mass = [], [], []
    for sentence in sentences:
        if len(sentence.weights):
            similarity = np.clip(sentence.units @ rubric.units.T, 0, 1)
            covered.append(similarity.max(axis=0))
            best = np.maximum.reduceat(similarity, rubric.starts, axis=1)
            matched.append(sentence.weights @ best)
            mass.append(float(sentence.weights.sum()))
        else:
            covered.append(np.zeros(len(rubric.weights), np.float32))
            matched.append(np.zeros(len(rubric.starts), np.float32))
            mass.append(0.0)
    totals = np.maximum(np.add.reduceat(rubric.weights, rubric.starts), 1e-6)
    recall = np.empty((len(windows), len(rubric.starts)), np.float32)
    precision = np.empty_like(recall)
    for row, (first, last) in enumerate(windows):
        best = np.max(covered[first : last + 1], axis=0)
        recall[row] = np.add.reduceat(best * rubric.weights, rubric.starts) / totals
        weight = max(sum(mass[first : last + 1]), 1e-6)
        precision[row] = np.sum(matched[first : last + 1], axis=0) / weight
    return recall, precision


def _whole_recall(recall: Floats, windows: Sequence[tuple[int, int]], rubric: Rubric) -> Floats:
    """Per criterion: how much of its senior and staff texts is covered somewhere in the answer."""
    best = recall.max(axis=0)
    upper = rubric.level_of >= Level.SENIOR
    return np.array(
        [
            best[(rubric.criterion_of == index) & upper].mean()
            for index in range(int(rubric.criterion_of.max()) + 1)
        ],
        dtype=np.float32,
    )


def _window_features(
    document: Document,
    criterion: Criterion,
    index: int,
    best: int,
    window: tuple[int, int],
    recall: Floats,
    precision: Floats,
    near: Floats,
    rubric: Rubric,
) -> dict[str, float]:
    mine = rubric.criterion_of == index
    features: dict[str, float] = {}
    for level in _LEVELS:
        at_level = mine & (rubric.level_of == level)
        features[f"recall_{level.label}"] = float(recall[best, at_level].max())
        features[f"near_{level.label}"] = float(near[best, at_level].max())
    text = int(np.argmax(np.where(mine, recall[best], -1)))
    features["recall_best"] = float(recall[best, text])
    features["precision_best"] = float(precision[best, text])
    features["climb"] = (
        features["recall_senior"] + features["recall_staff"] - 2 * features["recall_mid"]
    )
    first, last = window
    # One sentence of context on each side: reasons and numbers often follow the claim.
    span = document.sentences[max(0, first - 1) : last + 2]
    passage = " ".join(sentence.line for sentence in span)
    found = counts(passage)
    for name in ("quantities", "because", "rejected", "failure", "mitigation"):
        features[f"window_{name}"] = float(np.log1p(found[name]))
    features["window_words"] = float(np.log1p(len(words(passage))))
    features["dimension_structure_window"] = _structure(
        {f"answer_{name}": float(np.log1p(n)) for name, n in found.items()},
        criterion.dimension,
        "answer_",
    )
    return features


def _answer_features(
    question: Question, document: Document, whole: Tokens, rubric: Rubric
) -> dict[str, float]:
    total = max(len(document.words), 1)
    found = counts(document.prose)
    # Counts grow with length; half of that is taken out, so that padding does not pay.
    features = {
        f"answer_{n}": float(np.log1p(c * (150 / (total + 50)) ** 0.5)) for n, c in found.items()
    }
    features["question_similarity"] = float(whole.mean() @ rubric.question)
    features["log_words"] = float(np.log1p(min(total, 400)))
    features["variety"] = len(set(document.words)) / total**0.8
    for kind in KINDS:
        features[f"kind_{kind}"] = float(question.kind == kind)
    return features


def _structure(features: dict[str, float], dimension: str, prefix: str) -> float:
    return sum(features[prefix + name] for name in BY_DIMENSION[dimension])
