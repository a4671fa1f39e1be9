"""Fit the embedded judge's model: kernel ridge regression on labelled answers, solved exactly."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graders.judges.embedded import words
from graders.judges.embedded.belonging import Belonging
from graders.judges.embedded.features import NAMES, Features, extract, prepare
from graders.judges.embedded.model import (
    ALIKE,
    DIMENSION,
    MEANING,
    PAIRS,
    WEIGHTS,
    WORDS,
    Model,
    bells,
    beside,
    standardised,
)
from graders.judges.embedded.vectors import Floats
from graders.judges.embedded.words import Vocabulary
from graders.judges.gates import inspect
from graders.question import load_question
from graders.training.labelled import Labelled
from graders.training.padding import padded

PENALTY = 4.0
"""Ridge penalty: variance of a label around what the kernels explain; flat from 1 to 4."""

WORD_QUESTIONS, PAIR_QUESTIONS = 12, 10
"""Questions whose answers must use a word (a pair of words): others belong to their subjects."""

MODEL_ANSWER_WEIGHT = 0.1
"""How much a row of a model answer counts against one of a labelled answer. Model answers are
even, good or plain in every respect, which labelled answers are not."""

TAUGHT_WEIGHT = 0.5
"""How much a row of an answer with padding counts."""

ASKED_WEIGHT = 1e-3
"""How much a row counts that is there to be predicted only. It is not shipped."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Rows:
    """Training rows, one for each criterion of each answer; n rows of a answers.

    Attributes:
        answers: The answers that passed the gates, shape (a,).
        features: What was measured of each.
        owner: Answer of each row, shape (n,).
        dimensions: `kind/dimension` of each row, shape (n,).
        targets: Level of each row, shape (n,).
        weights: What each row counts in the fit, shape (n,).
    """

    answers: tuple[Labelled, ...]
    features: tuple[Features, ...]
    owner: NDArray[np.int64]
    dimensions: NDArray[np.str_]
    targets: Array
    weights: Array

    def __add__(self, other: Rows) -> Rows:
        """The rows of both."""
        return Rows(
            self.answers + other.answers,
            self.features + other.features,
            np.concatenate([self.owner, other.owner + len(self.answers)]),
            np.concatenate([self.dimensions, other.dimensions]),
            np.concatenate([self.targets, other.targets]),
            np.concatenate([self.weights, other.weights]),
        )

    @property
    def questions(self) -> NDArray[np.str_]:
        """Question of each answer, shape (a,)."""
        return np.array([answer.question_id for answer in self.answers])


def rows_of(answers: Sequence[Labelled], weight: float = 1.0) -> Rows:
    """Measure every answer that passes the gates.

    Args:
        answers: The answers.
        weight: What each of their rows counts in the fit.
    """
    kept: list[Labelled] = []
    features: list[Features] = []
    owner: list[int] = []
    dimensions: list[str] = []
    targets: list[float] = []
    for answer in answers:
        question = load_question(answer.question_id)
        gate = inspect(question, answer.text)
        if gate.stop is not None or not gate.document.sentences:
            continue
        features.append(extract(question, gate.document, prepare(question)))
        owner += [len(kept)] * len(question.criteria)
        dimensions += [f"{question.kind}/{c.dimension}" for c in question.criteria]
        targets += [float(answer.dimensions[c.dimension]) for c in question.criteria]
        kept.append(answer)
    return Rows(
        tuple(kept),
        tuple(features),
        np.array(owner, np.int64),
        np.array(dimensions, np.str_),
        np.array(targets),
        np.full(len(targets), weight),
    )


def training_rows(
    answers: Sequence[Labelled], models: Sequence[Labelled], padding: Sequence[str]
) -> Rows:
    """All that the shipped model is fitted to.

    Args:
        answers: Labelled answers.
        models: Model answers of the bank.
        padding: Sentences that say nothing, see `graders.training.padding`.
    """
    return (
        rows_of(answers)
        + rows_of(models, MODEL_ANSWER_WEIGHT)
        + rows_of(padded(answers, padding), TAUGHT_WEIGHT)
    )


@dataclass(frozen=True)
class Design:
    """Everything about *rows* that does not depend on the labels, rows ordered by dimension."""

    rows: Rows
    order: NDArray[np.int64]
    center: Floats
    scale: Floats
    standard: Floats
    meaning: Floats
    beside: Floats
    words: Vocabulary
    pairs: Vocabulary
    spoken: Floats
    paired: Floats
    kernel: Floats


