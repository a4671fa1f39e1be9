"""The progress file for an answer box that answers something in particular."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from graders.judges.base import Judge
from graders.progress import Attempt, Progress
from graders.question import load_question
from graders.study.practice import varied
from graders.study.session import AnswerSession


class NotedProgress(Progress):
    """A progress file that notes with each attempt which day or which variation it answers.

    Args:
        path: The file; `default_path()` when absent.
        daily: The date whose question of the day is answered.
        variation: Id of the changed constraint that is answered.
    """

    def __init__(
        self, path: Path | None = None, *, daily: date | None = None, variation: str | None = None
    ) -> None:
        super().__init__(path)
        self._daily, self._variation = daily, variation

    def add(self, attempt: Attempt) -> None:
        """Append *attempt*, with the note."""
        super().add(replace(attempt, daily=self._daily, variation=self._variation))


def noted_session(
    question_id: str, *, daily: date | None = None, variation: str | None = None,
    progress: Progress | None = None, folder: Path | None = None, judge: Judge | None = None,
) -> AnswerSession:  # fmt: skip
    """A session for `AnswerBox(question_id, session=...)` whose attempts carry a note.

    Args:
        question_id: The question.
        daily: The date whose question of the day it is.
        variation: Id of the changed constraint to ask it with.
        progress: The learner's file.
        folder: Where drafts lie; the working directory when absent.
        judge: Who judges; the embedded judge when absent.

    Raises:
        UsageError: If there is no such question or variation.
    """
    # A draft of its own: the answer to the plain question must not stand in the box.
    draft = f"{question_id}~{variation}" if variation else question_id
    return AnswerSession(
        varied(load_question(question_id), variation),
        grade_id=draft,
        folder=folder,
        progress=NotedProgress(
            progress.path if progress else None, daily=daily, variation=variation
        ),
        judge=judge,
    )
