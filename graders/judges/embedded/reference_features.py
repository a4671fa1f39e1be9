"""Features of an answer beside a reference text: how much of it the answer says, and how.

*Soft recall* covers each token of the reference by its most similar token in the answer, weighted
by how much the token says. Beside it stand exact words, character 4-grams, order, negation,
numbers and length. Words that stand in the question count little: repeating them shows nothing.
"""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from graders.judges.embedded.reference_text import Prepared
from graders.judges.embedded.vectors import Floats, unit

NAMES: tuple[str, ...] = (
    "recall",
    "recall_plain",
    "recall_squared",
    "recall_telling",
    "recall_quartile",
    "recall_phrases",
    "recall_beyond_question",
    "recall_sentence",
    "precision",
    "precision_plain",
    "precision_phrases",
    "harmonic",
    "share_near",
    "share_far",
    "order",
    "cosine",
    "cosine_plain",
    "cosine_question",
    "cosine_beyond_question",
    "word_recall",
    "word_recall_new",
    "word_precision_new",
    "bigram_recall",
    "gram_cosine",
    "gram_recall",
    "gram_recall_new",
    "gram_question",
    "log_answer",
    "log_reference",
    "log_question",
    "log_ratio",
    "negations",
    "negation_gap",
    "number_recall",
    "variety",
    "new_words",
    "sentences",
)
"""The columns of a row. `plain`: words of the question count in full. `new`: without them."""

NEAR, FAR = 0.6, 0.4
"""Similarity of two tokens from which they say about the same, and below which they do not."""


def compare(question: Prepared, reference: Prepared, answer: Prepared) -> NDArray[np.float64]:
    """One row of features, shape `(len(NAMES),)`; finite, also for empty texts."""
    found = {
        **_soft(question, reference, answer),
        **_meaning(question, reference, answer),
        **_lexical(question, reference, answer),
        **_form(question, reference, answer),
    }
    return np.array([found[name] for name in NAMES], dtype=np.float64)


def coverage(reference: Prepared, answer: Prepared) -> Floats:
    """How well each sentence of the answer covers each token, shape (sentences, tokens), 0-1."""
    if not len(answer.starts) or not len(reference.demoted):
        return np.zeros((len(answer.starts), len(reference.demoted)), np.float32)
    similarity = (answer.tokens.units @ reference.tokens.units.T).clip(0, 1)
    return np.maximum.reduceat(similarity, answer.starts, axis=0)


def weighted(values: Floats, weights: Floats) -> float:
    """Weighted mean; zero if nothing has weight."""
    return float(values @ weights) / max(float(weights.sum()), 1e-6)


def _soft(question: Prepared, reference: Prepared, answer: Prepared) -> dict[str, float]:
    if not len(answer.demoted) or not len(reference.demoted):
        return {name: 0.0 for name in NAMES[: NAMES.index("cosine")]} | {"share_far": 1.0}
    own, plain, low = reference.tokens.weights, answer.tokens.weights, answer.demoted
    weights = reference.demoted
    similarity = (reference.tokens.units @ answer.tokens.units.T).clip(0, 1)
    covered, matched = similarity.max(axis=1), similarity.max(axis=0)
    asked = _best(reference.tokens.units, question.tokens.units)
    phrases = reference.phrases @ answer.phrases.T
    sentences = np.maximum.reduceat(similarity, answer.starts, axis=1)
    recall, precision = weighted(covered, weights), weighted(matched, low)
    return {
        "recall": recall,
        "recall_plain": weighted(covered, own),
        "recall_squared": weighted(covered**2, weights),
        "recall_telling": weighted(covered, weights**2),
        "recall_quartile": float(np.quantile(covered[weights >= np.median(weights)], 0.25)),
        "recall_phrases": weighted(phrases.max(axis=1), weights),
        "recall_beyond_question": weighted(np.maximum(covered - asked, 0), own)
        / max(weighted(1 - asked, own), 0.05),
        "recall_sentence": float((weights @ sentences).max()) / max(float(weights.sum()), 1e-6),
        "precision": precision,
        "precision_plain": weighted(matched, plain),
        "precision_phrases": weighted(phrases.max(axis=0), low),
        "harmonic": 2 * recall * precision / max(recall + precision, 1e-6),
        "share_near": weighted((covered > NEAR).astype(np.float32), weights),
        "share_far": weighted((covered < FAR).astype(np.float32), weights),
        "order": _order(similarity.argmax(axis=1)[covered > NEAR]),
    }


