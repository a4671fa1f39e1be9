"""A judge whose levels are mapped to people's, as far as labelled answers show how."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future

from graders.answers import Answer
from graders.errors import UsageError
from graders.judges.ahead import JudgeAround, Submits, after
from graders.judges.calibration import Calibration
from graders.levels import Level
from graders.question import Question
from graders.score import Verdict


class CalibratedJudge(JudgeAround):
    """Maps each verdict's level; the reason tells what the level was before.

    *Off* stays *off*: no mark without a quote, whatever the averages are. What could not be
    judged still could not be judged.

    Args:
        judge: Whose levels are mapped.
        calibration: The map, measured on this very version of the judge.

    Raises:
        UsageError: If it was measured on another judge or another version.
    """

    def __init__(self, judge: Submits, calibration: Calibration) -> None:
        measured = (calibration.judge, calibration.version)
        if measured != (judge.name, judge.version):
            raise UsageError(
                f"the calibration was measured on {' '.join(measured)!r}, "
                f"but the judge is {judge.name} {judge.version!r}",
                where="[judge] calibrated",
                fix="Measure again with: seniorkit bench levels --judge llm",
            )
        super().__init__(judge)
        self.calibration = calibration

    @property
    def name(self) -> str:
        """The inner judge's."""
        return self.inner[0].name

    @property
    def version(self) -> str:
        """The inner judge's, and the fingerprint of the map."""
        return f"{self.inner[0].version}, calibrated {self.calibration.digest}"

    def submit(self, question: Question, answer: Answer) -> Future[list[Verdict]]:
        """Begin to judge; the levels are mapped as the verdicts come."""

        def mapped(ended: Sequence[Future[list[Verdict]]]) -> list[Verdict]:
            return [self._mapped(question, verdict) for verdict in ended[0].result()]

        return after([self.inner[0].submit(question, answer)], mapped)

    def _mapped(self, question: Question, verdict: Verdict) -> Verdict:
        if verdict.level is None:
            return verdict
        raw = Level(verdict.level)
        level = self.calibration.level(question.kind, verdict.dimension, raw)
        if level == raw:
            return verdict
        note = f"(The model said {raw.label}; people find such answers {level.label}.)"
        reason = f"{verdict.reason} {note}".strip()
        return verdict.model_copy(update={"level": level, "reason": reason})
