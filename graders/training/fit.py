"""Fit the embedded judge's weights; all that is measured here is leave-one-question-out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from graders.judges.embedded.features import NAMES, extract, prepare
from graders.judges.embedded.model import WEIGHTS, Model, spread_below, standardised
from graders.judges.gates import inspect
from graders.judges.text import read
from graders.levels import Level
from graders.question import load_question
from graders.training.labelled import Labelled

PENALTY = 300.0
"""Ridge penalty on standardised features; flat between 100 and 1,000 out of fold."""

MEANING_WEIGHT = 0.25
"""Scale of the mean vector's axes against the other features."""

MODEL_ANSWER_WEIGHT = 0.7
"""How much a model answer counts against a labelled one. The bank holds as many of them, and they
are even: good or plain in every respect, which labelled answers are not. Out of fold, each step
up from 0.25 to 1 takes .01 of kappa per criterion from the labelled answers and gives it to the
model answers; from here on those of nearly every question rise from mid to senior to staff."""

MIDDLE = float(Level.SENIOR)
"""Level below which predictions are spread: down there ridge regression is too kind."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Rows:
    """Training rows: one for each criterion of each answer, with the weight it has in the fit."""

    features: Array
    dimensions: list[str]
    targets: Array
    questions: list[str]
    weights: Array

    def __add__(self, other: Rows) -> Rows:
        """The rows of both."""
        return Rows(
            np.concatenate([self.features, other.features]),
            [*self.dimensions, *other.dimensions],
            np.concatenate([self.targets, other.targets]),
            [*self.questions, *other.questions],
            np.concatenate([self.weights, other.weights]),
        )


def rows_of(answers: Sequence[Labelled], weight: float = 1.0) -> Rows:
    """Compute the features of every criterion of every answer that passes the gates.

    Args:
        answers: The answers.
        weight: What each of their rows counts in the fit.
    """
    features, dimensions, targets, questions = [], [], [], []
    for answer in answers:
        question = load_question(answer.question_id)
        gate = inspect(question, answer.text)
        if gate.stop is not None:
            continue
        document = read(gate.document.raw)
        for row in extract(question, document, prepare(question)):
            dimension = row.criterion.dimension
            features.append(row.row.astype(np.float64))
            dimensions.append(f"{question.kind}/{dimension}")
            targets.append(float(answer.dimensions[dimension]))
            questions.append(answer.question_id)
    return Rows(
        np.array(features), dimensions, np.array(targets), questions, np.full(len(targets), weight)
    )


def fit(rows: Rows, version: str = "unsaved") -> Model:
    """Fit weighted ridge regression with one (shrunken) intercept per dimension."""
    weights = rows.weights
    center = np.average(rows.features, axis=0, weights=weights)
    scale: Array = np.sqrt(np.average((rows.features - center) ** 2, axis=0, weights=weights))
    scale[scale < 1e-6] = 1.0
    # The 256 axes of the mean vector share one scale and together weigh like sixteen features.
    axes = np.array([name.startswith("meaning_") for name in NAMES])
    scale[axes] = float(rows.features[:, axes].std()) / MEANING_WEIGHT
    standard = standardised(rows.features, center, scale)
    mean = float(np.average(rows.targets, weights=weights))
    gram = standard.T @ (standard * weights[:, None]) + PENALTY * np.eye(standard.shape[1])
    coefficients = np.asarray(
        np.linalg.solve(gram, standard.T @ (weights * (rows.targets - mean))), dtype=np.float64
    )
    rest = weights * (rows.targets - mean - standard @ coefficients)
    intercepts = {}
    for name in sorted(set(rows.dimensions)):
        mine = np.array([dimension == name for dimension in rows.dimensions])
        # Shrunken to the common mean as if twenty more rows had no rest at all.
        intercepts[name] = mean + float(rest[mine].sum() / (weights[mine].sum() + 20))
    return Model(version, center, scale, coefficients, intercepts, 1.0, MIDDLE, 1.0)


def out_of_fold(rows: Rows) -> Array:
    """Predict every row by a model that has not seen its question."""
    questions = np.array(rows.questions)
    predicted = np.zeros(len(rows.targets))
    for question in sorted(set(rows.questions)):
        held = questions == question
        model = fit(subset(rows, ~held))
        names = [name for name, out in zip(rows.dimensions, held, strict=True) if out]
        predicted[held] = model.predict(rows.features[held].astype(np.float32), names)
    return predicted


def subset(rows: Rows, keep: NDArray[np.bool_]) -> Rows:
    """The rows for which *keep* is true."""
    return Rows(
        rows.features[keep],
        [name for name, kept in zip(rows.dimensions, keep, strict=True) if kept],
        rows.targets[keep],
        [name for name, kept in zip(rows.questions, keep, strict=True) if kept],
        rows.weights[keep],
    )


def spread_and_noise(rows: Rows) -> tuple[float, float]:
    """How far predictions must be spread to vary as the labels do, and the error that is left."""
    predicted = out_of_fold(rows)
    spread = _deviation(rows.targets, rows) / max(_deviation(predicted, rows), 1e-6)
    # Spreading in full would also spread the noise; half of it is the compromise that keeps
    # the squared error close to its minimum.
    spread = 1 + (spread - 1) / 2
    stretched = spread_below(predicted, MIDDLE, spread)
    error = np.average((stretched - rows.targets) ** 2, weights=rows.weights)
    return spread, float(np.sqrt(error))


def _deviation(values: Array, rows: Rows) -> float:
    mean = np.average(values, weights=rows.weights)
    return float(np.sqrt(np.average((values - mean) ** 2, weights=rows.weights)))


def train(rows: Rows) -> Model:
    """Fit the model that ships: all rows, spread and noise measured out of fold."""
    spread, noise = spread_and_noise(rows)
    return replace(fit(rows), spread=spread, noise=noise)


def save(model: Model, path: Path = WEIGHTS) -> None:
    """Write *model* as JSON; its version is the fingerprint of its numbers."""
    content = {
        "features": list(NAMES),
        "center": [round(float(x), 6) for x in model.center],
        "scale": [round(float(x), 6) for x in model.scale],
        "coefficients": [round(float(x), 6) for x in model.coefficients],
        "intercepts": {name: round(value, 6) for name, value in model.intercepts.items()},
        "spread": round(model.spread, 6),
        "middle": round(model.middle, 6),
        "noise": round(model.noise, 6),
    }
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:8]
    path.write_text(
        json.dumps({"version": f"1.{digest}", **content}, indent=1) + "\n", encoding="utf-8"
    )
