"""Where a learner stands: what counts towards a senior loop, how it moves, what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Direction = Literal["rising", "steady", "falling", "too few answers to tell"]


@dataclass(frozen=True)
class Check:
    """One thing that makes ready.

    Attributes:
        name: Machine-readable, such as `"designs"`.
        title: In words.
        have: How many there are.
        need: How many make ready.
        detail: Which ones, or why not, as a sentence.
    """

    name: str
    title: str
    have: int
    need: int
    detail: str

    @property
    def met(self) -> bool:
        """Whether it is enough."""
        return self.have >= self.need


@dataclass(frozen=True)
class Trend:
    """How cold first attempts moved.

    Attributes:
        direction: In a word.
        recent: Mean level of the last two weeks, 0 to 4; `None` without answers.
        before: Mean level of what came before.
        points: When and level of each cold attempt, oldest first.
    """

    direction: Direction
    recent: float | None
    before: float | None
    points: tuple[tuple[datetime, float], ...] = ()


@dataclass(frozen=True)
class Gap:
    """A dimension that stays below senior.

    Attributes:
        kind: Kind of the questions.
        dimension: The dimension.
        level: Mean level, 0 to 4.
        answers: Number of questions it is the mean of.
        question_id: Where it was lowest.
        tip: What that answer lacked.
    """

    kind: str
    dimension: str
    level: float
    answers: int
    question_id: str
    tip: str


@dataclass(frozen=True)
class Step:
    """One thing to do next, why, and with which command or notebook."""

    do: str
    why: str
    how: str


@dataclass(frozen=True)
class Latest:
    """The last attempt at one question; `level` is 0 to 4, or `None` while it is unscored."""

    question_id: str
    at: datetime
    level: float | None
    word: str
    attempts: int
    work_on: str


@dataclass(frozen=True)
class Readiness:
    """The answer to "am I ready for a senior loop?".

    Attributes:
        as_of: When it was asked, UTC.
        target: Company and level that the learner aims at, in words.
        checks: All that is needed.
        trend: How it moves.
        gaps: The weakest dimensions, weakest first.
        steps: The next three things to do.
        latest: The last attempt at each question, weakest first.
        attempts: Number of attempts.
        gain: Mean gain in levels over questions that were answered again; `None` without any.
    """

    as_of: datetime
    target: str
    checks: tuple[Check, ...]
    trend: Trend
    gaps: tuple[Gap, ...]
    steps: tuple[Step, ...]
    latest: tuple[Latest, ...] = ()
    attempts: int = 0
    gain: float | None = None

    @property
    def ready(self) -> bool:
        """Whether nothing is missing."""
        return all(check.met for check in self.checks)

    @property
    def verdict(self) -> str:
        """The answer in a sentence."""
        if self.ready:
            return "Ready for a senior loop."
        met = sum(check.met for check in self.checks)
        missing = ", ".join(check.title for check in self.checks if not check.met)
        return f"Not yet: {met} of {len(self.checks)}. Missing: {missing}."