def design(rows: Rows) -> Design:
    """Standardise the features, choose the vocabulary, and compare all rows with each other."""
    names, place = np.unique(rows.dimensions, return_inverse=True)
    order = np.argsort(place, kind="stable")
    table = np.concatenate([one.rows for one in rows.features]).astype(np.float64)
    center = np.average(table, axis=0, weights=rows.weights)
    scale = np.sqrt(np.average((table - center) ** 2, axis=0, weights=rows.weights))
    scale[scale < 1e-6] = 1.0
    center32, scale32 = center.astype(np.float32), scale.astype(np.float32)
    standard = standardised(table.astype(np.float32), center32, scale32)[order]
    standard = standard.astype(np.float16).astype(np.float32)  # as it will be stored
    meaning = _stored(np.stack([one.meaning for one in rows.features]))
    apart = _stored(beside(meaning, np.stack([one.subject for one in rows.features])))
    singles = [words.singles(one.ids) for one in rows.features]
    doubles = [words.pairs(one.ids) for one in rows.features]
    asked = list(rows.questions)
    spoken = Vocabulary.of(singles, asked, WORD_QUESTIONS)
    paired = Vocabulary.of(doubles, asked, PAIR_QUESTIONS)
    said = np.stack([spoken.direction(terms) for terms in singles])
    said2 = np.stack([paired.direction(terms) for terms in doubles])
    owner, member = rows.owner[order], place[order]
    alike = meaning @ meaning.T
    near = (1 + alike + apart @ apart.T) * np.float32(ALIKE / 1.5)
    kernel = bells(standard, standard, standard.shape[1])
    kernel *= near[np.ix_(owner, owner)]
    linear = np.float32(WORDS) * (said @ said.T) + np.float32(PAIRS) * (said2 @ said2.T)
    kernel += linear[np.ix_(owner, owner)]
    # Once for all dimensions, once more for the same one.
    starts = _starts(member, len(names))
    for first, last in pairwise(starts):
        kernel[first:last, first:last] *= 2
        kernel[first:last, first:last] += np.float32(DIMENSION)
    kernel += (np.float32(MEANING) * alike)[np.ix_(owner, owner)]
    return Design(
        rows,
        order,
        center32,
        scale32,
        standard,
        meaning,
        apart,
        spoken,
        paired,
        said,
        said2,
        kernel,
    )


def _stored(values: Floats) -> Floats:
    result: Floats = values.astype(np.float16).astype(np.float32)
    return result


