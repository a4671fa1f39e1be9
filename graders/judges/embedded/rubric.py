"""The texts of a question as numbers, made once and compared with many answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graders.judges.embedded import structure
from graders.judges.embedded.vectors import Floats, Ids, unit, word_vectors
from graders.judges.rules import per_question
from graders.levels import Level
from graders.question import Question

LEVELS = (Level.MID, Level.SENIOR, Level.STAFF)
"""Levels that a rubric describes."""

QUESTION_WORD_WEIGHT = 0.25
SAME_WORD = 0.95
"""Cosine from which two tokens count as the same word."""


@dataclass(frozen=True)
class Rubric:
    """A question prepared for comparison; t texts, u distinct tokens, c criteria.

    The first v tokens stand in texts of criteria, the others in model answers only; both in
    groups of tokens that the same model answers hold. Answers are multiplied with transposed
    matrices, so these lie column by column in memory.

    Attributes:
        units: Unit vectors of the first v tokens in the first 64 dimensions, shape (v, 64).
        further: Those of the other tokens, shape (u - v, 64).
        recall: Weight of each token in each text, rows of sum 1, shape (t, v).
        means: Mean direction of each text, shape (t, 256).
        groups: Where the texts of each criterion and level begin, shape (3 c,).
        sizes: How many they are, shape (3 c,).
        speaks: The detectors that speak for each criterion's dimension, 0 or 1, shape (c, d).
        asked: Mean direction of the prompt.
        subject: Mean direction of the prompt and of all that the rubric expects.
        models: Weight of each token in each model answer, rows of sum 1, shape (3, u).
        model_means: Mean direction of each model answer, shape (3, 256).
        borders: Where the groups of the first v tokens begin.
        further_borders: Where those of the other tokens begin, counted from the first of them.
        holds: Whether each model answer holds each group, shape (3, groups).
    """

    units: Floats
    further: Floats
    recall: Floats
    means: Floats
    groups: Ids
    sizes: Ids
    speaks: Floats
    asked: Floats
    subject: Floats
    models: Floats
    model_means: Floats
    borders: Ids
    further_borders: Ids
    holds: NDArray[np.bool_]


@per_question
def prepare(question: Question) -> Rubric:
    """Turn the texts of *question* into numbers; the result serves many answers."""
    vectors = word_vectors()
    texts: list[str] = []
    sizes: list[int] = []
    for criterion in question.criteria:
        for level in LEVELS:
            group = [criterion.descriptor(level), *getattr(criterion.evidence, level.label)]
            texts += group
            sizes.append(len(group))
    answers = question.model_answers
    models = [answers.at(level) if answers else question.prompt for level in LEVELS]
    asks = [criterion.asks for criterion in question.criteria]
    ids = vectors.ids([*texts, *models, question.prompt, *asks])
    distinct, counts = _counted(ids)
    rows, prompt = vectors.rows(distinct), len(texts) + len(models)
    # Repeating the words of the question shows nothing.
    units = unit(rows)
    asked = (units @ units[counts[prompt] > 0].T).max(axis=1, initial=0) > SAME_WORD
    demoted = counts * np.where(asked, QUESTION_WORD_WEIGHT, 1.0).astype(np.float32)
    weights = demoted * vectors.lengths(distinct)
    weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1e-6)
    sums = unit(demoted @ rows)
    order, borders = _grouped(weights[:prompt], len(texts))
    first = int((weights[: len(texts)] > 0).any(axis=0).sum())
    by_model = weights[len(texts) : prompt, order]
    return Rubric(
        units=np.asfortranarray(vectors.short(distinct[order[:first]])),
        further=np.asfortranarray(vectors.short(distinct[order[first:]])),
        recall=np.asfortranarray(weights[: len(texts), order[:first]]),
        means=np.asfortranarray(sums[: len(texts)]),
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
        models=by_model,
        model_means=sums[len(texts) : prompt],
        borders=borders[borders < first],
        further_borders=borders[borders >= first] - first,
        holds=by_model[:, borders] > 0,
    )


def _grouped(weights: Floats, texts: int) -> tuple[Ids, Ids]:
    """The tokens with a weight, those of a group side by side, and where each group begins.

    Args:
        weights: Weight of each token in each text and in each model answer, (texts + 3, tokens).
        texts: How many of the rows are texts of criteria; their tokens come first.
    """
    held = weights > 0
    kind = 2 ** np.arange(len(held) - texts) @ held[texts:]
    kind += np.where(held[:texts].any(axis=0), 0, 2 ** (len(held) - texts))
    kept = np.flatnonzero(held.any(axis=0))
    order = kept[np.argsort(kind[kept], kind="stable")]
    return order, np.flatnonzero(np.diff(kind[order], prepend=-1))


def _counted(ids: Sequence[Ids]) -> tuple[Ids, Floats]:
    """The distinct tokens, and how often each text has each of them, shape (texts, tokens)."""
    distinct, place = np.unique(np.concatenate(ids), return_inverse=True)
    return distinct, occurrences(place, [len(one) for one in ids], len(distinct))


def occurrences(place: Ids, sizes: Sequence[int], tokens: int) -> Floats:
    """How often each text has each token, shape (texts, tokens).

    Args:
        place: Which token comes, text by text.
        sizes: Tokens of each text.
        tokens: How many different ones there are.
    """
    where = np.repeat(np.arange(len(sizes)) * tokens, sizes) + place
    counts = np.bincount(where, minlength=len(sizes) * tokens)
    return counts.reshape(len(sizes), tokens).astype(np.float32)
