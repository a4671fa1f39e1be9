"""A judge that says what it is told: the fake that ships, for tests and for trying things out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from graders.answers import Answer
from graders.errors import JudgeError
from graders.levels import Level
from graders.question import Question
from graders.score import Verdict


@dataclass(frozen=True)
class ScriptedJudge:
    """Gives the level that the script holds for a criterion, or else the default.

    Args:
        levels: Criterion id -> level; `None` for "could not be judged".
        default: The level of all other criteria.
        fails: If set, every call raises `JudgeError` with this message.
    """

    levels: Mapping[str, Level | None] = field(default_factory=dict)
    default: Level | None = Level.MID
    fails: str | None = None
    name: str = "scripted"
    version: str = "1"

    def judge(self, question: Question, answer: Answer) -> Sequence[Verdict]:
        """Return the scripted verdicts; the first sentence of the answer is the evidence."""
        if self.fails is not None:
            raise JudgeError(self.fails, where=question.id)
        quote = answer.text.strip().split("\n")[0][:200]
        return [
            Verdict(
                criterion=criterion.id,
                dimension=criterion.dimension,
                level=self.levels.get(criterion.id, self.default),
                evidence=(quote,) if quote else (),
                reason="Scripted.",
            )
            for criterion in question.criteria
        ]
