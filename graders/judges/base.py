"""What a judge is.

A judge sees a question and an answer, nothing else: no notebook, no database, no learner. So
it can be cached, combined and run anywhere. It gives verdicts; it never gives points.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from graders.answers import Answer
from graders.question import Question
from graders.score import Verdict

if TYPE_CHECKING:
    from graders.judges.llm.many import Result


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

    A verdict that a person should look at before it counts carries a `doubt`, a sentence that
    says why; the score then waits for review with that reason. A criterion that could not be
    judged has `level=None`.
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


@runtime_checkable
class JudgeOfMany(Judge, Protocol):
    """A judge that works on several answers at a time, because it waits for a server."""

    def judge_many(self, pairs: Iterable[tuple[Question, Answer]]) -> Iterator[Result]:
        """Judge *pairs*, taken as there is room, and yield results as they finish.

        A failure of one is a result, too, and stops no other.
        """
