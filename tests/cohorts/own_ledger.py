"""Marks worked out a second time, from what was handed in, by other arithmetic than the kit's.

Nothing here calls the kit's scoring: levels come from the judge or from a person, sums are exact
fractions, and what lateness costs is counted in whole days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction

from graders.answers import Answer
from graders.errors import JudgeError
from graders.judges.base import Judge
from graders.judges.gates import inspect
from graders.levels import DIMENSIONS, GATE, Level
from graders.question import Question
from tests.cohorts.course import WORTH

SENIOR = Fraction(3)
"""The level that earns all marks."""


def share(question: Question, levels: Mapping[str, Level]) -> Fraction:
    """The share of the marks that levels earn: the rule of the documentation, in fractions."""
    by_dimension: dict[str, list[tuple[Fraction, int]]] = {}
    for criterion in question.criteria:
        usual = DIMENSIONS[question.kind][criterion.dimension]
        weight = Fraction(str(usual if criterion.weight is None else criterion.weight))
        by_dimension.setdefault(criterion.dimension, []).append((weight, levels[criterion.id]))
    means = {
        dimension: sum(weight * level for weight, level in of) / sum(weight for weight, _ in of)
        for dimension, of in by_dimension.items()
    }
    weights = {name: Fraction(str(DIMENSIONS[question.kind][name])) for name in means}
    mean = sum(weights[name] * means[name] for name in means) / sum(weights.values())
    judgment = means.get(GATE[question.kind])
    if judgment is not None and judgment < Fraction(3, 2):
        mean = min(mean, Fraction(2))
    elif judgment is not None and judgment < Fraction(5, 2):
        mean = min(mean, SENIOR)
    return min(Fraction(1), mean / SENIOR)


def points(question: Question, levels: Mapping[str, Level], worth: float) -> float:
    """The points, not rounded."""
    return float(share(question, levels) * Fraction(worth))


@dataclass
class Judged:
    """What the judge says of each text, asked directly."""

    judge: Judge
    _known: dict[tuple[str, str], float | None] = field(default_factory=dict)

    def points(self, question: Question, text: str | None, worth: float) -> float | None:
        """Its points; nothing for no answer, and `None` if the judge cannot say."""
        if text is None:
            return 0.0
        key = (question.digest, text)
        if key not in self._known:
            self._known[key] = self._asked(question, text, worth)
        return self._known[key]

    def _asked(self, question: Question, text: str, worth: float) -> float | None:
        read = inspect(question, text).document.raw
        try:
            verdicts = self.judge.judge(question, Answer(question_id=question.id, text=read))
        except JudgeError:
            return None
        levels = {v.criterion: v.level for v in verdicts if v.level is not None}
        assert set(levels) == {criterion.id for criterion in question.criteria}
        return points(question, levels, worth)


@dataclass
class Line:
    """One learner's work in one week.

    Attributes:
        answers: Cell -> text; `None` for a cell that was left as it was.
        handed: When the work that counts was handed in.
        due: When it was due for this learner.
        given: Cell -> points that a person gave.
    """

    answers: dict[str, str | None]
    handed: datetime
    due: datetime
    given: dict[str, float] = field(default_factory=dict)

    def total(self, questions: Mapping[str, Question], judged: Judged) -> float:
        """The points that count: a person's before the judge's, then what lateness costs."""
        marks = {
            cell: self.given.get(cell, judged.points(questions[cell], text, WORTH[cell]))
            for cell, text in self.answers.items()
        }
        assert None not in marks.values(), "somebody should have marked that"
        whole = sum(mark for mark in marks.values() if mark is not None)
        return whole * (10 - min(10, self.days_late)) / 10

    @property
    def days_late(self) -> int:
        """Days that have begun since the due time."""
        late = self.handed - self.due
        return 0 if late.total_seconds() <= 0 else -(-late // timedelta(days=1))
