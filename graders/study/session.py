"""Answering one question: drafts, submissions, results. Headless; widgets only show and forward."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from graders.answers import SIDECAR, Answer, AnswersFile
from graders.errors import AnswersError, SeniorkitError
from graders.grading import grade
from graders.judges.base import Judge
from graders.progress import Attempt, Progress
from graders.question import Question, load_question
from graders.score import Score, Verdict


@dataclass(frozen=True)
class Result:
    """What a submission led to.

    Attributes:
        score: The judgement.
        attempt: Which attempt at this question it was, from 1.
        before: The level label of the attempt before, or `None`.
        problem: What could not be stored, in words; the score stands all the same.
    """

    score: Score
    attempt: int
    before: str | None
    problem: str | None = None


def utc_now() -> datetime:
    """The current time."""
    return datetime.now(UTC)


def _working_folder() -> Path:
    try:
        return Path.cwd()
    except OSError:
        raise AnswersError(
            "the notebook's folder is gone", fix="Open the notebook again from where it lies now"
        ) from None


class AnswerSession:
    """One learner at one question.

    Args:
        question: The question or its id.
        grade_id: Key in the sidecar; the question's id when absent.
        folder: Where `answers.json` lies; the working directory when absent.
        progress: Where attempts are kept.
        judge: Who judges; the embedded judge when absent.
        clock: Tells the time.

    Raises:
        UsageError: If there is no such question.
    """

    def __init__(
        self,
        question: Question | str,
        *,
        grade_id: str | None = None,
        folder: Path | None = None,
        progress: Progress | None = None,
        judge: Judge | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.question = load_question(question) if isinstance(question, str) else question
        self.grade_id = grade_id or self.question.id
        self._file = AnswersFile((folder or _working_folder()) / SIDECAR)
        self._progress = progress or Progress()
        self._judge = judge
        self._clock = clock

    def saved_text(self) -> str:
        """The text as it was last saved, or "" if nothing was.

        Raises:
            AnswersError: If the sidecar cannot be read.
        """
        saved = self._file.read().get(self.grade_id)
        return saved.text if saved else ""

    def save_draft(self, text: str) -> None:
        """Save *text* without judging it.

        Raises:
            AnswersError: If it cannot be saved.
        """
        self._file.save(self.grade_id, self.question.id, text)

    def submit(self, text: str, *, preview: Callable[[Verdict], None] | None = None) -> Result:
        """Save and judge *text*, and keep the attempt.

        Args:
            text: The answer.
            preview: Told of each verdict as soon as it can be read, from another thread, where a
                language model judges and its server streams. What counts is the result.

        Raises:
            AnswersError: If the text cannot be saved; it has not been judged then.
        """
        self._file.save(self.grade_id, self.question.id, text, submitted=True)
        answer = Answer(question_id=self.question.id, text=text, source="widget")
        score = grade(self.question, answer, judge=self._told(preview))
        try:
            earlier = self._progress.attempts(self.question.id)
            self._progress.add(Attempt(self._clock(), self.question.id, text, score))
        except SeniorkitError as error:
            # A result that cannot be stored is still worth showing.
            return Result(score, 1, None, str(error))
        before = earlier[-1].score.level if earlier else None
        return Result(score, len(earlier) + 1, before.label if before is not None else None)

    def _told(self, preview: Callable[[Verdict], None] | None) -> Judge | None:
        """The judge, telling its verdicts as they come where it can."""
        if preview is None or self._judge is None or self._judge.name == "embedded":
            return self._judge
        # Imported here: the offline judge shall not wait for what it does not need.
        from graders.judges.llm.stream import streamed

        return streamed(self._judge, preview)
