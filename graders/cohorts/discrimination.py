"""Questions that do not tell learners apart: how an item's marks go with the marks of the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graders.gradebook.term import Item, Term, Work

ENOUGH = 20
"""Learners; with fewer, a correlation of 0.2 is chance more often than not."""

POOR = 0.2
"""Below it an item is poor (Ebel & Frisbie, "Essentials of Educational Measurement", ch. 13)."""

GROUP = 0.27
"""Share of the learners in the upper and in the lower group (Kelley, 1939)."""


@dataclass(frozen=True)
class Discrimination:
    """How one item tells learners apart.

    Attributes:
        item: The cell.
        learners: Learners with marks for it and for all the rest.
        mean: Mean share of its points, 0 to 1.
        correlation: Of its marks with the sum of the others (for right or wrong: the
            point-biserial one); `None` if one of them is the same for all.
        difference: Mean share of its points in the upper group less that in the lower one.
        why: Why a person should look at the question, in words; "" for most.
    """

    item: Item
    learners: int
    mean: float
    correlation: float | None
    difference: float
    why: str


def discrimination(term: Term, assignment: str) -> tuple[Discrimination, ...]:
    """Each item of *assignment*, in the order of the notebook."""
    works = [
        work
        for (_, name), work in sorted(term.works.items())
        if name == assignment and work.state == "graded"
    ]
    items = list(dict.fromkeys(mark.item for work in works for mark in work.marks))
    return tuple(_of(item, works) for item in items if item.max_points > 0)


def _of(item: Item, works: Sequence[Work]) -> Discrimination:
    own, rest = [], []
    for work in works:
        points = {mark.item: mark.points or 0.0 for mark in work.marks}
        if item in points:
            own.append(points[item] / item.max_points)
            rest.append(sum(value for other, value in points.items() if other != item))
    x, y = np.array(own), np.array(rest)
    correlation = pearson(x, y)
    group = max(1, round(GROUP * len(x)))
    order = np.argsort(y, kind="stable")
    difference = float(np.mean(x[order[-group:]]) - np.mean(x[order[:group]])) if len(x) else 0.0
    mean = float(np.mean(x)) if len(x) else 0.0
    return Discrimination(
        item, len(x), mean, correlation, difference, _why(len(x), mean, correlation, x)
    )


def _why(learners: int, mean: float, correlation: float | None, own: NDArray[np.float64]) -> str:
    if learners < ENOUGH:
        return ""
    if np.ptp(own) == 0:
        return f"everybody has {mean:.0%} of the points"
    if correlation is None:
        return ""
    if correlation < 0:
        return "who does well in the rest does worse here: is it marked the right way round?"
    if correlation < POOR:
        return "it hardly goes with the rest: unclear, a matter of luck, or of something else"
    return ""


def pearson(x: NDArray[np.float64], y: NDArray[np.float64]) -> float | None:
    """The correlation of two series; `None` if there is none, because one does not vary."""
    if len(x) < 3 or np.ptp(x) < 1e-12 or np.ptp(y) < 1e-12:
        return None
    return float(np.corrcoef(x, y)[0, 1])


def spearman(x: NDArray[np.float64], y: NDArray[np.float64]) -> float | None:
    """The correlation of the ranks of two series; equal values share their mean rank."""
    return pearson(_ranks(x), _ranks(y))


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks: NDArray[np.float64] = (ends - (counts - 1) / 2)[inverse]
    return ranks
