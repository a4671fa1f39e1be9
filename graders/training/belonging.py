"""Whether an answer belongs to its question: a small logistic regression, and a cautious border.

It learns from honest answers and from good answers given to another question, and it only looks
at how near a text comes to the question, its rubric and its model answers, never at its words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graders.judges.embedded.vectors import Floats
from graders.levels import Level
from graders.training.fit import Rows, rows_of
from graders.training.labelled import Labelled
from graders.training.misplaced import misplaced

FALSE_ALARMS = 0.003
"""Share of honest answers to unseen questions that are taken for answers to another one."""

PENALTY = 1.0
STEPS = 25

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Belonging:
    """What was learned.

    Attributes:
        weights: Weights of `Features.relation`, then the border, shape (features + 1,).
        strangers: Question and id of the honest answers that a fit without their question takes
            for answers to another one.
    """

    weights: Floats
    strangers: frozenset[tuple[str, str]]


def fit_belonging(answers: Sequence[Labelled], rows: Rows) -> Belonging:
    """Learn it, and find the border out of fold.

    Args:
        answers: Labelled answers.
        rows: Rows that hold them.
    """
    honest = {(one.question_id, one.id) for one in answers if one.level > Level.OFF}
    own = [
        ((one.question_id, one.id), feature.relation())
        for one, feature in zip(rows.answers, rows.features, strict=True)
        if (one.question_id, one.id) in honest
    ]
    others = rows_of(misplaced(answers))
    table = np.array(
        [relation for _, relation in own] + [one.relation() for one in others.features], np.float64
    )
    belongs = np.arange(len(table)) < len(own)
    asked = np.array([name for (name, _), _ in own] + list(others.questions))
    unseen = np.zeros(len(table))
    for question in np.unique(asked):
        held = asked == question
        weights, constant = _logistic(table[~held], belongs[~held])
        unseen[held] = table[held] @ weights + constant
    weights, constant = _logistic(table, belongs)
    border = float(np.quantile(unseen[belongs], FALSE_ALARMS))
    return Belonging(
        np.array([*weights, border - constant], np.float32),
        frozenset(name for (name, _), one in zip(own, unseen, strict=False) if one <= border),
    )


def _logistic(table: Array, truth: NDArray[np.bool_]) -> tuple[Array, float]:
    """Ridge logistic regression by Newton's method: weights of the raw columns, and a constant."""
    center, scale = table.mean(axis=0), table.std(axis=0)
    scale[scale < 1e-6] = 1.0
    design = np.column_stack([(table - center) / scale, np.ones(len(table))])
    ridge = PENALTY * np.eye(design.shape[1])
    ridge[-1, -1] = 0.0
    found = np.zeros(design.shape[1])
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-np.clip(design @ found, -30, 30)))
        slope = design.T @ (truth - chance) - ridge @ found
        curve = design.T @ (design * (chance * (1 - chance))[:, None]) + ridge
        found += np.linalg.solve(curve, slope)
    weights = found[:-1] / scale
    return weights, float(found[-1] - weights @ center)
