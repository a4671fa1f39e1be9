"""A judge that can be asked ahead and answers from a script, for the tests of those around it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from graders.answers import Answer
from graders.judges.ahead import JudgeAround, after
from graders.judges.llm.usage import Usage
from graders.levels import Level
from graders.question import Question
from graders.score import Verdict

Says = Callable[[Question, Answer], list[Verdict]]


def all_at(level: Level | None, **changes: object) -> Says:
    """Every criterion at *level*, shown by the first ten characters of the answer."""

    def says(question: Question, answer: Answer) -> list[Verdict]:
        return [
            Verdict(
                criterion=c.id,
                dimension=c.dimension,
                level=level,
                evidence=() if level is None else (answer.text[:10],),
                reason="Canned.",
            ).model_copy(update=changes)
            for c in question.criteria
        ]

    return says


@dataclass
class Canned:
    """Says what it is told; counts how often it was asked."""

    says: Says = field(default_factory=lambda: all_at(Level.MID))
    version: str = "1"
    name: str = "canned"
    window: int = 4
    usage: Usage = field(default_factory=Usage)
    asked: list[str] = field(default_factory=list)

    def key(self, question: Question, answer: Answer) -> str:
        parts = (self.version, question.digest, " ".join(answer.text.split()))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def judge(self, question: Question, answer: Answer) -> Sequence[Verdict]:
        self.asked.append(answer.text)
        self.usage += Usage(calls=1)
        return self.says(question, answer)

    def submit(self, question: Question, answer: Answer) -> Future[list[Verdict]]:
        future: Future[list[Verdict]] = Future()
        try:
            future.set_result(list(self.judge(question, answer)))
        except Exception as error:
            future.set_exception(error)
        return future

    def close(self) -> None:
        """Nothing is open."""


class Plain(JudgeAround):
    """A judge around another one that changes nothing."""

    name = "plain"
    version = "1"

    def submit(self, question: Question, answer: Answer) -> Future[list[Verdict]]:
        future = self.inner[0].submit(question, answer)
        return after([future], lambda ended: ended[0].result())
