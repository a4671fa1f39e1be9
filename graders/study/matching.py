"""Which story to tell for which question, so that as few as possible are told twice."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

NO_STORY, AGAIN = 1e6, 1e3
"""Costs of leaving a question open, and of each further use of a story; a fit is a few units."""

MOST_USES = 8


def fewest_repeats(fit: Sequence[Sequence[float | None]]) -> list[int | None]:
    """Give each question a story: as many questions as possible, then few repeats, then good fits.

    The repeats are spread: a story told twice costs less than the same story told three times.

    Args:
        fit: Question -> story -> how well it answers, within some tens; `None` if it does not.

    Returns:
        For each question the place of its story, or `None` if no story answers it.
    """
    questions, stories = len(fit), len(fit[0]) if fit else 0
    if not questions or not stories:
        return [None] * questions
    uses = min(MOST_USES, questions)
    cost = np.full((questions, stories * uses + questions), NO_STORY)
    for row, fits in enumerate(fit):
        for story, value in enumerate(fits):
            if value is not None:
                # Two, three, four uses cost 1, 3, 6 times AGAIN in all, so they are spread.
                cost[row, story * uses : (story + 1) * uses] = np.arange(uses) * AGAIN - value
    places = cheapest(cost)
    return [
        place // uses if place < stories * uses and cost[row, place] < NO_STORY else None
        for row, place in enumerate(places)
    ]


def cheapest(cost: NDArray[np.float64]) -> list[int]:
    """For each row a column of its own, at the least sum of *cost*.

    The Hungarian method by shortest augmenting paths (Jonker and Volgenant, 1987); rows are at
    most as many as columns.

    Args:
        cost: Shape (rows, columns).
    """
    rows, columns = cost.shape
    owner = np.full(columns + 1, -1)  # the last column is where each path begins
    of_row, of_column = np.zeros(rows), np.zeros(columns + 1)
    for row in range(rows):
        owner[columns] = row
        here = columns
        distance, seen = np.full(columns, np.inf), np.zeros(columns + 1, bool)
        before = np.full(columns, columns)
        while owner[here] >= 0:
            seen[here] = True
            at = owner[here]
            open_ = ~seen[:columns]
            reduced = cost[at] - of_row[at] - of_column[:columns]
            closer = open_ & (reduced < distance)
            distance[closer], before[closer] = reduced[closer], here
            following = int(np.where(open_, distance, np.inf).argmin())
            step = distance[following]
            of_row[owner[seen]] += step
            of_column[seen] -= step
            distance[open_] -= step
            here = following
        while here != columns:
            owner[here], here = owner[before[here]], int(before[here])
    found = [-1] * rows
    for column in range(columns):
        if owner[column] >= 0:
            found[owner[column]] = column
    return found
