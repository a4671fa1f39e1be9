"""A second look by another judge, mostly the offline one: what a reader may give has a ceiling.

A reader that obeys the text before it gives what the text asks for, and quotes real sentences to
show it. The other judge obeys nobody, and is rarely far off: so where the reader finds much more
in an answer than the other one, nobody gets the mark before a person has looked.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from concurrent.futures import Future

from graders.answers import Answer
from graders.errors import JudgeError
from graders.judges.ahead import JudgeAround, Submits, after
from graders.judges.base import Judge
from graders.levels import GATE, Level
from graders.question import Question
from graders.score import Verdict, dimension_levels, overall

RULES = "3"
"""Raised whenever the rules change: verdicts that were withheld are other verdicts."""

STRONG = 2
"""Levels between the two overall levels from which a person looks."""

SLACK = 1
"""Levels by which the overall level may be above the other judge's, but not into *senior*; none
where the gates took an attempt out of the answer: what they missed of it may have been obeyed."""

CRITERION_SLACK = 2
"""The same for one criterion, where both are surer to err."""

NO_EVIDENCE = "What was quoted does not show this, so a person should judge it."
TOO_HIGH = "A second look finds much less here, so a person should judge this."


class SecondLookJudge(JudgeAround):
    """Gives one judge's verdicts as far as another one can follow.

    *Withheld*, which leaves the answer without a level until a person has looked: all verdicts, if
    the overall level is more than one above what the other judge finds, or *senior* or better
    where the other does not find *senior*, or above it at all in a suspicious answer. A single
    verdict, if its quotes do not speak of the criterion, or if it is three levels above the other's.

    *Doubted*, which keeps the levels and calls for a person: if the overall level is two or more
    below the other's, or if only one finds judgment so weak that the gate holds the answer at
    *mid*.

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
        other = f"{self.other.name} {self.other.version}"
        return f"{self.inner[0].version}, second look {RULES} {other}"

    def key(self, question: Question, answer: Answer) -> str:
        """Another one for a suspicious answer: what is left of it may be an honest one's words."""
        return super().key(question, answer) + "-suspicious" * answer.suspicious

    def submit(self, question: Question, answer: Answer) -> Future[list[Verdict]]:
        """Begin with the first judge; the second look is taken while it works."""
        first = self.inner[0].submit(question, answer)
        try:
            seen, problem = list(self.other.judge(question, answer)), None
        except Exception as error:
            # Whoever can make the look fail must not be without a ceiling.
            why = error.what if isinstance(error, JudgeError) else type(error).__name__
            seen, problem = [], f"There was no second look ({why}), so a person should judge this."

        def compared(ended: Sequence[Future[list[Verdict]]]) -> list[Verdict]:
            verdicts = ended[0].result()
            if problem is not None:
                return _withheld(verdicts, _positive(verdicts), problem)
            return looked_at(question, answer, verdicts, seen)

        return after([first], compared)


def looked_at(
    question: Question, answer: Answer, verdicts: Sequence[Verdict], others: Sequence[Verdict]
) -> list[Verdict]:
    """*verdicts* on *answer* after a second look by a judge that gave *others*."""
    from graders.judges.plausible import without_evidence

    unshown = without_evidence(question, verdicts, answer.text)
    left = _withheld(verdicts, unshown, NO_EVIDENCE)
    left = _withheld(left, _far_above(left, others), TOO_HIGH)
    why = too_high(question, answer, left, others)
    if why is not None:
        return _withheld(left, {v.criterion for v in left}, why)
    doubt = disagreement(question, left, others)
    return _doubted(left, others, doubt) if doubt else left


def too_high(
    question: Question, answer: Answer, verdicts: Sequence[Verdict], others: Sequence[Verdict]
) -> str | None:
    """Why the overall level of *verdicts* must not count yet, as a sentence; `None` if it may."""
    found = _overall(question, verdicts), _overall(question, others)
    one, other = found
    if one is None:
        return None
    if other is None:
        return "A second look finds nothing to judge in this answer."
    if one > other + (0 if answer.suspicious else SLACK) or one >= Level.SENIOR > other:
        levels = f"{one.label}, and a second look finds {other.label}"
        return f"The answer has no level before a person has looked: it was judged {levels}."
    return None


def disagreement(
    question: Question, verdicts: Sequence[Verdict], others: Sequence[Verdict]
) -> str | None:
    """Why two judges strongly disagree on an answer, as a sentence; `None` if they do not."""
    one, other = _overall(question, verdicts), _overall(question, others)
    if one is None or other is None:
        return None
    if abs(one - other) >= STRONG:
        levels = f"{one.label} and {other.label}"
        return f"A second look strongly disagrees: the two overall levels are {levels}."
    first, second = _dimensions(question, verdicts), _dimensions(question, others)
    name = GATE[question.kind]
    if name in first and name in second:
        low, high = sorted((first[name], second[name]))
        if low < Level.MID - 0.5 and high >= Level.SENIOR - 0.5:
            return f"A second look strongly disagrees on {name}, which decides about senior."
    return None


def _overall(question: Question, verdicts: Sequence[Verdict]) -> Level | None:
    found = overall(question.kind, _dimensions(question, verdicts))
    return None if found is None else found[0]


def _dimensions(question: Question, verdicts: Sequence[Verdict]) -> dict[str, float]:
    weights = {criterion.id: question.weight(criterion) for criterion in question.criteria}
    return dimension_levels(verdicts, weights)


def _positive(verdicts: Sequence[Verdict]) -> set[str]:
    return {v.criterion for v in verdicts if v.level is not None and v.level > Level.OFF}


def _far_above(verdicts: Sequence[Verdict], others: Sequence[Verdict]) -> set[str]:
    """Ids of the criteria of which the other judge finds much less."""
    seen = {other.criterion: other.level or Level.OFF for other in others}
    return {
        v.criterion
        for v in verdicts
        if v.level is not None and v.level > seen.get(v.criterion, Level.OFF) + CRITERION_SLACK
    }


def _withheld(verdicts: Sequence[Verdict], names: Collection[str], why: str) -> list[Verdict]:
    """*verdicts* without a level on the criteria *names*; what was said stays to be read."""
    return [
        v.model_copy(
            update={
                "level": None,
                "confidence": 0.0,
                "doubt": f"{v.doubt} {why}" if v.doubt else why,
                "reason": f"{why} (Judged {Level(v.level).label}: {v.reason})",
            }
        )
        if v.criterion in names and v.level is not None
        else v
        for v in verdicts
    ]


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