def _starts(member: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    return np.searchsorted(member, np.arange(count + 1)).astype(np.int64)


@dataclass(frozen=True)
class Solved:
    """Weights of the rows in the order of the design, and their predictions out of fold.

    Attributes:
        mean: Mean level.
        alpha: Weight of each row in the order of the design, shape (n,).
        unseen: What a model fitted without the row's question predicts, unspread, in the order of
            the rows, shape (n,).
    """

    mean: float
    alpha: Array
    unseen: Array


def solve(made: Design) -> Solved:
    """Solve the ridge regression; every question's rows also without that question.

    Raises:
        ValueError: If the kernel is not positive definite, as with rows that are not numbers.
    """
    from scipy.linalg import lapack

    rows, order = made.rows, made.order
    targets, weights = rows.targets[order], rows.weights[order]
    mean = float(np.average(targets, weights=weights))
    rest = targets - mean
    system = made.kernel.copy()
    system.flat[:: len(system) + 1] += (PENALTY / weights).astype(np.float32)
    factor, bad = lapack.spotrf(system.T, lower=1, overwrite_a=1)
    lower, worse = lapack.strtri(factor, lower=1, overwrite_c=1)
    if bad or worse:
        raise ValueError("the kernel is not positive definite")
    lower = np.tril(lower)
    alpha = lower.T.astype(np.float32) @ (lower @ rest.astype(np.float32))
    unseen = np.zeros(len(targets))
    asked = rows.questions[rows.owner[order]]
    for question in np.unique(asked):
        # Leaving rows out of a ridge regression needs their block of the inverse only.
        held = np.flatnonzero(asked == question)
        block = (lower[:, held].T @ lower[:, held]).astype(np.float64)
        unseen[held] = targets[held] - np.linalg.solve(block, alpha[held].astype(np.float64))
    back = np.empty_like(unseen)
    back[order] = unseen
    return Solved(mean, alpha.astype(np.float64), back)


@dataclass(frozen=True)
class Scale:
    """What is measured out of fold; see the attributes of `Model` with the same names."""

    spread: tuple[float, float] = (1.0, 1.0)
    error: tuple[float, float] = (1.0, 0.0)
    noise: float = 1.0


def assemble(
    made: Design, solved: Solved, scale: Scale, belonging: Belonging | None = None
) -> Model:
    """Sum the linear kernels up into weights of words, and put the model together."""
    rows, order = made.rows, made.order
    counted = rows.weights[order] > ASKED_WEIGHT
    owner, alpha = rows.owner[order][counted], solved.alpha[counted]
    known = int(owner.max()) + 1  # what is only predicted stands behind all others
    names, member = np.unique(rows.dimensions[order][counted], return_inverse=True)
    shares = np.zeros((1 + len(names), known))
    np.add.at(shares[0], owner, alpha)
    np.add.at(shares, (1 + member, owner), alpha)
    model = Model(
        version="unsaved",
        center=made.center,
        scale=made.scale,
        dimensions=tuple(map(str, names)),
        rows=made.standard[counted],
        owner=owner,
        starts=_starts(member, len(names)),
        alpha=alpha.astype(np.float32),
        meaning=made.meaning[:known],
        beside=made.beside[:known],
        words=made.words,
        pairs=made.pairs,
        word_weights=_stored((WORDS * (shares @ made.spoken[:known])).astype(np.float32)),
        pair_weights=_stored((PAIRS * (shares @ made.paired[:known])).astype(np.float32)),
        meaning_weights=(MEANING * (shares[0] @ made.meaning[:known])).astype(np.float32),
        bias=(DIMENSION * shares[1:].sum(axis=1)).astype(np.float32),
        mean=solved.mean,
        spread=scale.spread,
        error=scale.error,
        noise=scale.noise,
        belonging=belonging,
    )
    return replace(model, version=f"2.{_digest(model)}")


def contents(model: Model) -> dict[str, Any]:
    """What is stored of *model*, name -> array."""
    return {
        "features": np.array(NAMES),
        "version": np.array(model.version),
        "center": model.center,
        "scale": model.scale,
        "dimensions": np.array(model.dimensions),
        "rows": model.rows.astype(np.float16),
        "owner": model.owner.astype(np.int16),
        "starts": model.starts.astype(np.int32),
        "alpha": model.alpha,
        "meaning": model.meaning.astype(np.float16),
        "beside": model.beside.astype(np.float16),
        "words": model.words.terms,
        "words_weights": model.words.weights,
        "words_center": model.words.center,
        "pairs": model.pairs.terms,
        "pairs_weights": model.pairs.weights,
        "pairs_center": model.pairs.center,
        "word_weights": model.word_weights.astype(np.float16),
        "pair_weights": model.pair_weights.astype(np.float16),
        "meaning_weights": model.meaning_weights,
        "bias": model.bias,
        "mean": np.array(model.mean),
        "spread": np.array(model.spread),
        "error": np.array(model.error),
        "noise": np.array(model.noise),
        **(_belonging(model.belonging) if model.belonging else {}),
    }


def _belonging(belonging: Belonging) -> dict[str, Any]:
    topics = belonging.topics
    return {
        "topics": topics.terms.astype(np.int32),
        "topics_usual": topics.usual.astype(np.int32),
        "topics_counts": topics.counts,
        "topics_ids": np.array(topics.ids),
        "topics_digests": np.array(topics.digests),
        "topics_kinds": topics.kinds.astype(np.float16),
        "belonging": belonging.weights,
        "belonging_part": belonging.part_weights,
        "belonging_borders": belonging.borders,
    }


def _digest(model: Model) -> str:
    digest = hashlib.sha256()
    for name, value in contents(model).items():
        if name != "version":
            digest.update(name.encode())
            digest.update(np.ascontiguousarray(value).tobytes())
    return digest.hexdigest()[:8]


def save(model: Model, path: Path = WEIGHTS) -> None:
    """Write *model* as npz: the same model always gives the same bytes."""
    write_arrays(contents(model), path)


def write_arrays(arrays: Mapping[str, Any], path: Path) -> None:
    """Write *arrays* as npz: the same arrays always give the same bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, value in arrays.items():
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, np.asarray(value), allow_pickle=False)
            # A fixed date, so that bytes do not change with the hour.
            archive.writestr(
                zipfile.ZipInfo(f"{name}.npy", (2026, 1, 1, 0, 0, 0)),
                buffer.getvalue(),
                zipfile.ZIP_DEFLATED,
                9,
            )
