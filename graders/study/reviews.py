"""When a question is due again: spaced repetition (FSRS), rated by the level that was reached."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING

from graders.levels import Level
from graders.progress import Attempt, Look
from graders.study.cold import first_of_day, unaided

if TYPE_CHECKING:
    from fsrs import Rating, Scheduler


@dataclass(frozen=True)
class Review:
    """When one question should be answered again.

    Attributes:
        question_id: The question.
        due: From when on, UTC.
        recall: Estimated chance that it would still be answered well, 0 to 1.
        last: When it was last answered, UTC.
    """

    question_id: str
    due: datetime
    recall: float
    last: datetime

    def is_due(self, now: datetime) -> bool:
        """Whether it is due at *now*."""
        return self.due <= now


@lru_cache(maxsize=1)
def _scheduler() -> Scheduler:
    from fsrs import Scheduler

    # Whole days only, and no chance: an interview question is not learnt in ten-minute steps,
    # and the same attempts must give the same plan everywhere.
    return Scheduler(
        desired_retention=0.9, learning_steps=(), relearning_steps=(),
        maximum_interval=180, enable_fuzzing=False,
    )  # fmt: skip


def rating(level: Level, *, aided: bool = False) -> Rating:
    """How well an answer of *level* was recalled: off and below not, mid with effort.

    Args:
        level: Level of the answer.
        aided: Whether something helped; what was looked up was not recalled with ease.
    """
    from fsrs import Rating

    if level <= Level.BELOW:
        return Rating.Again
    if level == Level.MID or aided:
        return Rating.Hard
    return Rating.Good if level == Level.SENIOR else Rating.Easy


def reviews(
    attempts: Sequence[Attempt],
    looks: Iterable[Look] = (),
    *,
    now: datetime,
    zone: tzinfo | None = None,
) -> list[Review]:
    """When each answered question is due, the most overdue first.

    Only the first attempt of a day counts: the second one, right after the tips, shows what was
    read and not what is remembered. Unscored attempts are left out.

    Args:
        attempts: All attempts of the learner.
        looks: What was opened when.
        now: The current time, UTC.
        zone: Time zone of the learner; this machine's when absent.
    """
    opened: dict[str, list[datetime]] = {}
    for look in looks:
        opened.setdefault(look.question_id, []).append(look.at)
    answered: dict[str, list[Attempt]] = {}
    for attempt in first_of_day((a for a in attempts if a.score.level is not None), zone):
        if attempt.at <= now:
            answered.setdefault(attempt.question_id, []).append(attempt)
    planned = [
        _planned(question_id, of_it, opened.get(question_id, []), now, zone)
        for question_id, of_it in answered.items()
    ]
    return sorted(planned, key=lambda review: (review.due, review.question_id))


def _planned(
    question_id: str, attempts: list[Attempt], opened: list[datetime], now: datetime,
    zone: tzinfo | None,
) -> Review:  # fmt: skip
    from fsrs import Card

    scheduler = _scheduler()
    # A number of its own keeps the card from taking one off the clock.
    card = Card(card_id=0, due=attempts[0].at.astimezone(UTC))
    for attempt in attempts:
        if attempt.score.level is None:
            continue
        graded = rating(attempt.score.level, aided=not unaided(attempt, opened, zone))
        card, _ = scheduler.review_card(card, graded, attempt.at.astimezone(UTC))
    recall = scheduler.get_card_retrievability(card, now.astimezone(UTC))
    return Review(question_id, card.due, float(recall), attempts[-1].at)


def due(planned: Iterable[Review], now: datetime) -> list[Review]:
    """The reviews that are due at *now*, in the order given."""
    return [review for review in planned if review.is_due(now)]


def soon(planned: Iterable[Review], now: datetime, days: int = 7) -> list[Review]:
    """The reviews that become due within *days* days after *now*."""
    return [review for review in planned if now < review.due <= now + timedelta(days=days)]
