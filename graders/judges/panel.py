"""Two readers of every answer: where they disagree, a person looks."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future

from graders.answers import Answer
from graders.errors import JudgeError, UsageError
from graders.judges.ahead import JudgeAround, Submits, after
from graders.levels import Level
from graders.question import Question
from graders.score import Verdict

TOLERANCE = 1
"""Levels by which two careful people often differ on one criterion; more is a disagreement."""

DISPUTED = 0.3
"""Confidence in a verdict that the two readers dispute, or that only one of them could give."""


class PanelJudge(JudgeAround):
    """Asks two judges and reports, for each criterion, the lower of the two levels.

    The lower one is the lower median of two. It is reported because every level above *off* must
    be shown by the answer, and what one of two readers did not see is not shown; and because a
    text that talks a reader into a level then has to talk two into it.

    Args:
        first: One reader.
        second: Another one: another model, or the same with other sampling.

    Raises:
        UsageError: If both are the same, so that the second would only repeat the first.
    """

    def __init__(self, first: Submits, second: Submits) -> None:
        if (first.name, first.version) == (second.name, second.version):
            raise UsageError(
                "both readers of the panel are the same",
                where="[judge.panel]",
                fix="Give the second one another model, seed or temperature",
            )
        super().__init__(first, second)

    @property
    def name(self) -> str:
        """`panel`."""
        return "panel"

    @property
    def version(self) -> str:
        """Names and versions of both readers."""
        return " + ".join(f"{judge.name} {judge.version}" for judge in self.inner)

    def submit(self, question: Question, answer: Answer) -> Future[list[Verdict]]:
        """Begin to ask both."""
        asked = [judge.submit(question, answer) for judge in self.inner]
        return after(asked, lambda ended: _together(question, ended))


def _together(question: Question, ended: Sequence[Future[list[Verdict]]]) -> list[Verdict]:
    readings = []
    errors: list[Exception] = []
    for future in ended:
        try:
            readings.append({verdict.criterion: verdict for verdict in future.result()})
        except Exception as error:
            errors.append(error)
    if not readings:
        raise errors[0]
    if errors:
        why = errors[0].what if isinstance(errors[0], JudgeError) else type(errors[0]).__name__
        doubt = f"Only one of the two readers could judge this answer ({why})."
        return [_alone(verdict, doubt) for verdict in readings[0].values()]
    first, second = readings
    if set(first) != set(second):
        raise JudgeError("the two readers judged other criteria", where=question.id)
    return [_lower(verdict, second[name]) for name, verdict in first.items()]


def _lower(one: Verdict, other: Verdict) -> Verdict:
    """The verdict that is reported on one criterion."""
    if one.level is None or other.level is None:
        judged = other if one.level is None else one
        if judged.level is None:
            return judged
        return _alone(judged, f"Only one of the two readers could judge {one.criterion}.")
    lower, higher = (one, other) if one.level <= other.level else (other, one)
    if abs(one.level - other.level) > TOLERANCE:
        levels = f"{Level(one.level).label} and {Level(other.level).label}"
        return _alone(lower, f"Two readers disagree on {one.criterion}: {levels}.")
    return lower.model_copy(
        update={
            "confidence": (one.confidence + other.confidence) / 2,
            "doubt": lower.doubt or higher.doubt,
        }
    )


def _alone(verdict: Verdict, doubt: str) -> Verdict:
    """*verdict* without the support of the other reader."""
    sure = min(verdict.confidence, DISPUTED)
    return verdict.model_copy(update={"confidence": sure, "doubt": doubt})
