"""The question of the day: the same on every machine, none twice before all have been asked."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from graders.errors import UsageError
from graders.levels import Level
from graders.progress import Attempt, Progress
from graders.question import bank_ids, load_question
from graders.study.practice import latest
from graders.study.reviews import Review, due, reviews

WEAK, DUE, FOCUS = 2.0, 2.0, 2.0
"""How many times as likely a question comes early if its topic is weak, due, or asked for."""


@dataclass(frozen=True)
class Daily:
    """The question of one day for one learner.

    Attributes:
        day: The date.
        question_id: The question.
        reason: Why this one, as a sentence.
        changes: When the next one comes: midnight of the learner's clock.
        done: Whether it has been answered.
        streak: Days in a row, up to yesterday or today, with an answered daily question.
        due: What else is due for review, most overdue first.
    """

    day: date
    question_id: str
    reason: str
    changes: datetime
    done: bool
    streak: int
    due: tuple[Review, ...] = ()

    def until(self, now: datetime) -> str:
        """How long the question still stands, in words."""
        minutes = max(0, int((self.changes - now).total_seconds() // 60))
        return f"changes at midnight, in {minutes // 60} h {minutes % 60:02d} min"


def question_of_the_day(day: date, who: str = "", *, among: Sequence[str] | None = None) -> str:
    """The id of the question for *day*, by the calendar alone.

    The bank is shuffled once for each round through it, by the name and the round alone, so the
    same day and name give the same question everywhere.

    Args:
        day: The date; the question changes at midnight of the reader's own clock.
        who: A learner's name, or a cohort's so that all of it get the same question.
        among: Ids to choose from; the design questions when absent.

    Raises:
        UsageError: If there is nothing to choose from.
    """
    ids = _choice(among)
    turn, place = divmod(day.toordinal(), len(ids))
    order = random.Random(f"seniorkit:{who}:{turn}").sample(ids, len(ids))
    if turn and len(ids) > 1:
        last = random.Random(f"seniorkit:{who}:{turn - 1}").sample(ids, len(ids))[-1]
        if order[0] == last:
            # A new round must not begin with the question that ended the round before.
            order[0], order[1] = order[1], order[0]
    return order[place]


def _choice(among: Sequence[str] | None) -> list[str]:
    ids = sorted(among if among is not None else (i for i in bank_ids() if i.startswith("design/")))
    if not ids:
        raise UsageError("there is no question to choose from", fix="Give at least one id")
    return ids


def daily(
    progress: Progress, *, now: datetime, day: date | None = None, name: str | None = None,
    cohort: str | None = None, among: Sequence[str] | None = None, zone: tzinfo | None = None,
) -> Daily:  # fmt: skip
    """The question of the day for this learner, or for their cohort.

    A cohort's depends on date and cohort alone. A learner's depends on date, name and what was
    answered before that day, so answering it does not change it.

    Args:
        progress: The learner's file.
        now: The current time.
        day: The date; today when absent.
        name: The learner's name; that of the settings when absent.
        cohort: Name of a study group; that of the settings when absent, "" for none.
        among: Ids to choose from; the design questions when absent.
        zone: Time zone of the learner; this machine's when absent.

    Raises:
        UsageError: If there is nothing to choose from.
        StoreError: If the file cannot be read.
    """
    settings = progress.settings()
    name = settings.name if name is None else name
    cohort = settings.cohort if cohort is None else cohort
    day = day or now.astimezone(zone).date()
    begins = _midnight(day, zone)
    attempts = progress.outlines()
    ids = _choice(among)
    before = [attempt for attempt in attempts if attempt.at < begins]
    planned = reviews(before, progress.looks(), now=begins, zone=zone)
    if cohort:
        asked = question_of_the_day(day, f"cohort:{cohort}", among=ids)
        reason = f"Everybody in {cohort} has this question today."
    else:
        weights = _weights(ids, before, planned, begins, settings.focus)
        asked, reason = _for_learner(day, name, ids, before, weights)
    answered = {a.daily for a in attempts if a.daily is not None and a.score.level is not None}
    return Daily(
        day=day,
        question_id=asked,
        reason=reason,
        changes=_midnight(day + timedelta(days=1), zone),
        done=any(a.daily == day and a.question_id == asked for a in attempts),
        streak=streak(answered, day),
        due=tuple(r for r in due(planned, begins) if r.question_id != asked),
    )


def _for_learner(
    day: date, who: str, ids: Sequence[str], attempts: Sequence[Attempt],
    weights: Mapping[str, _Weight],
) -> tuple[str, str]:  # fmt: skip
    asked = _drawn(day, who, ids, attempts, weights)
    return asked, _reason(asked, weights)


def _midnight(day: date, zone: tzinfo | None) -> datetime:
    # `astimezone` of a naive time takes it for local time, also across a change of clocks.
    naive = datetime.combine(day, time())
    return (naive.replace(tzinfo=zone) if zone else naive.astimezone()).astimezone(UTC)


@dataclass(frozen=True)
class _Weight:
    value: float
    weak: bool
    due: bool


def _weights(
    ids: Sequence[str], attempts: Sequence[Attempt], planned: Sequence[Review], now: datetime,
    focus: Sequence[str],
) -> dict[str, _Weight]:  # fmt: skip
    """How early each question should come: more for weak topics, due reviews, and wishes."""
    topics = {question_id: load_question(question_id).topic for question_id in ids}
    judged = latest(attempts)
    of_topic: dict[str, list[int]] = {}
    for question_id, attempt in judged.items():
        if question_id in topics and attempt.score.level is not None:
            of_topic.setdefault(topics[question_id], []).append(attempt.score.level)
    is_due = {review.question_id for review in due(planned, now)}
    weights = {}
    for question_id, topic in topics.items():
        levels = of_topic.get(topic, [])
        weak = bool(levels) and sum(levels) / len(levels) < Level.SENIOR
        wished = topic in focus or question_id.split("/")[0] in focus
        value = (WEAK if weak else 1) * (DUE if question_id in is_due else 1)
        weights[question_id] = _Weight(
            value * (FOCUS if wished else 1), weak, question_id in is_due
        )
    return weights


def _drawn(
    day: date, who: str, ids: Sequence[str], attempts: Sequence[Attempt],
    weights: Mapping[str, _Weight],
) -> str:  # fmt: skip
    """The question drawn for *day* among those that this round has not asked yet."""
    asked: set[str] = set()
    turn, last = 0, None
    for attempt in sorted((a for a in attempts if a.daily and a.question_id in ids), key=_when):
        if len(asked) == len(ids):
            turn, asked = turn + 1, set()
        asked.add(attempt.question_id)
        last = attempt
    if len(asked) == len(ids):
        turn, asked = turn + 1, set()
    if last is None:
        # Nothing answered yet: by the calendar, so that a skipped day brings another question.
        return question_of_the_day(day, who, among=ids)
    rest = [i for i in ids if i not in asked and (i != last.question_id or len(ids) == 1)]

    # Weighted order without repetition: the largest of u^(1/weight), as Efraimidis and Spirakis.
    def place(question_id: str) -> float:
        chance = random.Random(f"seniorkit:{who}:{turn}:{question_id}").random()
        return float(chance ** (1 / weights[question_id].value))

    order = sorted(rest, key=lambda question_id: (-place(question_id), question_id))
    skipped = max(0, (day - (last.daily or day)).days - 1)
    return order[skipped % len(order)]


def _when(attempt: Attempt) -> datetime:
    return attempt.at


def _reason(question_id: str, weights: Mapping[str, _Weight]) -> str:
    weight = weights[question_id]
    topic = load_question(question_id).topic
    if weight.due:
        return "It is due for review."
    if weight.weak:
        return f"Answers about {topic} have stayed below senior so far."
    return "Each question comes once before any comes again, and this one has not come yet."


def streak(days: set[date], today: date) -> int:
    """Days in a row with an answer, ending today, or yesterday while today is still open.

    Only what was done is counted; nothing is said about days that were missed.
    """
    day = today if today in days else today - timedelta(days=1)
    count = 0
    while day in days:
        count, day = count + 1, day - timedelta(days=1)
    return count
