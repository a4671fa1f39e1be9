"""What one learner's file holds: attempts, what was looked at, mocks, stories, drills, settings."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, get_args

from graders.levels import Level
from graders.score import Score

Looked = Literal["hint", "model_answer", "rubric"]
LOOKED: tuple[str, ...] = get_args(Looked)

Signal = Literal[
    "strong no hire", "no hire", "lean no hire", "lean hire", "hire", "strong hire"
]  # fmt: skip
SIGNALS: tuple[str, ...] = get_args(Signal)
"""What an interviewer would say at the target level, worst first."""


def new_key() -> str:
    """A key that no other value has, on any machine."""
    return uuid.uuid4().hex


@dataclass(frozen=True)
class Attempt:
    """One judged answer.

    Attributes:
        at: When it was submitted, UTC.
        question_id: The question.
        answer: What the learner wrote.
        score: How it was judged.
        cold: `False` if notes, a model answer or a partner helped, as far as is known.
        hints: Steps of the hint ladder taken before it was submitted.
        seconds: Time spent on it, if it was measured.
        daily: The date whose daily question it answered.
        mock: Id of the mock interview that it was part of.
        variation: Id of the changed constraint that it answered; `None` for the plain question.
        key: Given by the store, the same in every copy of the file.
    """

    at: datetime
    question_id: str
    answer: str
    score: Score
    cold: bool = True
    hints: int = 0
    seconds: float | None = None
    daily: date | None = None
    mock: str | None = None
    variation: str | None = None
    key: str = field(default="", compare=False)


@dataclass(frozen=True)
class Look:
    """Something that helps was opened.

    Attributes:
        at: When, UTC.
        question_id: The question that it belongs to.
        what: What was opened.
        key: Given by the store.
    """

    at: datetime
    question_id: str
    what: Looked
    key: str = field(default="", compare=False)


@dataclass(frozen=True)
class Mock:
    """One mock interview, running or over.

    Attributes:
        id: Its key (`new_key()`).
        kind: `"design"`, `"behavioural"` or `"loop"`.
        started: When it began, UTC.
        updated: When something was last said, UTC.
        state: Transcript and all else that resuming needs, as JSON can hold it.
        finished: When it ended; `None` while it can be resumed.
        scorecard: What came out, as JSON can hold it.
        level: Overall level reached; `None` if unscored.
        signal: What the interviewer would say at the target level.
        target: The level that the signal is about.
    """

    id: str
    kind: str
    started: datetime
    updated: datetime
    state: Mapping[str, object]
    finished: datetime | None = None
    scorecard: Mapping[str, object] | None = None
    level: Level | None = None
    signal: str | None = None
    target: Level = Level.SENIOR


@dataclass(frozen=True)
class StoryVersion:
    """A story as it stood after one edit.

    Attributes:
        story_id: Key of the story (`new_key()`), the same for all its versions.
        at: When this version was saved, UTC.
        title: In the learner's words.
        text: In the learner's words.
        when: When it happened, in the learner's words.
        employer: Where, in the learner's words.
        withdrawn: Whether the learner took the story out of the bank.
        key: Given by the store.
    """

    story_id: str
    at: datetime
    title: str
    text: str
    when: str = ""
    employer: str = ""
    withdrawn: bool = False
    key: str = field(default="", compare=False)


@dataclass(frozen=True)
class Settings:
    """What the learner said about themselves; replaced as a whole.

    Attributes:
        name: Gives the daily question an order of its own.
        cohort: Study group whose daily question is asked instead.
        company: Key of the ladder that the learner aims at.
        level: Name of the level on that ladder.
        staff_horizon_months: Until when they want to be staff; `None` if no plan was stated.
        focus: Topics or kinds that they want to practise more.
    """

    name: str = ""
    cohort: str = ""
    company: str = "generic"
    level: str = "senior"
    staff_horizon_months: int | None = None
    focus: tuple[str, ...] = ()


@dataclass(frozen=True)
class DrillRecord:
    """One answered capacity drill.

    Attributes:
        at: When, UTC.
        seed: With the family it makes the task again.
        family: The kind of task.
        answer: What the learner wrote.
        option: The chosen decision, from 1.
        close: Within a quarter of the right result.
        right: The order of magnitude is right.
        decided: Whether the right decision was chosen; `None` if none was.
        unit: Whether the unit could be compared with what was asked.
        seconds: Time spent.
        key: Given by the store.
    """

    at: datetime
    seed: int
    family: str
    answer: str
    option: int | None
    close: bool
    right: bool
    decided: bool | None
    unit: bool
    seconds: float | None = None
    key: str = field(default="", compare=False)


@dataclass(frozen=True)
class Merged:
    """How many values an import brought, by kind, and how many were there already."""

    added: Mapping[str, int]
    known: int
