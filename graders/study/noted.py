"""The session of an answer box that answers something in particular."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from graders.judges.base import Judge
from graders.progress import Progress
from graders.question import load_question
from graders.study.practice import varied
from graders.study.session import AnswerSession


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
    return AnswerSession(
        varied(load_question(question_id), variation),
        # A draft of its own: the answer to the plain question must not stand in the box.
        grade_id=f"{question_id}~{variation}" if variation else question_id,
        folder=folder,
        progress=progress,
        judge=judge,
        daily=daily,
        variation=variation,
    )
