"""What a judge is.

A judge sees a question and an answer, nothing else: no notebook, no database, no learner. So
it can be cached, combined and run anywhere. It gives verdicts; it never gives points.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from graders.answers import Answer
from graders.question import Question
from graders.score import Verdict


class Judge(Protocol):
    """Reads one answer and gives a verdict for each criterion of the question.

    A complete judge, which finds every answer to be at the middle level:

        class Lenient:
            name = "lenient"
            version = "1"

            def judge(self, question, answer):
                return [
                    Verdict(criterion=c.id, dimension=c.dimension, level=Level.MID)
                    for c in question.criteria
                ]
    """

    @property
    def name(self) -> str:
        """Short name that goes into every score."""

    @property
    def version(self) -> str:
        """Changes whenever the same answer could get another verdict."""

    def judge(self, question: Question, answer: Answer) -> Sequence[Verdict]:
        """Return one verdict for each criterion of *question*.

        Raises:
            JudgeError: If the answer could not be judged; it then stays unscored.
        """
