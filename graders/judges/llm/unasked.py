"""The language-model judge with its mouth shut: for when the asking was done before."""

from __future__ import annotations

from graders.answers import Answer
from graders.errors import JudgeError
from graders.judges.llm.judge import LlmJudge
from graders.judges.llm.sse import Heard
from graders.judges.llm.verdicts import blank
from graders.judges.text import read
from graders.question import Question
from graders.score import Verdict


class UnaskedJudge(LlmJudge):
    """Has the name, version and keys of the language-model judge, and asks nothing.

    Within the cache that holds the verdicts of a batch it grades what was answered; what was not
    waits for a person and costs nothing.
    """

    async def _judged(
        self, question: Question, answer: Answer, heard: Heard | None = None
    ) -> list[Verdict]:
        if not read(answer.text).words:
            return blank(question)
        raise JudgeError(
            "no verdicts are kept on this answer, and the model was not asked again",
            where=question.id,
            fix="A person should judge it, or grade again later",
        )
