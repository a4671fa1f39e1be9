"""What an interview remembers: everything that is needed to go on, to judge, and to judge again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from graders.answers import MAX_ANSWER_CHARS
from graders.errors import StoreError
from graders.levels import Level
from graders.question.model import Value
from graders.study.mock.plan import Format, Part

STATE_VERSION = 1

Purpose = Literal[
    "opening", "heard", "fact", "your call", "conduct", "secret", "nudge", "change", "press",
    "probe", "steer", "phase", "time", "last", "closing",
]  # fmt: skip
"""Why the interviewer says something."""

Ended = Literal["time", "complete", "silence", "conduct", "candidate"]
"""Why a part ended; `complete`: everything was asked."""

Pace = Literal["written", "spoken"]
"""How time passes: by the clock on the wall, or by how long it takes to say the words."""


class Turn(Value):
    """Something that was said.

    Attributes:
        speaker: Who said it.
        text: The words.
        part: Number of the part, from 0.
        at: Seconds since the part began.
        phase: Name of the phase.
        purpose: Why the interviewer said it; `None` for a candidate.
        criterion: What it is about, for probes and the change.
        source: Who worded it: the kit's `lines`, the `bank` or a `model`.
    """

    speaker: Literal["interviewer", "candidate"]
    text: str
    part: int
    at: float
    phase: str
    purpose: Purpose | None = None
    criterion: str | None = None
    source: Literal["lines", "bank", "model"] = "lines"


class PartState(BaseModel):
    """How far a part has come; changes with every turn."""

    model_config = ConfigDict(extra="forbid", validate_assignment=False)

    elapsed: float = 0.0
    phase: int = 0
    spoken_turns: int = 0
    facts: list[int] = Field(default_factory=list)
    asked: int = 0
    open_calls: int = 0
    probed: list[str] = Field(default_factory=list)
    change: str | None = None
    reacted: bool | None = None
    pressed: bool = False
    quiet: int = 0
    barren: int = 0
    hostile: int = 0
    finished_signals: int = 0
    warned: bool = False
    hurried: bool = False
    last_asked: bool = False
    nudged: int = 0
    ended: Ended | None = None


class InterviewState(BaseModel):
    """All of an interview.

    Attributes:
        version: Version of this layout.
        kind: The format.
        parts: The questions and their times.
        target: Level that the candidate interviews for.
        pace: How time passes.
        seed: Decides between lines that are as good.
        turns: The transcript, oldest first.
        at: How far each part has come.
        part: Number of the part that is going on; `len(parts)` when the interview is over.
        draft: What the candidate has typed and not said.
    """

    model_config = ConfigDict(extra="forbid")

    version: int = STATE_VERSION
    kind: Format
    parts: tuple[Part, ...] = Field(min_length=1)
    target: Level = Level.SENIOR
    pace: Pace = "written"
    seed: str = ""
    turns: list[Turn] = Field(default_factory=list)
    at: list[PartState] = Field(default_factory=list)
    part: int = 0
    draft: str = ""

    @property
    def over(self) -> bool:
        """Whether the interview has ended."""
        return self.part >= len(self.parts)

    @property
    def spoken(self) -> int:
        """How many turns the candidate has had."""
        return sum(turn.speaker == "candidate" for turn in self.turns)

    def said(self, part: int) -> list[Turn]:
        """What the candidate said in a part."""
        return [turn for turn in self.turns if turn.part == part and turn.speaker == "candidate"]

    def answer(self, part: int) -> str:
        """What the candidate said in a part, as one text: the answer that is judged."""
        return "\n\n".join(turn.text for turn in self.said(part) if turn.text.strip())


def restored(kept: object) -> InterviewState:
    """The state in *kept*, as it came from the store.

    Raises:
        StoreError: If it is of a newer version or damaged.
    """
    version = kept.get("version") if isinstance(kept, Mapping) else None
    if isinstance(version, int) and version > STATE_VERSION:
        raise StoreError(
            f"the interview was kept by a newer version of the kit (layout {version})",
            fix="Update seniorkit",
        )
    try:
        state = InterviewState.model_validate(kept)
    except ValidationError as error:
        wrong = error.errors(include_input=False, include_url=False)[0]
        raise StoreError(
            f"the kept interview cannot be read ({wrong['msg']})", fix="Start a new one"
        ) from None
    if len(state.at) != len(state.parts) or not 0 <= state.part <= len(state.parts):
        raise StoreError("the kept interview is not complete", fix="Start a new one")
    return state


def cleaned(text: str) -> str:
    """*text* as the store can keep it: of bounded length, and without halves of characters."""
    return text[:MAX_ANSWER_CHARS].encode("utf-8", errors="replace").decode()
