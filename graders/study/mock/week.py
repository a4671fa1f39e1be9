"""Three drills for this week: what `practice` picks for each of the weakest dimensions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Literal

from graders.levels import Kind
from graders.progress import Attempt
from graders.question.model import Value
from graders.study.practice import Pick, pick_from

DRILLS = 3

Picks = Callable[[Kind, str, frozenset[str]], Pick | None]
"""Kind, dimension and what is taken -> the question to practise it on; `None` without any."""


class Drill(Value):
    """Something to do this week.

    Attributes:
        kind: What `name` is; cards of an earlier layout also named notebooks and drill families.
        name: Id of the question.
        do: What to do and why this, in two or three sentences.
        dimension: The dimension that it is for.
        level: How that dimension was, 0 to 4.
        variation: Id of the changed constraint to answer it with; `None` for the plain question.
        how: The command that asks it.
    """

    kind: Literal["question", "notebook", "family"] = "question"
    name: str
    do: str
    dimension: str
    level: float
    variation: str | None = None
    how: str = ""


_NOTEBOOKS = {
    "requirements": "07_design_interview",
    "estimation": "02_capacity",
    "api-and-data": "04_sharding",
    "architecture": "07_design_interview",
    "deep-dive": "03_caching",
    "scaling": "06_scaling_and_overload",
    "failure-and-consistency": "05_consensus",
    "trade-offs": "07_design_interview",
    "operability-and-cost": "06_scaling_and_overload",
    "mechanism": "05_consensus",
    "numbers": "02_capacity",
    "failure-modes": "06_scaling_and_overload",
    "application": "07_design_interview",
    "scope": "08_impact_stories",
    "ownership": "08_impact_stories",
    "impact": "08_impact_stories",
    "judgment": "08_impact_stories",
    "collaboration": "09_leadership",
    "learning": "08_impact_stories",
    "influence": "09_leadership",
    "people": "09_leadership",
    "honesty": "10_levels_and_staff",
    "bar-awareness": "10_levels_and_staff",
    "evidence": "13_story_bank",
    "plan": "10_levels_and_staff",
    "fit": "10_levels_and_staff",
}
_FAMILIES = {
    "estimation": ("peak-load", "yearly-storage"),
    "numbers": ("peak-load", "cache-memory"),
    "scaling": ("write-shards", "needed-hit-rate"),
    "failure-and-consistency": ("downtime", "rebuild-time"),
    "operability-and-cost": ("log-cost", "retention"),
    "api-and-data": ("code-space", "bloom-filter"),
}


def picks_after(attempts: Sequence[Attempt], now: datetime) -> Picks:
    """Picks what to practise after *attempts*, at *now*."""

    def picks(kind: Kind, dimension: str, taken: frozenset[str]) -> Pick | None:
        found = pick_from(attempts, kind=kind, weakness=dimension, besides=taken, now=now)
        return found[0] if found else None

    return picks


def drills_for(
    weak: Sequence[tuple[Kind, str, float]], asked: Iterable[str], picks: Picks
) -> tuple[Drill, ...]:
    """Three drills, each for another dimension and on another question.

    Args:
        weak: Kind of question, dimension and its level, weakest first.
        asked: Questions of the interview; in the same week, others are better for practice.
        picks: Chooses the question, by what the learner has answered so far.
    """
    taken = set(asked)
    found: dict[str, Drill] = {}
    for kind, dimension, level in weak:
        if len(found) == DRILLS:
            break
        picked = picks(kind, dimension, frozenset(taken)) if dimension not in found else None
        if picked is not None:
            taken.add(picked.question_id)
            found[dimension] = _drill(picked, dimension, level)
    return tuple(found.values())


def _drill(picked: Pick, dimension: str, level: float) -> Drill:
    name = dimension.replace("-", " ")
    change = ", with the constraint changed" if picked.variation else ""
    do = f"Answer {picked.question_id}{change}, and read your answer once for {name} alone."
    if families := _FAMILIES.get(dimension):
        do += f" Warm up with the capacity drills; {families[0]} and {families[1]} are about this."
    elif dimension in _NOTEBOOKS:
        do += f" Notebook {_NOTEBOOKS[dimension]} shows what it looks like."
    how = f"seniorkit practice --question {picked.question_id}"
    return Drill(
        name=picked.question_id, do=f"{do} {picked.reason}".strip(), dimension=dimension,
        level=level, variation=picked.variation, how=how,
    )  # fmt: skip
