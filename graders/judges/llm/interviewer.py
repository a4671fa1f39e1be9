"""The interviewer's voice: one follow-up to what was said, which gives nothing away.

The model never sees the levels, the tips, the evidence or the model answers, so it cannot repeat
them. It may still know the answer: what it says is searched for leaks before anybody hears it,
and the bank's own follow-up takes the place of whatever leaks, is empty, or never came.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Literal

from graders.errors import JudgeError, UsageError
from graders.judges.llm.background import Background
from graders.judges.llm.leaks import Leak, find_leak
from graders.judges.llm.prompt import encoded
from graders.judges.llm.protocol import Message, Reply
from graders.judges.llm.settings import JudgeSettings
from graders.judges.llm.usage import Usage
from graders.judges.text import read
from graders.question import Criterion, Question

if TYPE_CHECKING:
    from graders.judges.llm.client import ChatClient

VOICE_VERSION = "1"
_FILE = Path(__file__).with_name(f"interviewer_v{VOICE_VERSION}.md")
_SYSTEM, _USER = (
    Template(part.strip()) for part in _FILE.read_text(encoding="utf-8").split("=== user ===")
)

MAX_TOKENS = 200
"""Of a reply; models that reason first are given what the settings allow."""

MAX_TURNS, MAX_TURN = 20, 8_000
"""The latest turns, and characters of each, that the model is shown."""

FEWEST, MOST = 3, 70
"""Words of a follow-up."""

GENERAL = "Take the part of your answer that you are least sure of. How would you go on from there?"
"""Asked where the bank has no follow-up for the criterion."""


@dataclass(frozen=True)
class Turn:
    """Something that was said.

    Attributes:
        speaker: Who said it.
        text: The words; a candidate's are data, never instructions.
    """

    speaker: Literal["interviewer", "candidate"]
    text: str


@dataclass(frozen=True)
class Asked:
    """A follow-up.

    Attributes:
        text: What the interviewer says.
        criterion: Id of the criterion that it is about.
        source: `model`, or `bank` if the model's words were not used.
        why: Why the model's words were not used; empty if they were.
        leak: What they would have given away.
    """

    text: str
    criterion: str
    source: Literal["model", "bank"]
    why: str = ""
    leak: Leak | None = None


class Interviewer:
    """Asks follow-ups through the server that *settings* name; also within a running event loop."""

    def __init__(self, settings: JudgeSettings) -> None:
        self._settings = settings
        self._background = Background()
        self._client: ChatClient | None = None
        self._used = Usage()

    @property
    def usage(self) -> Usage:
        """What was used since this interviewer was made."""
        return self._client.account.usage if self._client else self._used

    def follow_up(
        self, question: Question, transcript: Sequence[Turn], unmet: Sequence[str]
    ) -> Asked:
        """One follow-up about the first of *unmet*. Never fails for want of a server.

        Args:
            question: What the interview is about.
            transcript: What was said since it was asked.
            unmet: Ids of the criteria that the candidate has not met, most important first.

        Raises:
            UsageError: If *unmet* is empty or names no criterion of the question.
        """
        criterion = _first(question, unmet)
        try:
            reply = self._background.run(self._ask(question, transcript, criterion))
        except JudgeError as error:
            return _from_bank(question, transcript, criterion, str(error))
        return worded(reply, question, transcript, criterion.id)

    def close(self) -> None:
        """Close the connections and end the thread; a later call opens them again."""
        self._used = self.usage
        client, self._client = self._client, None
        if client is not None:
            self._background.run(client.close())
        self._background.close()

    async def _ask(
        self, question: Question, transcript: Sequence[Turn], criterion: Criterion
    ) -> Reply:
        if self._client is None:
            from graders.judges.llm.client import ChatClient

            self._client = ChatClient(self._settings, self._used)
        messages, hostile = conversation(question, transcript, criterion)
        most = min(MAX_TOKENS, self._settings.max_output_tokens)
        reply = await self._client.ask(messages, max_tokens=most, hostile=hostile)
        if reply.finish == "length" and not reply.text.strip():
            # All of it went into reasoning.
            most = self._settings.max_output_tokens
            reply = await self._client.ask(messages, max_tokens=most, hostile=hostile)
        return reply


def conversation(
    question: Question, transcript: Sequence[Turn], criterion: Criterion
) -> tuple[list[Message], int]:
    """What is sent, and how many bytes of it others wrote.

    Of the rubric it holds one criterion's short question, and nothing of any answer.
    """
    said = [
        f"{{{json.dumps(turn.speaker)}: {encoded(read(turn.text).text[:MAX_TURN])}}}"
        for turn in transcript[-MAX_TURNS:]
    ]
    turns = f"[{', '.join(said)}]"
    system = _SYSTEM.substitute(question=question.prompt, topic=criterion.asks)
    user = _USER.substitute(token=secrets.token_hex(8), transcript=turns)
    messages = [{"role": "system", "content": system}, {"role": "user", "content": user}]
    return messages, len(turns.encode(errors="replace"))


def worded(
    reply: Reply, question: Question, transcript: Sequence[Turn], criterion_id: str
) -> Asked:
    """The follow-up in *reply*, or the bank's own if that one cannot be said.

    Args:
        reply: What the model wrote.
        question: What the interview is about.
        transcript: What was said since it was asked.
        criterion_id: The criterion to be asked about.
    """
    criterion = question.criterion(criterion_id)
    text = "" if reply.refusal else first_question(reply.text)
    if not text:
        return _from_bank(question, transcript, criterion, "the model asked no question")
    if not FEWEST <= len(text.split()) <= MOST:
        return _from_bank(
            question, transcript, criterion, "the model's question is too long or short"
        )
    if any(_same(text, turn.text) for turn in transcript):
        return _from_bank(question, transcript, criterion, "the model repeated what was said")
    leak = find_leak(text, question, [turn.text for turn in transcript])
    if leak is not None:
        return _from_bank(question, transcript, criterion, "the model gave something away", leak)
    return Asked(text, criterion.id, "model")


def first_question(text: str) -> str:
    """*text* up to its first question mark, in one line; empty if it asks nothing."""
    plain = text.encode("utf-8", errors="replace").decode()
    line = " ".join("".join(c if c.isprintable() else " " for c in plain).split())
    end = line.find("?")
    return line[: end + 1].strip("\"' ") if end >= 0 else ""


def _first(question: Question, unmet: Sequence[str]) -> Criterion:
    known = {criterion.id: criterion for criterion in question.criteria}
    if not unmet or unmet[0] not in known:
        raise UsageError(
            f"there is no such criterion to ask about: {unmet[0]!r}"
            if unmet
            else "no criterion was named to ask about",
            where=question.id,
            fix=f"Choose from: {', '.join(known)}",
        )
    return known[unmet[0]]


def _from_bank(
    question: Question,
    transcript: Sequence[Turn],
    criterion: Criterion,
    why: str,
    leak: Leak | None = None,
) -> Asked:
    """The bank's own follow-up for the criterion that was not asked yet, or a general one."""
    fitting = [f.ask for f in question.follow_ups if f.criterion == criterion.id]
    fresh = [ask for ask in fitting if not any(_same(ask, turn.text) for turn in transcript)]
    return Asked(fresh[0] if fresh else GENERAL, criterion.id, "bank", why, leak)


def _same(one: str, other: str) -> bool:
    return " ".join(one.lower().split()) == " ".join(other.lower().split())
