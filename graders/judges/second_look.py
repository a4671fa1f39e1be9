"""A second look by another judge, mostly the offline one: strong disagreement is told of."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future

from graders.answers import Answer
from graders.errors import JudgeError
from graders.judges.ahead import JudgeAround, Submits, after
from graders.judges.base import Judge
from graders.levels import GATE, Level
from graders.question import Question
from graders.score import Verdict, dimension_levels, overall

STRONG = 2
"""Levels between the two overall levels from which a person looks."""


class SecondLookJudge(JudgeAround):
    """Gives one judge's verdicts, and doubts them where another one strongly disagrees.

    They disagree strongly if their overall levels are two apart or more, or if one finds the
    judgment of the answer so weak that the gate holds it at *mid* while the other finds it
    *senior*. The levels stay the first judge's: the other one only calls for a person. Of 250
    labelled answers, people and the offline judge disagree in this sense on 8%; on which side of
    the gate an answer lies they differ on 24%, too many to look at.

    Args:
        judge: Whose verdicts count.
        other: Who takes the second look; it should cost nothing.
    """

    def __init__(self, judge: Submits, other: Judge) -> None:
        super().__init__(judge)
        self.other = other

    @property
    def name(self) -> str:
        """The first judge's: these are its verdicts."""
        return self.inner[0].name

    @property
    def version(self) -> str:
        """The versions of both, because both decide who is seen by a person."""
        return f"{self.inner[0].version}, second look {self.other.name} {self.other.version}"

    def submit(self, question: Question, answer: Answer) -> Future[list[Verdict]]:
        """Begin with the first judge; the second look is taken while it works."""
        first = self.inner[0].submit(question, answer)
        try:
            seen, problem = list(self.other.judge(question, answer)), None
        except Exception as error:  # a look that fails must not cost the verdicts
            why = error.what if isinstance(error, JudgeError) else type(error).__name__
            seen, problem = [], f"There was no second look ({why})."

        def compared(ended: Sequence[Future[list[Verdict]]]) -> list[Verdict]:
            verdicts = ended[0].result()
            doubt = problem or disagreement(question, verdicts, seen)
            return _doubted(verdicts, seen, doubt) if doubt else verdicts

        return after([first], compared)


def disagreement(
    question: Question, verdicts: Sequence[Verdict], others: Sequence[Verdict]
) -> str | None:
    """Why two judges strongly disagree on an answer, as a sentence; `None` if they do not."""
    weights = {criterion.id: question.weight(criterion) for criterion in question.criteria}
    first = dimension_levels(verdicts, weights)
    second = dimension_levels(others, weights)
    one, other = overall(question.kind, first), overall(question.kind, second)
    if one is None or other is None:
        return None
    if abs(one[0] - other[0]) >= STRONG:
        levels = f"{one[0].label} and {other[0].label}"
        return f"A second look strongly disagrees: the two overall levels are {levels}."
    name = GATE[question.kind]
    if name in first and name in second:
        low, high = sorted((first[name], second[name]))
        if low < Level.MID - 0.5 and high >= Level.SENIOR - 0.5:
            return f"A second look strongly disagrees on {name}, which decides about senior."
    return None


def _doubted(verdicts: Sequence[Verdict], others: Sequence[Verdict], doubt: str) -> list[Verdict]:
    """*verdicts* with the doubt at the criterion on which the two are farthest apart."""
    seen = {verdict.criterion: verdict.level for verdict in others}

    def apart(verdict: Verdict) -> int:
        other = seen.get(verdict.criterion)
        return -1 if other is None or verdict.level is None else abs(verdict.level - other)

    worst = max(verdicts, key=apart, default=None)
    return [
        # The doubt of a judge further in is the more precise one, so it is not lost.
        v.model_copy(update={"doubt": f"{v.doubt} {doubt}" if v.doubt else doubt})
        if v is worst
        else v
        for v in verdicts
    ]
