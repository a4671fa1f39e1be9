"""Reference answers measured as the literature does: the data of Mohler, Bunescu and Mihalcea.

"Learning to Grade Short Answer Questions using Semantic Similarity Measures and Dependency Graph
Alignments", ACL 2011: answers to data-structure questions, 0 to 5, mean of two graders. The data
are not part of this project and nothing that ships is trained on them.

Two protocols: leave-assignment-out (12 folds, the authors' own; two assignments are exams that
ask some questions again) and leave-question-out (10 groups; the same prompt is never in both).
Features, models and their settings were fixed for all folds; nothing is chosen by held-out labels
inside a run. Settings were set by hand after a handful of whole runs.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graders.errors import UsageError
from graders.grading import grade
from graders.judges.embedded.reference import ReferenceJudge
from graders.judges.embedded.reference_features import NAMES
from graders.question.reference import reference_question
from graders.training.mohler_features import Array, Texts, company, prepare_all, rarity
from graders.training.reference_fit import MAX_POINTS, Fit, agreement_of

QUESTION_FOLDS = 10
COLUMNS = ("question_id", "assignment", "question", "reference", "answer", "score_avg")
BASELINES: dict[str, tuple[str, ...]] = {
    "length only": ("log_answer",),
    "word overlap": ("word_recall", "word_recall_new", "word_precision_new"),
    "vectors only": ("cosine_plain",),
}
"""Name -> the features on which a linear regression is fitted in the same folds."""

ANCHORS: dict[str, str] = {
    "one grader against the average": "RMSE .66",
    "Mohler 2011, SVR": "r .464, RMSE .978",
    "Mohler 2011, SVMRank": "r .518, RMSE .998",
    "Sultan 2016": "r .592, RMSE .887",
    "Ramachandran 2015": "r .61, RMSE .86",
    "Ganesamanian 2022": "r .63, RMSE .85",
}
"""Published figures for unseen questions."""

Groups = NDArray[np.int_]


@dataclass(frozen=True)
class MohlerResult:
    """What was reached on the data.

    Attributes:
        n: Number of answers.
        assignment: Leave-assignment-out; an answer is graded alone.
        question: Leave-question-out; an answer is graded alone.
        assignment_company: Leave-assignment-out; the other, ungraded answers are known.
        question_company: The same, leave-question-out.
        shipped: The reference judge as it ships, which has seen no answer of these data.
        baselines: Name -> simple means, leave-assignment-out.
        anchors: Name -> published figures.
    """

    n: int
    assignment: Fit
    question: Fit
    assignment_company: Fit
    question_company: Fit
    shipped: Fit
    baselines: dict[str, Fit]
    anchors: dict[str, str]

    @property
    def r(self) -> float:
        """Pearson correlation, leave-assignment-out, each answer alone."""
        return self.assignment.r

    @property
    def rmse(self) -> float:
        """Root mean squared error, 0 to 5, leave-assignment-out, each answer alone."""
        return self.assignment.rmse

    @property
    def shipped_r(self) -> float:
        """Pearson correlation of the judge as it ships."""
        return self.shipped.r


@dataclass(frozen=True)
class _Data:
    triples: list[tuple[str, str, str]]
    questions: NDArray[np.str_]
    assignments: Groups
    scores: Array


def measure(path: Path) -> MohlerResult:
    """Measure on the CSV file *path*, in under a minute; the same file gives the same figures.

    Args:
        path: Columns `question_id`, `assignment`, `question`, `reference`, `answer`, `score_avg`.

    Raises:
        UsageError: If the file cannot be read, lacks a column, or scikit-learn is missing.
    """
    data = _load(path)
    texts = prepare_all(data.triples)
    beside = company(texts, data.questions)
    by_question = _question_groups(data)
    fits = {
        (name, whole): _fit(texts, beside if whole else None, groups, data.scores)
        for name, groups in (("assignment", data.assignments), ("question", by_question))
        for whole in (False, True)
    }
    return MohlerResult(
        n=len(data.scores),
        assignment=fits["assignment", False],
        question=fits["question", False],
        assignment_company=fits["assignment", True],
        question_company=fits["question", True],
        shipped=_shipped(data),
        baselines={
            name: _baseline(texts.rows[:, [NAMES.index(n) for n in names]], data)
            for name, names in BASELINES.items()
        },
        anchors=ANCHORS,
    )


def _load(path: Path) -> _Data:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot be read ({error})", where=str(path)) from None
    missing = [name for name in COLUMNS if not rows or rows[0].get(name) is None]
    if missing:
        raise UsageError(
            f"lacks {', '.join(missing)}", where=str(path), fix="Give the file of all answers"
        )
    try:
        assignments = np.array([int(row["assignment"]) for row in rows])
        scores = np.array([float(row["score_avg"]) for row in rows])
    except ValueError as error:
        raise UsageError(f"holds a wrong number ({error})", where=str(path)) from None
    triples = [(row["question"], row["reference"], row["answer"]) for row in rows]
    return _Data(triples, np.array([row["question_id"] for row in rows]), assignments, scores)


def _question_groups(data: _Data) -> Groups:
    """Questions in ten groups by chance; those with the same prompt stay together."""
    prompts = [" ".join(prompt.lower().split()) for prompt, _, _ in data.triples]
    order = sorted(set(prompts))
    place = np.random.default_rng(0).permutation(len(order)) % min(QUESTION_FOLDS, len(order))
    group = dict(zip(order, place, strict=True))
    return np.array([group[prompt] for prompt in prompts])


def _fit(texts: Texts, beside: Array | None, groups: Groups, scores: Array) -> Fit:
    """Mean of four regressions, out of fold."""
    given = np.zeros(len(scores))
    for fold in sorted(set(groups.tolist())):
        held, train = np.flatnonzero(groups == fold), np.flatnonzero(groups != fold)
        parts = [texts.rows, rarity(texts, train), *([] if beside is None else [beside])]
        rows = np.hstack(parts)
        given[held] = np.mean(
            [
                np.clip(make().fit(rows[train], scores[train]).predict(rows[held]), 0, MAX_POINTS)
                for make in _regressions()
            ],
            axis=0,
        )
    return agreement_of(given.tolist(), scores.tolist())


def _regressions() -> Sequence[Callable[[], Any]]:
    """Two smooth and two made of trees: their errors differ, so that their mean is better."""
    try:
        from sklearn.ensemble import ExtraTreesRegressor, HistGradientBoostingRegressor
        from sklearn.linear_model import Ridge
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler
        from sklearn.svm import SVR
    except ImportError:
        raise UsageError(
            "scikit-learn is not installed", fix="Install it: pip install scikit-learn"
        ) from None
    return (
        lambda: make_pipeline(StandardScaler(), Ridge(alpha=30)),
        lambda: make_pipeline(StandardScaler(), SVR(C=0.5, gamma=0.01, epsilon=0.3)),
        lambda: ExtraTreesRegressor(150, min_samples_leaf=5, max_features=0.4, random_state=0),
        lambda: HistGradientBoostingRegressor(
            learning_rate=0.05,
            max_iter=120,
            max_leaf_nodes=8,
            min_samples_leaf=30,
            l2_regularization=1,
            max_features=0.4,
            early_stopping=False,
            random_state=0,
        ),
    )


def _baseline(columns: Array, data: _Data) -> Fit:
    rows = np.column_stack([np.ones(len(columns)), columns])
    given = np.zeros(len(rows))
    for fold in sorted(set(data.assignments.tolist())):
        held = data.assignments == fold
        coefficients, *_ = np.linalg.lstsq(rows[~held], data.scores[~held], rcond=None)
        given[held] = np.clip(rows[held] @ coefficients, 0, MAX_POINTS)
    return agreement_of(given.tolist(), data.scores.tolist())


def _shipped(data: _Data) -> Fit:
    judge = ReferenceJudge()
    points = []
    for prompt, reference, answer in data.triples:
        found = grade(reference_question(prompt, reference), answer, judge=judge).points
        points.append(None if found is None else found * MAX_POINTS)
    return agreement_of(points, data.scores.tolist())
