"""A learner for tests: what they answered, when, and how it was judged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from graders.answers import Answer
from graders.grading import grade
from graders.judges.scripted import ScriptedJudge
from graders.levels import Level
from graders.progress import Attempt, Look, Mock, Progress, StoryVersion, new_key
from graders.question import load_question
from graders.score import Score

MONDAY = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
WORDS = (
    "queue", "shard", "replica", "cache", "ledger", "token", "index", "stream", "quorum", "lease",
    "tenant", "region", "broker", "cursor", "digest", "budget",
)  # fmt: skip


def day(number: int, hour: int = 0) -> datetime:
    """18:00 of day *number*, from 0, plus *hour* hours."""
    return MONDAY + timedelta(days=number, hours=hour)


def own_words(number: int) -> str:
    """An answer that no other number gives."""
    return " ".join(
        WORDS[(number * 7 + n * (number % 5 + 1)) % 16] + str(number) for n in range(60)
    )


def score(question_id: str, level: Level | None, *flags: str) -> Score:
    question = load_question(question_id)
    made = grade(
        question,
        Answer(question_id=question_id, text=f"About {question.prompt} I would say a lot. " * 4),
        judge=ScriptedJudge(default=level),
    )
    return made.model_copy(
        update={
            "level": level,
            "points": None if level is None else level / 4,
            "dimensions": {}
            if level is None
            else {c.dimension: float(level) for c in question.criteria},
            "flags": flags,
        }
    )


class Learner:
    """One learner with a progress file of their own."""

    def __init__(self, path: Path) -> None:
        self.progress = Progress(path)
        self.answered = 0

    def answer(
        self, at: datetime, question_id: str, level: Level | None, *, text: str | None = None,
        flags: tuple[str, ...] = (), **notes: Any,
    ) -> Attempt:  # fmt: skip
        self.answered += 1
        attempt = Attempt(
            at, question_id, text or own_words(self.answered), score(question_id, level, *flags),
            **notes,
        )  # fmt: skip
        self.progress.add(attempt)
        return attempt

    def look(self, at: datetime, question_id: str, what: Any = "model_answer") -> None:
        self.progress.add_look(Look(at, question_id, what))

    def mock(self, at: datetime, signal: str | None, **notes: Any) -> None:
        over = {"finished": at, "signal": signal, **notes}
        self.progress.save_mock(Mock(new_key(), "design", at, at, {}, **over))

    def story(self, at: datetime, title: str, text: str = "") -> None:
        self.progress.add_story(StoryVersion(new_key(), at, title, text or title))
