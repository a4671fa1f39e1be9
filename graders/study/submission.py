"""Answering from a terminal or a notebook without a box: judged, kept, compared with before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from graders.answers import Answer
from graders.errors import StoreError, UsageError
from graders.grading import grade
from graders.judges.base import Judge
from graders.progress import Attempt, Look, Progress
from graders.question import load_question
from graders.score import Score
from graders.study.cold import local_day
from graders.study.practice import varied


@dataclass(frozen=True)
class Submission:
    """What a submission led to.

    Attributes:
        score: The judgement.
        before: The attempt before at the same question, if any.
        problem: What could not be stored, in words; the score stands all the same.
    """

    score: Score
    before: Attempt | None
    problem: str | None = None


def submit(
    progress: Progress, question_id: str, text: str, *, now: datetime,
    variation: str | None = None, day: date | None = None, judge: Judge | None = None,
    seconds: float | None = None, cold: bool = True,
) -> Submission:  # fmt: skip
    """Judge *text* and keep the attempt; a file that cannot be used never loses the judgement.

    Args:
        progress: The learner's file.
        question_id: The question.
        text: The answer.
        now: The current time, UTC.
        variation: Id of the changed constraint that was asked.
        day: The date whose daily question it answers.
        judge: Who judges; the embedded judge when absent.
        seconds: Time spent.
        cold: Whether the learner answered without notes.

    Raises:
        UsageError: If there is no such question or variation.
    """
    question = varied(load_question(question_id), variation)
    score = grade(question, Answer(question_id=question_id, text=text), judge=judge)
    before = None
    try:
        earlier = progress.attempts(question_id)
        before = earlier[-1] if earlier else None
        hints = len(_hints_today(progress, question_id, now))
        progress.add(
            Attempt(
                now, question_id, text, score, cold=cold, hints=hints, seconds=seconds,
                daily=day, variation=variation,
            )
        )  # fmt: skip
    except StoreError as error:
        return Submission(score, before, str(error))
    return Submission(score, before)


def next_hint(progress: Progress, question_id: str, *, now: datetime) -> tuple[int, str]:
    """The next step of the hint ladder today, and that it was taken is kept.

    Returns:
        Number of the step, from 1, and its text; the last one again when all were taken.

    Raises:
        UsageError: If the question has no hints.
        StoreError: If it cannot be kept.
    """
    hints = load_question(question_id).hints
    if hints is None:
        raise UsageError(f"{question_id} has no hints", fix="Answer it without")
    taken = len(_hints_today(progress, question_id, now))
    progress.add_look(Look(now, question_id, "hint"))
    step = min(taken, len(hints.ladder()) - 1)
    return step + 1, hints.ladder()[step]


def _hints_today(progress: Progress, question_id: str, now: datetime) -> list[Look]:
    return [
        look
        for look in progress.looks(question_id)
        if look.what == "hint" and local_day(look.at) == local_day(now)
    ]
