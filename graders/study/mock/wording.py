"""The interviewer's words in one part: none said twice, none that gives something away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from graders.judges.llm.leaks import find_leak
from graders.question import Question
from graders.study.mock import lines
from graders.study.mock.state import InterviewState, Purpose


@dataclass(frozen=True)
class Line:
    """Something the interviewer says.

    Attributes:
        text: The words.
        purpose: Why.
        criterion: What it is about, for probes and the change.
        source: Who worded it.
    """

    text: str
    purpose: Purpose
    criterion: str | None = None
    source: Literal["lines", "bank", "model"] = "lines"


class Wording:
    """Finds words that may be said now.

    Args:
        state: The interview, whose transcript is read afresh each time.
        number: Number of the part.
        question: Its question, with the secrets.
    """

    def __init__(self, state: InterviewState, number: int, question: Question) -> None:
        self._state = state
        self._number = number
        self._question = question

    @property
    def answer(self) -> str:
        """What the candidate said in the part."""
        return self._state.answer(self._number)

    @property
    def count(self) -> int:
        """How many words that is."""
        return len(self.answer.split())

    @property
    def turns(self) -> list[tuple[str, str]]:
        """Speaker and text of what was said in the part."""
        return [(t.speaker, t.text) for t in self._state.turns if t.part == self._number]

    @property
    def used(self) -> list[str]:
        """What the interviewer said in all of the interview."""
        return [t.text for t in self._state.turns if t.speaker == "interviewer"]

    @property
    def seed(self) -> str:
        """Decides between lines that are as good, another one at each turn."""
        return f"{self._state.seed}:{self._number}:{len(self._state.turns)}"

    def was_said(self, text: str) -> bool:
        """Whether the interviewer said *text* before."""
        return any(lines.plain(text) == lines.plain(line) for line in self.used)

    def pick(self, *path: str, purpose: Purpose | None = None) -> list[Line]:
        """A line of a pool that was not said yet; with something after it when all were.

        Args:
            path: The pool; its first name is the purpose when none is given.
            purpose: Why it is said.
        """
        why = purpose or cast(Purpose, path[0])
        options = lines.pool(*path)
        return self.one(options, why) or self.one(lines.extended(options), why)

    def one(self, options: Iterable[str], purpose: Purpose) -> list[Line]:
        """One of *options* that was not said yet, or nothing."""
        text = lines.fresh(options, self.used, self.seed)
        return self.harmless([Line(text, purpose)]) if text else []

    def harmless(self, said: Sequence[Line]) -> list[Line]:
        """*said* without lines that would give something away."""
        known = [text for _, text in self.turns]
        return [line for line in said if find_leak(line.text, self._question, known) is None]
