"""Answering a question, with a box or without: judged, kept, compared with before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from graders.answers import Answer
from graders.errors import StoreError, UsageError
from graders.grading import grade
from graders.judges.base import Judge
from graders.progress import Attempt, Look, Progress
from graders.question import Question, load_question
from graders.score import Score
from graders.study.cold import local_day
from graders.study.practice import varied


@dataclass(frozen=True)
class Submission:
    """What a submission led to.

    Attributes:
        score: The judgement.
        before: The attempt before at the same question, if any.
        attempt: Which attempt at this question it was, from 1.
        problem: What could not be stored, in words; the score stands all the same.
    """

    score: Score
    before: Attempt | None
    attempt: int = 1
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
    answer = Answer(question_id=question.id, text=text)
    return judged(
        progress, question, answer, now=now, variation=variation, day=day, judge=judge,
        seconds=seconds, cold=cold,
    )  # fmt: skip


def judged(
    progress: Progress, question: Question, answer: Answer, *, now: datetime,
    variation: str | None = None, day: date | None = None, judge: Judge | None = None,
    seconds: float | None = None, cold: bool = True,
) -> Submission:  # fmt: skip
    """The same for a *question* as it was asked: of the bank, with its change, or one's own."""
    score = grade(question, answer, judge=judge)
    earlier: list[Attempt] = []
    try:
        earlier = progress.attempts(question.id)
        hints = hints_taken(progress, question.id, now=now)
        progress.add(
            Attempt(
                now, question.id, answer.text, score, cold=cold, hints=hints, seconds=seconds,
                daily=day, variation=variation,
            )
        )  # fmt: skip
    except StoreError as error:
        return Submission(score, _last(earlier), len(earlier) + 1, str(error))
    return Submission(score, _last(earlier), len(earlier) + 1)


def _last(attempts: list[Attempt]) -> Attempt | None:
    return attempts[-1] if attempts else None


def next_hint(
    progress: Progress, question: Question | str, *, now: datetime
) -> tuple[int, str]:  # fmt: skip
    """The next step of the hint ladder today, and that it was taken is kept.

    Returns:
        Number of the step, from 1, and its text; the last one again when all were taken.

    Raises:
        UsageError: If the question has no hints.
        StoreError: If it cannot be kept.
    """
    if isinstance(question, str):
        question = load_question(question)
    if question.hints is None:
        raise UsageError(f"{question.id} has no hints", fix="Answer it without")
    taken = hints_taken(progress, question.id, now=now)
    progress.add_look(Look(now, question.id, "hint"))
    ladder = question.hints.ladder()
    step = min(taken, len(ladder) - 1)
    return step + 1, ladder[step]


def hints_taken(progress: Progress, question_id: str, *, now: datetime) -> int:
    """How many hints of the question were taken today.

    Raises:
        StoreError: If the file cannot be read.
    """
    today = local_day(now)
    return sum(
        look.what == "hint" and local_day(look.at) == today for look in progress.looks(question_id)
    )
