"""Fit the reference judge to labelled short answers; it is measured on unseen questions.

One JSON object a line: `id`, `prompt`, `reference`, and `answers`, each with `points` (0 to 5),
`text` and `twisted`: whether it turns the words of the reference into something wrong. Likeness
cannot tell these from right answers, so they are measured but not trained on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from graders.errors import UsageError
from graders.grading import grade
from graders.judges.embedded.reference import ReferenceJudge, prepared
from graders.judges.embedded.reference_features import NAMES, compare
from graders.judges.embedded.reference_model import (
    AGAINST,
    USED,
    WEIGHTS,
    Array,
    ReferenceModel,
)
from graders.judges.embedded.reference_text import prepare_text
from graders.levels import Level
from graders.question import Question
from graders.question.reference import reference_question

MAX_POINTS = 5.0
PENALTY = 30.0
"""Ridge penalty on standardised features; flat between 10 and 100 out of fold."""

SWEEPS = 300
"""Passes of coordinate descent; after 100 the coefficients stay the same to six places."""


@dataclass(frozen=True)
class LabelledShort:
    """A labelled short answer.

    Attributes:
        question: The question made of prompt and reference.
        text: The answer.
        points: 0 to 5, set by reading.
        twisted: Whether it says something wrong with the words of the reference.
    """

    question: Question
    text: str
    points: float
    twisted: bool


@dataclass(frozen=True)
class Fit:
    """Agreement of given points with the labels, 0 to 5.

    Attributes:
        count: Number of answers.
        r: Pearson correlation.
        rmse: Root of the mean squared error.
        unscored: Answers that wait for a person; they are not counted.
    """

    count: int
    r: float
    rmse: float
    unscored: int = 0


def load_short(path: Path) -> list[LabelledShort]:
    """Read the labelled answers in *path*.

    Raises:
        UsageError: If there is none.
    """
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        question = reference_question(entry["prompt"], entry["reference"])
        found += [
            LabelledShort(question, answer["text"], answer["points"], answer["twisted"])
            for answer in entry["answers"]
        ]
    if not found:
        raise UsageError("there are no labelled answers", where=str(path), fix="Check the file")
    return found


def agreement_of(given: Sequence[float | None], labels: Sequence[float]) -> Fit:
    """Compare *given* points with *labels*; `None` is unscored and left out."""
    pairs = [(g, t) for g, t in zip(given, labels, strict=True) if g is not None]
    points, wanted = np.array(pairs, dtype=np.float64).reshape(-1, 2).T
    varied = len(pairs) > 1 and points.std() > 0 and wanted.std() > 0
    return Fit(
        count=len(pairs),
        r=float(np.corrcoef(points, wanted)[0, 1]) if varied else float("nan"),
        rmse=float(np.sqrt(np.mean((points - wanted) ** 2))),
        unscored=len(given) - len(pairs),
    )


def _rows(answer: LabelledShort) -> Array:
    asked, parts = prepared(answer.question)
    said = prepare_text(answer.text, asked.tokens)
    return np.stack([compare(asked, part, said) for part in parts])


def _levels(answers: Sequence[LabelledShort]) -> Array:
    return np.array([a.points * Level.STAFF / MAX_POINTS for a in answers])


def _fit(rows: Sequence[Array], levels: Array) -> ReferenceModel:
    """Fit the model: the mean level of the parts of a reference is the level of the answer."""
    pooled = np.concatenate(rows)[:, [NAMES.index(name) for name in USED]]
    scale = pooled.std(axis=0)
    scale[scale < 1e-6] = 1.0
    sign = np.array([-1.0 if name in AGAINST else 1.0 for name in USED])
    mean = float(levels.mean())
    model = ReferenceModel("unsaved", pooled.mean(axis=0), scale, sign, mean, 1.0, 1.0)
    standard = np.stack([model.standardised(r).mean(axis=0) for r in rows]) * sign
    middle = standard.mean(axis=0)
    size = _not_negative(standard - middle, levels - mean)
    return replace(model, coefficients=sign * size, intercept=mean - float(middle @ size))


def _not_negative(rows: Array, targets: Array) -> Array:
    """Ridge regression whose coefficients are zero or more, by coordinate descent."""
    gram = rows.T @ rows + PENALTY * np.eye(rows.shape[1])
    wanted = rows.T @ targets
    size = np.zeros(rows.shape[1])
    for _ in range(SWEEPS):
        for i in range(len(size)):
            rest = float(wanted[i] - gram[i] @ size + gram[i, i] * size[i])
            size[i] = max(0.0, rest / float(gram[i, i]))
    return size


def calibrated(answers: Sequence[LabelledShort]) -> dict[str | None, ReferenceModel]:
    """The model without each question, by the question's id, and under `None` that of all.

    Spread and noise are measured out of fold over the answers that are not twisted; all models
    share them.
    """
    fair = [a for a in answers if not a.twisted]
    rows, levels = [_rows(a) for a in fair], _levels(fair)
    owner = np.array([a.question.id for a in fair])
    predicted = np.zeros(len(fair))
    models: dict[str | None, ReferenceModel] = {None: _fit(rows, levels)}
    for held in dict.fromkeys(a.question.id for a in answers):
        out = owner == held
        model = _fit([r for r, o in zip(rows, out, strict=True) if not o], levels[~out])
        predicted[out] = [float(model.predict(rows[i]).mean()) for i in np.flatnonzero(out)]
        models[held] = model
    # In full it would spread the noise too; half of it keeps the squared error near its minimum.
    spread = 1 + (float(levels.std() / max(predicted.std(), 1e-6)) - 1) / 2
    noise = _noise(predicted, levels, models[None].intercept, spread)
    return {key: replace(model, spread=spread, noise=noise) for key, model in models.items()}


def _noise(predicted: Array, levels: Array, middle: float, spread: float) -> float:
    stretched = np.clip(middle + spread * (predicted - middle), 0, 4)
    return float(np.sqrt(np.mean((stretched - levels) ** 2)))


def points_unseen(answers: Sequence[LabelledShort]) -> list[float | None]:
    """Points, 0 to 5, of each answer by a judge that was fitted without its question."""
    models = calibrated(answers)
    judges = {key: ReferenceJudge(model) for key, model in models.items()}
    scores = [grade(a.question, a.text, judge=judges[a.question.id]) for a in answers]
    return [None if s.points is None else s.points * MAX_POINTS for s in scores]


def train_reference(path: Path, weights: Path = WEIGHTS) -> None:
    """Fit the judge to the labelled answers in *path* and write *weights*; same in, same out."""
    model = calibrated(load_short(path))[None]
    content = {
        "features": list(USED),
        "center": [round(float(x), 6) for x in model.center],
        "scale": [round(float(x), 6) for x in model.scale],
        "coefficients": [round(float(x), 6) for x in model.coefficients],
        "intercept": round(model.intercept, 6),
        "spread": round(model.spread, 6),
        "noise": round(model.noise, 6),
    }
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:8]
    weights.write_text(
        json.dumps({"version": f"3.{digest}", **content}, indent=1) + "\n", encoding="utf-8"
    )
