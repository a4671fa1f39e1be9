"""What a question is: prompt, criteria, follow-ups, hints, model answers, sources.

All values are frozen. `Question` is written as YAML (see `load`) and crosses process borders
as JSON (`model_dump_json` / `model_validate_json`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from graders.levels import DIMENSIONS, Kind, Level

MAX_TEXT = 20_000
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TEXT)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]

QUESTION_ID = re.compile(r"^(design|concept|story|leadership|career)/[a-z0-9]+(-[a-z0-9]+)*$")


class Value(BaseModel):
    """Base of all values: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def inconsistent(title: str, faults: list[tuple[tuple[int | str, ...], str]]) -> ValidationError:
    """The error that a validator of the whole raises, with the place of each fault within it.

    A `ValueError` would be reported at the place of the whole, which may be a hundred lines.
    """
    details = [
        InitErrorDetails(
            type=PydanticCustomError("inconsistent", "{message}", {"message": message}),
            loc=place,
            input=None,
        )
        for place, message in faults
    ]
    return ValidationError.from_exception_data(title, details)


class Evidence(Value):
    """What a candidate would literally say for one criterion, by level."""

    mid: tuple[Text, ...] = ()
    senior: tuple[Text, ...] = Field(min_length=1)
    staff: tuple[Text, ...] = Field(min_length=1)


class Criterion(Value):
    """One thing that is looked for in the answer, described at three levels.

    Attributes:
        id: Short name, unique within the question.
        dimension: One of the dimensions of the question's kind.
        weight: Weight within the question; the dimension's default when absent.
        asks: What the interviewer wants to know, as a short question.
        mid: What a mid-level answer to this question shows here.
        senior: What a senior answer shows here.
        staff: What a staff answer shows here.
        evidence: Sentences a candidate would say, by level.
        tip: What to tell a candidate whose answer lacks it.
    """

    id: Slug
    dimension: Slug
    weight: float | None = Field(default=None, gt=0)
    asks: Text
    mid: Text
    senior: Text
    staff: Text
    evidence: Evidence
    tip: Text

    def descriptor(self, level: Level) -> str:
        """What this criterion looks like at *level* (mid, senior or staff)."""
        return {Level.MID: self.mid, Level.SENIOR: self.senior, Level.STAFF: self.staff}[level]


class FollowUp(Value):
    """A question the interviewer asks when a criterion was not met.

    `constraint_change` marks the one that changes the problem ("now writes grow tenfold").
    """

    id: Slug
    criterion: Slug
    ask: Text
    good: Text
    constraint_change: bool = False


class Hints(Value):
    """The hint ladder, each step giving away more than the last."""

    nudge: Text
    direction: Text
    partial: Text
    full: Text

    def ladder(self) -> tuple[str, str, str, str]:
        """The four hints, weakest first."""
        return (self.nudge, self.direction, self.partial, self.full)


class Mistake(Value):
    """A common mistake, why it costs the level, and what to say instead."""

    mistake: Text
    why: Text
    instead: Text


class Clarification(Value):
    """A clarifying question that a candidate may ask, and the fact the interviewer gives."""

    question: Text
    answer: Text


class ModelAnswers(Value):
    """A full answer at each of the three upper levels."""

    mid: Text
    senior: Text
    staff: Text

    def at(self, level: Level) -> str:
        """The model answer at *level* (mid, senior or staff)."""
        return {Level.MID: self.mid, Level.SENIOR: self.senior, Level.STAFF: self.staff}[level]


class Source(Value):
    """Where a figure comes from."""

    figure: Text
    title: Text
    url: Text | None = None
    year: int = Field(ge=1960, le=2100)


class Calculation(Value):
    """Arithmetic in the question's texts that `seniorkit bank check` recomputes.

    Attributes:
        claim: The words as they stand in one of the question's texts.
        expression: Plain arithmetic (`+ - * / **`, brackets, `ceil`, `log2`, `sqrt`).
        result: The number that the claim states, in the claim's own unit.
        tolerance: Largest accepted relative difference between expression and result.
    """

    claim: Text
    expression: Text
    result: float = Field(allow_inf_nan=False)
    tolerance: float = Field(default=0.05, ge=0, le=0.5)


class Question(Value):
    """One interview question with everything needed to ask, judge and teach it."""

    id: Annotated[str, StringConstraints(pattern=QUESTION_ID.pattern)]
    kind: Kind
    topic: Slug
    minutes: int = Field(ge=1, le=120)
    prompt: Text
    clarifications: tuple[Clarification, ...] = ()
    criteria: tuple[Criterion, ...] = Field(min_length=1, max_length=12)
    follow_ups: tuple[FollowUp, ...] = ()
    hints: Hints | None = None
    mistakes: tuple[Mistake, ...] = ()
    model_answers: ModelAnswers | None = None
    calculations: tuple[Calculation, ...] = ()
    sources: tuple[Source, ...] = ()

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if faults := list(self._faults()):
            raise inconsistent("Question", faults)
        return self

    def _faults(self) -> Iterator[tuple[tuple[int | str, ...], str]]:
        """Place and description of whatever does not fit together."""
        if self.id.split("/")[0] != self.kind:
            yield ("id",), f"id {self.id!r} must begin with its kind: '{self.kind}/...'"
        allowed = DIMENSIONS[self.kind]
        seen: set[str] = set()
        for number, criterion in enumerate(self.criteria):
            if criterion.id in seen:
                yield ("criteria", number, "id"), f"criterion id {criterion.id!r} is used twice"
            seen.add(criterion.id)
            if criterion.dimension not in allowed:
                yield (
                    ("criteria", number, "dimension"),
                    f"criterion {criterion.id!r} has dimension {criterion.dimension!r}, "
                    f"which {self.kind} questions do not have (allowed: {', '.join(allowed)})",
                )
                continue
            default = allowed[criterion.dimension]
            if criterion.weight is not None and not default / 2 <= criterion.weight <= default * 2:
                yield (
                    ("criteria", number, "weight"),
                    f"criterion {criterion.id!r} has weight {criterion.weight:g}; the dimension "
                    f"{criterion.dimension!r} allows {default / 2:g} to {default * 2:g}",
                )
        for number, follow_up in enumerate(self.follow_ups):
            if follow_up.criterion not in seen:
                yield (
                    ("follow_ups", number, "criterion"),
                    f"follow-up {follow_up.id!r} names criterion {follow_up.criterion!r}, "
                    f"which does not exist (allowed: {', '.join(sorted(seen))})",
                )

    def criterion(self, criterion_id: str) -> Criterion:
        """The criterion called *criterion_id*.

        Raises:
            KeyError: If the question has no such criterion.
        """
        for criterion in self.criteria:
            if criterion.id == criterion_id:
                return criterion
        raise KeyError(criterion_id)

    def weight(self, criterion: Criterion) -> float:
        """The weight of *criterion*: its own, or else its dimension's default."""
        if criterion.weight is not None:
            return criterion.weight
        return DIMENSIONS[self.kind][criterion.dimension]

    @property
    def digest(self) -> str:
        """A short fingerprint of everything that can change a judgement of this question."""
        # Not cached on the question: `model_copy` would hand the cache on to a changed copy.
        judged = self.model_dump_json(
            include={"id", "kind", "minutes", "prompt", "criteria", "model_answers"}
        )
        return hashlib.sha256(judged.encode()).hexdigest()[:16]
