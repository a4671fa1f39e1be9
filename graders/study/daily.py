"""The question of the day: the same on every machine, none twice before all have been asked."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date

from graders.errors import UsageError
from graders.question import bank_ids


def question_of_the_day(day: date, who: str = "", *, among: Sequence[str] | None = None) -> str:
    """The id of the question for *day*.

    The bank is shuffled once for each round through it, by the name and the round alone, so the
    same day and name give the same question everywhere.

    Args:
        day: The date; the question changes at midnight of the reader's own clock.
        who: A learner's name, or a cohort's so that all of it get the same question.
        among: Ids to choose from; the design questions when absent.

    Raises:
        UsageError: If there is nothing to choose from.
    """
    ids = sorted(among if among is not None else (i for i in bank_ids() if i.startswith("design/")))
    if not ids:
        raise UsageError("there is no question to choose from", fix="Give at least one id")
    turn, place = divmod(day.toordinal(), len(ids))
    order = random.Random(f"seniorkit:{who}:{turn}").sample(ids, len(ids))
    if turn and len(ids) > 1:
        last = random.Random(f"seniorkit:{who}:{turn - 1}").sample(ids, len(ids))[-1]
        if order[0] == last:
            # A new round must not begin with the question that ended the round before.
            order[0], order[1] = order[1], order[0]
    return order[place]
