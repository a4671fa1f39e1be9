"""Three drills for this week, each tied to one of the weakest dimensions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from graders.levels import Kind
from graders.question import bank_ids, load_question
from graders.question.model import Value

DRILLS = 3


class Drill(Value):
    """Something to do this week.

    Attributes:
        kind: A question of the bank, a notebook, or a family of capacity drills.
        name: Id of the question, name of the notebook, or of the family.
        do: What to do, as a sentence.
        dimension: The dimension that it is for.
        level: How that dimension was, 0 to 4.
    """

    kind: Literal["question", "notebook", "family"]
    name: str
    do: str
    dimension: str
    level: float


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
_CONCEPTS = {
    "estimation": "concept/capacity",
    "api-and-data": "concept/sharding",
    "deep-dive": "concept/caching",
    "scaling": "concept/scaling",
    "failure-and-consistency": "concept/consistency",
}


def drills_for(
    weak: Sequence[tuple[Kind, str, float]], asked: Iterable[str], seed: str = ""
) -> tuple[Drill, ...]:
    """Three drills, of different kinds as far as possible.

    Args:
        weak: Kind of question, dimension and its level, weakest first.
        asked: Questions of the interview; others are better for practice.
        seed: Decides between drills that are as good.
    """
    taken = set(asked)
    found: list[Drill] = []
    dimensions: set[str] = set()
    for kind, dimension, level in weak:
        if len(found) == DRILLS:
            break
        if dimension in dimensions:
            continue
        dimensions.add(dimension)
        options = _options(kind, dimension, level, taken, seed)
        kinds = [drill.kind for drill in found]
        names = {drill.name for drill in found}
        fitting = [drill for drill in options if drill.name not in names]
        chosen = min(fitting, key=lambda drill: kinds.count(drill.kind), default=None)
        if chosen is not None:
            found.append(chosen)
            taken.add(chosen.name)
    return tuple(found)


def _options(kind: Kind, dimension: str, level: float, taken: set[str], seed: str) -> list[Drill]:
    """What trains a dimension: a question, then numbers, then a notebook."""
    found = []
    question = _question(kind, dimension, taken, seed)
    name = dimension.replace("-", " ")
    if question is not None:
        do = f"Answer {question} in writing, and read your answer once for {name} alone."
        found.append(Drill(kind="question", name=question, do=do, dimension=dimension, level=level))
    for family in _FAMILIES.get(dimension, ()):
        do = f"Play the capacity drills; the family {family} is about this."
        found.append(Drill(kind="family", name=family, do=do, dimension=dimension, level=level))
    if dimension in _NOTEBOOKS:
        book = _NOTEBOOKS[dimension]
        do = f"Work through notebook {book} with {name} in mind, and answer what it asks."
        found.append(Drill(kind="notebook", name=book, do=do, dimension=dimension, level=level))
    return found


def _question(kind: Kind, dimension: str, taken: set[str], seed: str) -> str | None:
    """A question in which the dimension weighs most, and that was not asked."""
    concept = _CONCEPTS.get(dimension) if kind == "design" else None
    if concept is not None and concept not in taken:
        return concept
    ids = [one for one in bank_ids() if one.startswith(f"{kind}/") and one not in taken]
    questions = [load_question(one) for one in ids]

    def weight(place: int) -> float:
        question = questions[place]
        return sum(question.weight(c) for c in question.criteria if c.dimension == dimension)

    order = sorted(range(len(ids)), key=lambda place: (-weight(place), ids[place]))
    best = [ids[place] for place in order if weight(place) == weight(order[0])] if order else []
    return best[len(seed + dimension) % len(best)] if best else None
