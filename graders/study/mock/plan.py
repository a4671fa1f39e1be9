"""What an interview consists of: parts, one question each, and the phases of a part."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import Field

from graders.errors import UsageError
from graders.levels import Kind
from graders.question import Question, bank_ids, load_question
from graders.question.model import Value

Format = Literal["design", "behavioural", "loop"]
FORMATS: tuple[Format, ...] = ("design", "behavioural", "loop")

PhaseName = Literal["scoping", "high level", "story", "deep dives", "follow-ups", "wrap-up"]

SHORTEST, LONGEST = 3, 240
"""Minutes that an interview may be given."""


class Phase(Value):
    """A stretch of a part.

    Attributes:
        name: What happens in it.
        until: The share of the part's time at which it ends, 0 to 1.
        leads: Whether the candidate leads; the interviewer then only listens and answers.
    """

    name: PhaseName
    until: float = Field(gt=0, le=1)
    leads: bool


# Six minutes of scope, twenty of design, fourteen of deep dives, five at the end: the usual course
# of 45 minutes. A story is told in its first third.
_DESIGN = (
    Phase(name="scoping", until=6 / 45, leads=True),
    Phase(name="high level", until=26 / 45, leads=True),
    Phase(name="deep dives", until=40 / 45, leads=False),
    Phase(name="wrap-up", until=1, leads=False),
)
_TALK = (
    Phase(name="story", until=6 / 15, leads=True),
    Phase(name="follow-ups", until=13 / 15, leads=False),
    Phase(name="wrap-up", until=1, leads=False),
)
PHASES: Mapping[Kind, tuple[Phase, ...]] = {
    "design": _DESIGN,
    "concept": _TALK,
    "story": _TALK,
    "leadership": _TALK,
    "career": _TALK,
}
CHANGE_AT: Mapping[Kind, float] = {
    "design": 22 / 45,
    "concept": 0.5,
    "story": 0.5,
    "leadership": 0.5,
    "career": 0.5,
}
"""The share of a part's time from which the interviewer changes the problem."""

PROBES: Mapping[Kind, int] = {
    "design": 6,
    "concept": 3,
    "story": 3,
    "leadership": 3,
    "career": 3,
}
"""How many things are probed in a part, at most."""

WHY_NOT_STAFF = "career/why-not-staff"
_SLOTS: Mapping[Format, tuple[tuple[str, Kind, float], ...]] = {
    "design": (("Design", "design", 45),),
    "behavioural": (("Behavioural", "story", 15), ("Behavioural", "leadership", 15)),
    "loop": (
        ("Design 1", "design", 45),
        ("Design 2", "design", 45),
        ("Behavioural", "story", 15),
        ("Behavioural", "leadership", 15),
        ("Why not Staff?", "career", 10),
    ),
}


class Part(Value):
    """One question of an interview.

    Attributes:
        round: The round that it belongs to, as it is called on the scorecard.
        question_id: The question.
        minutes: The time for it.
    """

    round: str
    question_id: str
    minutes: float = Field(gt=0)


def format_of(question: Question) -> Format:
    """The interview in which *question* is asked."""
    return "design" if question.kind in ("design", "concept") else "behavioural"


def planned(
    kind: Format,
    *,
    question_id: str | None = None,
    minutes: float | None = None,
    heard: Sequence[str] = (),
    seed: str = "",
) -> tuple[Part, ...]:
    """The parts of an interview; the same arguments give the same parts.

    Args:
        kind: The format.
        question_id: A question that is to be asked; the others are chosen.
        minutes: The time for all of it; the usual one when absent.
        heard: Questions that this candidate has met, which are chosen last; with repeats, the
            ones met most often last of all.
        seed: Decides between those that are as good.

    Raises:
        UsageError: If the format, the question or the time make no sense.
    """
    if kind not in FORMATS:
        raise UsageError(
            f"there is no interview called {kind!r}", fix=f"Choose from: {', '.join(FORMATS)}"
        )
    if minutes is not None and not SHORTEST <= minutes <= LONGEST:
        raise UsageError(
            f"an interview of {minutes:g} minutes makes no sense",
            fix=f"Give {SHORTEST} to {LONGEST} minutes",
        )
    slots = _SLOTS[kind]
    if question_id is not None:
        slots = _with(load_question(question_id), kind, slots)
    chosen: list[str] = []
    for place, (_, asked_kind, _) in enumerate(slots):
        named = question_id is not None and place == _place(question_id, slots)
        chosen.append(
            str(question_id) if named else _choice(asked_kind, [*heard, *chosen], seed, chosen)
        )
    scale = 1.0 if minutes is None else minutes / sum(slot[2] for slot in slots)
    return tuple(
        Part(round=name, question_id=one, minutes=length * scale)
        for (name, _, length), one in zip(slots, chosen, strict=True)
    )


def _with(
    question: Question, kind: Format, slots: tuple[tuple[str, Kind, float], ...]
) -> tuple[tuple[str, Kind, float], ...]:
    """The slots with one for *question*."""
    if any(slot[1] == question.kind for slot in slots):
        return slots
    if format_of(question) != kind:
        raise UsageError(
            f"{question.id} is no question of a {kind} interview",
            fix=f"Give --kind {format_of(question)}",
        )
    if question.kind in ("concept", "career"):
        return ((question.kind.capitalize(), question.kind, 15.0),)
    return slots


def _place(question_id: str, slots: tuple[tuple[str, Kind, float], ...]) -> int:
    kind = question_id.split("/")[0]
    return next(place for place, slot in enumerate(slots) if slot[1] == kind)


def _choice(kind: Kind, heard: Sequence[str], seed: str, taken: Sequence[str]) -> str:
    if kind == "career":
        return WHY_NOT_STAFF
    ids = [one for one in bank_ids() if one.startswith(f"{kind}/") and one not in taken]
    order = random.Random(f"seniorkit-mock:{seed}:{kind}:{len(taken)}").sample(ids, len(ids))
    return min(order, key=heard.count)
