"""Which attempts count as cold: the first of a day, without help, and not written off.

A design is known cold only if it was answered so at senior or above. What does not count: a
second attempt of the day, an attempt after hints, one soon after the model answer or the rubric
was opened, a copy of the model answer or the rubric, and one's own earlier answer pasted again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, tzinfo

from rapidfuzz import fuzz

from graders.levels import Level
from graders.progress import Attempt, Look

NEEDED = 5
"""Designs known cold that make ready."""

FRESH = timedelta(days=90)
"""What was shown longer ago has to be shown again."""

STILL_FRESH_IN_MIND = timedelta(hours=12)
"""Whoever read the model answer so shortly before has not answered cold, also after midnight."""

PASTED = 90.0
"""Characters in common, in percent, from which an answer is an earlier one pasted again."""

NOT_OWN_WORDS = {
    "copied_elsewhere", "copied_model_answer", "copied_rubric", "echo", "hidden_text", "injection",
}  # fmt: skip


def local_day(at: datetime, zone: tzinfo | None = None) -> int:
    """The number of the day that *at* falls on, by the learner's clock (*zone*; else this one's)."""
    return at.astimezone(zone).toordinal()


def first_of_day(attempts: Iterable[Attempt], zone: tzinfo | None = None) -> list[Attempt]:
    """The first attempt of each day at each question, oldest first."""
    seen: set[tuple[str, int]] = set()
    first = []
    for attempt in sorted(attempts, key=lambda attempt: attempt.at):
        place = attempt.question_id, local_day(attempt.at, zone)
        if place not in seen:
            seen.add(place)
            first.append(attempt)
    return first


def cold_attempts(
    attempts: Sequence[Attempt], looks: Iterable[Look] = (), zone: tzinfo | None = None
) -> list[Attempt]:
    """The attempts that were first of their day, judged, unaided and in one's own words.

    Args:
        attempts: All attempts of the learner.
        looks: What was opened when.
        zone: Time zone of the learner; this machine's when absent.

    Returns:
        Oldest first. Whether an answer was pasted from an earlier one is not looked at here.
    """
    opened: dict[str, list[datetime]] = {}
    for look in looks:
        opened.setdefault(look.question_id, []).append(look.at)
    return [
        attempt
        for attempt in first_of_day(attempts, zone)
        if attempt.score.level is not None
        and unaided(attempt, opened.get(attempt.question_id, ()), zone)
    ]


def unaided(attempt: Attempt, opened: Iterable[datetime], zone: tzinfo | None = None) -> bool:
    """Whether nothing helped with *attempt*, given when help for its question was *opened*."""
    if not attempt.cold or attempt.hints or NOT_OWN_WORDS.intersection(attempt.score.flags):
        return False
    day = local_day(attempt.at, zone)
    return not any(
        at <= attempt.at and (local_day(at, zone) == day or attempt.at - at < STILL_FRESH_IN_MIND)
        for at in opened
    )


def known_cold(
    attempts: Sequence[Attempt],
    looks: Iterable[Look] = (),
    *,
    now: datetime,
    zone: tzinfo | None = None,
) -> dict[str, Attempt]:
    """The questions whose last cold attempt is senior or above, and that attempt.

    The last one decides: what was known in March and failed in May is not known. An attempt
    older than `FRESH` has to be shown again.

    Args:
        attempts: All attempts of the learner.
        looks: What was opened when.
        now: The current time.
        zone: Time zone of the learner; this machine's when absent.
    """
    by_question: dict[str, list[Attempt]] = {}
    for attempt in cold_attempts(attempts, looks, zone):
        if attempt.at <= now:
            by_question.setdefault(attempt.question_id, []).append(attempt)
    texts: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        if attempt.question_id in by_question:
            texts.setdefault(attempt.question_id, []).append(attempt)
    known = {}
    for question_id, cold in by_question.items():
        last = _last_own(cold, texts[question_id])
        if last is not None and _senior(last) and now - last.at <= FRESH:
            known[question_id] = last
    return known


def _senior(attempt: Attempt) -> bool:
    return attempt.score.level is not None and attempt.score.level >= Level.SENIOR


def _last_own(cold: list[Attempt], all_of_it: list[Attempt]) -> Attempt | None:
    """The last cold attempt that is no earlier answer pasted again."""
    for attempt in reversed(cold):
        if not _senior(attempt) or not pasted(attempt, all_of_it):
            return attempt
    return None


def pasted(attempt: Attempt, attempts: Iterable[Attempt]) -> bool:
    """Whether *attempt* is, nearly letter for letter, an earlier one at the same question.

    A story or a career answer is rehearsed and may come again word for word; a design may not.
    """
    if not attempt.question_id.startswith(("design/", "concept/")):
        return False
    return any(
        earlier.at < attempt.at
        and fuzz.ratio(earlier.answer, attempt.answer, score_cutoff=PASTED) >= PASTED
        for earlier in attempts
    )