def _best(these: Floats, among: Floats) -> Floats:
    """How similar each of *these* unit vectors is to the nearest of *among*."""
    if not len(among):
        return np.zeros(len(these), np.float32)
    best: Floats = (these @ among.T).clip(0, 1).max(axis=1)
    return best


def _order(positions: NDArray[np.intp]) -> float:
    """Correlation of the places that matched tokens have in the two texts."""
    if len(positions) < 4 or positions.min() == positions.max():
        return 0.0
    return float(np.corrcoef(positions, np.arange(len(positions)))[0, 1])


def _meaning(question: Prepared, reference: Prepared, answer: Prepared) -> dict[str, float]:
    asked = question.tokens.mean()
    one, other = reference.tokens.mean(), answer.tokens.mean()
    return {
        "cosine": float(reference.mean @ answer.mean),
        "cosine_plain": float(one @ other),
        "cosine_question": float(asked @ other),
        "cosine_beyond_question": float(
            unit(one - (one @ asked) * asked) @ unit(other - (other @ asked) * asked)
        ),
    }


def _lexical(question: Prepared, reference: Prepared, answer: Prepared) -> dict[str, float]:
    asked, own, said = set(question.stems), set(reference.stems), set(answer.stems)
    new, new_said = own - asked, said - asked
    pairs = set(pairwise(reference.stems))
    fresh = Counter({g: n for g, n in reference.grams.items() if g not in question.grams})
    word_recall = len(own & said) / max(len(own), 1)
    gram_recall = _covered(reference.grams, answer.grams)
    return {
        "word_recall": word_recall,
        "word_recall_new": len(new & said) / len(new) if new else word_recall,
        "word_precision_new": len(new & new_said) / max(len(new_said), 1),
        "bigram_recall": len(pairs & set(pairwise(answer.stems))) / max(len(pairs), 1),
        "gram_cosine": _cosine(reference.grams, answer.grams),
        "gram_recall": gram_recall,
        "gram_recall_new": _covered(fresh, answer.grams) if fresh else gram_recall,
        "gram_question": _covered(answer.grams, question.grams),
    }


def _covered(grams: Counter[str], by: Counter[str]) -> float:
    return sum(min(n, by[g]) for g, n in grams.items()) / max(grams.total(), 1)


def _cosine(one: Counter[str], other: Counter[str]) -> float:
    length = math.sqrt(sum(n * n for n in one.values()) * sum(n * n for n in other.values()))
    return sum(n * other[gram] for gram, n in one.items()) / max(length, 1e-6)


def _form(question: Prepared, reference: Prepared, answer: Prepared) -> dict[str, float]:
    count = max(len(answer.stems), 1)
    lengths = [math.log1p(len(text.stems)) for text in (answer, reference, question)]
    numbers = reference.numbers
    return {
        "log_answer": lengths[0],
        "log_reference": lengths[1],
        "log_question": lengths[2],
        "log_ratio": lengths[0] - lengths[1],
        "negations": float(answer.negations),
        "negation_gap": float(abs(answer.negations - reference.negations)),
        # Most references hold no number: these are neither fulfilled nor missed.
        "number_recall": len(numbers & answer.numbers) / len(numbers) if numbers else -0.2,
        "variety": len(set(answer.stems)) / count,
        "new_words": len(set(answer.stems) - set(question.stems)) / max(len(set(answer.stems)), 1),
        "sentences": float(len(answer.starts)),
    }
