"""Answering one question: drafts, submissions, help. Headless; widgets only show and forward."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from graders.answers import SIDECAR, Answer, AnswersFile
from graders.errors import AnswersError, JudgeError, StoreError, UsageError
from graders.judges.base import Judge
from graders.judges.factory import judge_named
from graders.progress import Look, Progress
from graders.question import Question, load_question
from graders.question.model import ModelAnswers
from graders.score import Score, Verdict
from graders.study.submission import Submission, hints_taken, judged

NO_ATTEMPT = frozenset({"empty", "junk", "too_short", "echo"})
"""Flags of an answer that earns no look at the model answer."""


@dataclass(frozen=True)
class Draft:
    """The answer as the sidecar holds it.

    Attributes:
        text: The text.
        revision: Another one after each save, by whichever tab or notebook; "" before the first.
    """

    text: str = ""
    revision: str = ""


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
        daily: The date whose question of the day is answered.
        variation: Id of the changed constraint that *question* is asked with.

    Attributes:
        draft: What this session saved last.

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
        daily: date | None = None,
        variation: str | None = None,
    ) -> None:
        self.question = load_question(question) if isinstance(question, str) else question
        self.grade_id = grade_id or self.question.id
        self.variation = variation
        self._file = AnswersFile((folder or _working_folder()) / SIDECAR)
        self._progress = progress or Progress()
        self._judge = judge
        self._clock = clock
        self._daily = daily
        self.draft = Draft()
        self._unkept_hints = 0
        self._attempted = False

    @property
    def place(self) -> str:
        """What tells this answer from all others on this machine."""
        return f"{self._file.path}#{self.grade_id}"

    def saved(self) -> Draft:
        """The answer as it was last saved.

        Raises:
            AnswersError: If the sidecar cannot be read.
        """
        entry = self._file.read().get(self.grade_id)
        return Draft(entry.text, entry.saved_at.isoformat()) if entry else Draft()

    def warm_up(self) -> None:
        """Load what the embedded judge needs, so that the first answer is judged at once."""
        if self._judge is None:
            answer = Answer(question_id=self.question.id, text=self.question.prompt)
            with suppress(JudgeError):
                judge_named("embedded").judge(self.question, answer)

    def saved_text(self) -> str:
        """The text as it was last saved, or "" if nothing was.

        Raises:
            AnswersError: If the sidecar cannot be read.
        """
        return self.saved().text

    def newer(self, text: str, base: str) -> Draft | None:
        """What another tab or notebook has saved since *base*, if saving *text* would undo it.

        Args:
            text: What is about to be saved.
            base: The revision that it grew out of.

        Raises:
            AnswersError: If the sidecar cannot be read.
        """
        saved = self.saved()
        return saved if saved.revision != base and saved.text not in ("", text) else None

    def save_draft(self, text: str) -> Draft:
        """Save *text* without judging it.

        Raises:
            AnswersError: If it cannot be saved.
        """
        return self._save(text, submitted=False)

    def submit(
        self, text: str, *, seconds: float | None = None,
        preview: Callable[[Verdict], None] | None = None,
    ) -> Submission:  # fmt: skip
        """Save and judge *text*, and keep the attempt.

        Args:
            text: The answer.
            seconds: Time spent on it.
            preview: Told of each verdict as soon as it can be read, from another thread, where a
                language model judges and its server streams. What counts is the result.

        Raises:
            AnswersError: If the text cannot be saved; it has not been judged then.
        """
        self._save(text, submitted=True)
        done = judged(
            self._progress, self.question,
            Answer(question_id=self.question.id, text=text, source="widget"),
            now=self._clock(), variation=self.variation, day=self._daily,
            judge=self._told(preview), seconds=seconds,
        )  # fmt: skip
        self._attempted = self._attempted or _tried(done.score)
        return done

    def hints(self) -> tuple[str, ...]:
        """The hints that were taken today, weakest first.

        Raises:
            StoreError: If the progress file cannot be read.
        """
        return self._ladder()[: self._taken()]

    def next_hint(self) -> tuple[str, ...]:
        """Take one more step of the ladder: all hints taken today, the new one last.

        Raises:
            StoreError: If it cannot be kept that it was taken; `hints` gives it all the same.
        """
        with suppress(StoreError):
            if self._taken() >= len(self._ladder()):
                return self.hints()
        self._unkept_hints += 1
        self._progress.add_look(Look(self._clock(), self.question.id, "hint"))
        self._unkept_hints -= 1
        return self.hints()

    def attempted(self) -> bool:
        """Whether there is an attempt at the question that earns a look at the model answer.

        Raises:
            StoreError: If the progress file cannot be read.
        """
        return self._attempted or any(
            _tried(attempt.score) for attempt in self._progress.attempts(self.question.id)
        )

    def model_answers(self) -> ModelAnswers:
        """The model answers; that they were opened is kept, where it can be.

        Raises:
            UsageError: If the question has none, or has not been attempted.
            StoreError: If it cannot be known whether it has been attempted.
        """
        answers = self.question.model_answers
        if answers is None:
            raise UsageError(f"{self.question.id} has no model answers", fix="Use the tips")
        if not self._attempted and not self.attempted():
            raise UsageError("the model answer opens after an attempt", fix="Answer it first")
        # A file that keeps no looks keeps no attempts that could be taken for cold either.
        with suppress(StoreError):
            self._progress.add_look(Look(self._clock(), self.question.id, "model_answer"))
        return answers

    def _save(self, text: str, *, submitted: bool) -> Draft:
        entry = self._file.save(self.grade_id, self.question.id, text, submitted=submitted)
        self.draft = Draft(text, entry.saved_at.isoformat())
        return self.draft

    def _ladder(self) -> tuple[str, ...]:
        return self.question.hints.ladder() if self.question.hints else ()

    def _taken(self) -> int:
        try:
            kept = hints_taken(self._progress, self.question.id, now=self._clock())
        except StoreError:
            if not self._unkept_hints:
                raise
            kept = 0
        return kept + self._unkept_hints

    def _told(self, preview: Callable[[Verdict], None] | None) -> Judge | None:
        """The judge, telling its verdicts as they come where it can."""
        if preview is None or self._judge is None or self._judge.name == "embedded":
            return self._judge
        # Imported here: the offline judge shall not wait for what it does not need.
        from graders.judges.llm.stream import streamed

        return streamed(self._judge, preview)


def _tried(score: Score) -> bool:
    """Whether somebody tried, successfully or not; what no judge could read was tried as well."""
    return not NO_ATTEMPT.intersection(score.flags)
