"""Am I ready for a senior loop? What counts, what moves, and the next three things to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from statistics import fmean
from typing import Protocol

from graders import cards
from graders.levels import Level
from graders.progress import Attempt, Look, Mock, Progress, StoryVersion
from graders.progress.standing import Check, Direction, Gap, Latest, Readiness, Step, Trend
from graders.study.cold import FRESH, NEEDED, cold_attempts, known_cold
from graders.study.improvement import improvements
from graders.study.ladder import kept_target
from graders.study.practice import latest, pick_from, weaknesses
from graders.study.reviews import due, reviews

WHY_NOT_STAFF, LEVEL_FIT = "career/why-not-staff", "career/level-fit"
ORGANISATION, CROSS_FUNCTIONAL, MOCKS = 3, 2, 2
AT_LEVEL = {"hire", "strong hire"}
RECENT = timedelta(days=14)
MOVED = 0.2
"""Levels by which the mean has to change before it is called a trend."""
FEW = 3
POINTS = 200
"""What a chart shows; more dots than that are a cloud."""
STEPS = 3
FIRST = (
    "designs", "organisation-stories", "why-not-staff", "mocks", "cross-functional-stories",
    "level-fit",
)  # fmt: skip
"""What comes first among equal shortfalls: what takes longest to learn, and variety."""


STORIES = "notebook 13_story_bank, or seniorkit stories add"


class StoryCounts(Protocol):
    """What the story bank counts; a story told twice counts once."""

    @property
    def organisation(self) -> int:
        """Stories with impact on the organisation."""

    @property
    def cross_functional(self) -> int:
        """Stories that needed people outside of engineering."""

    @property
    def total(self) -> int:
        """All distinct stories."""


@dataclass(frozen=True)
class _None:
    """The counts of a bank without stories; no judge has to be loaded for them."""

    organisation: int = 0
    cross_functional: int = 0
    total: int = 0


CountStories = Callable[[Sequence[StoryVersion]], StoryCounts]


def _count_stories(stories: Sequence[StoryVersion]) -> StoryCounts:
    if not stories:
        return _None()
    from graders.study.stories import StoryBank

    return StoryBank(stories).counts()


def readiness(
    progress: Progress,
    *,
    now: datetime,
    zone: tzinfo | None = None,
    count_stories: CountStories = _count_stories,
) -> Readiness:
    """Where the learner stands at *now*.

    Args:
        progress: The learner's file; what is later than *now* in it does not count.
        now: The current time, UTC.
        zone: Time zone of the learner; this machine's when absent.
        count_stories: Counts the stories of the bank.

    Raises:
        StoreError: If the file cannot be read.
    """
    attempts = [attempt for attempt in progress.outlines() if attempt.at <= now]
    last = progress.last_attempts()
    looks = progress.looks()
    settings = progress.settings()
    known = known_cold(attempts, looks, now=now, zone=zone)
    checks = (
        _designs(known),
        *_stories(count_stories(progress.stories())),
        _career("why-not-staff", "“why not Staff?” at senior", WHY_NOT_STAFF, known, attempts),
        _career("level-fit", "“which level are you?” at senior", LEVEL_FIT, known, attempts),
        _mocks(progress.mocks(), now),
    )
    # A retry right after the tips hides a weakness for a day, and no longer.
    cold = cold_attempts(attempts, looks, zone)
    gaps = _gaps(cold or attempts, last)
    gains = [each.gain for each in improvements(attempts)]
    return Readiness(
        as_of=now,
        target=kept_target(settings.company, settings.level).words,
        checks=checks,
        trend=_trend(cold, now),
        gaps=gaps,
        steps=_steps(checks, gaps, attempts, looks, now, known),
        latest=_latest(attempts, last),
        attempts=len(attempts),
        gain=fmean(gains) if gains else None,
    )


def _designs(known: dict[str, Attempt]) -> Check:
    names = sorted(name for name in known if name.startswith("design/"))
    detail = (
        f"Known: {', '.join(names)}."
        if names
        else "A design counts if the first attempt of a day, unaided, is senior or above."
    )
    return Check("designs", "designs known cold", len(names), NEEDED, detail)


def _stories(counts: StoryCounts) -> tuple[Check, Check]:
    total = f"{counts.total} {'story' if counts.total == 1 else 'stories'} in the bank."
    return (
        Check("organisation-stories", "stories with impact on the organisation",
              counts.organisation, ORGANISATION, total),
        Check("cross-functional-stories", "cross-functional stories",
              counts.cross_functional, CROSS_FUNCTIONAL, total),
    )  # fmt: skip


def _career(
    name: str, title: str, question_id: str, known: dict[str, Attempt], attempts: Sequence[Attempt]
) -> Check:
    if question_id in known:
        return Check(name, title, 1, 1, f"Answered on {known[question_id].at:%d %B}, unaided.")
    last = latest(attempts).get(question_id)
    if last is None:
        detail = "Not answered yet."
    elif last.score.level is not None and last.score.level >= Level.SENIOR:
        detail = "Senior, but with help or on a second try: answer it again on another day."
    else:
        detail = f"The last answer was {cards.level_text(last.score.level)}."
    return Check(name, title, 0, 1, detail)


def _mocks(mocks: Sequence[Mock], now: datetime) -> Check:
    over = [mock for mock in mocks if mock.finished is not None and mock.finished <= now]
    at_level = [
        mock
        for mock in over
        if mock.signal in AT_LEVEL
        and mock.target >= Level.SENIOR
        and mock.finished is not None
        and now - mock.finished <= FRESH
    ]
    said = Counter(mock.signal or "no signal" for mock in over)
    listed = ", ".join(f"{count} {signal}" for signal, count in said.items())
    detail = f"Finished: {listed}." if listed else "None finished yet."
    return Check("mocks", "mock interviews at level", len(at_level), MOCKS, detail)


def _trend(cold: Sequence[Attempt], now: datetime) -> Trend:
    points = tuple((a.at, 4 * a.score.points) for a in cold if a.score.points is not None)
    recent = [level for at, level in points if now - at <= RECENT]
    before = [level for at, level in points if RECENT < now - at <= 3 * RECENT]
    if not before:
        # In the first weeks the halves are compared: two weeks are all there is.
        half = len(recent) // 2
        before, recent = recent[:half], recent[half:]
    direction: Direction = "too few answers to tell"
    if len(recent) >= FEW and len(before) >= FEW:
        moved = fmean(recent) - fmean(before)
        direction = "rising" if moved > MOVED else "falling" if moved < -MOVED else "steady"
    return Trend(
        direction,
        fmean(recent) if recent else None,
        fmean(before) if before else None,
        points[-POINTS:],
    )


def _gaps(attempts: Sequence[Attempt], last: Mapping[str, Attempt]) -> tuple[Gap, ...]:
    found = []
    for weak in weaknesses(attempts)[:STEPS]:
        tips = last[weak.question_id].score.tips
        tip = next((t.gap for t in tips if t.dimension == weak.dimension), "")
        found.append(
            Gap(weak.kind, weak.dimension, weak.level, weak.answers, weak.question_id, tip)
        )
    return tuple(found)


def _latest(attempts: Sequence[Attempt], last: Mapping[str, Attempt]) -> tuple[Latest, ...]:
    counted = Counter(attempt.question_id for attempt in attempts)
    rows = [
        Latest(
            question_id,
            attempt.at,
            None if attempt.score.points is None else 4 * attempt.score.points,
            cards.level_text(attempt.score.level),
            counted[question_id],
            attempt.score.tips[0].gap if attempt.score.tips else "",
        )
        for question_id, attempt in last.items()
    ]
    return tuple(
        sorted(rows, key=lambda row: (5.0 if row.level is None else row.level, row.question_id))
    )


def _steps(
    checks: Sequence[Check], gaps: Sequence[Gap], attempts: Sequence[Attempt],
    looks: Sequence[Look], now: datetime, known: dict[str, Attempt],
) -> tuple[Step, ...]:  # fmt: skip
    """The largest shortfalls first; then the weakest dimension, then what is due."""
    missing = sorted(
        (check for check in checks if not check.met),
        key=lambda c: (c.have / c.need, FIRST.index(c.name)),
    )
    steps = [_step_for(check, attempts, now, known) for check in missing[:STEPS]]
    for gap in gaps:
        steps.append(
            Step(
                f"Practise {gap.dimension} on {gap.question_id}",
                f"It is {gap.level:.1f} of 4 over {gap.answers} "
                f"{'answer' if gap.answers == 1 else 'answers'}. {gap.tip}".strip(),
                f"seniorkit practice --kind {gap.kind} --weakness {gap.dimension}",
            )
        )
    short = len(steps) < STEPS
    for review in due(reviews(attempts, looks, now=now), now) if short else ():
        steps.append(
            Step(
                f"Review {review.question_id}",
                f"It was answered on {review.last:%d %B}; the chance that it is still there is "
                f"about {review.recall:.0%}.",
                _box(review.question_id),
            )
        )
    steps.append(
        Step(
            "Answer the question of the day",
            "What is known stays known only if it is used.",
            "notebook 11_daily_question, or seniorkit daily",
        )
    )
    return tuple(steps[:STEPS])


def _step_for(
    check: Check, attempts: Sequence[Attempt], now: datetime, known: dict[str, Attempt]
) -> Step:
    left = f"{check.need - check.have}{' more' if check.have else ''}"
    why = f"{check.have} of {check.need} {check.title}. {check.detail}"
    if check.name == "designs":
        (chosen,) = pick_from(attempts, kind="design", besides=known, now=now)
        return Step(
            f"Answer {chosen.question_id} cold: 35 minutes, no notes, once",
            f"{check.have} of {check.need} {check.title}. {chosen.reason}",
            _box(chosen.question_id),
        )
    if check.name == "organisation-stories":
        do = f"Write {left} of your stories whose result an organisation felt, in its unit"
        return Step(do, why, STORIES)
    if check.name == "cross-functional-stories":
        do = f"Write {left} of your stories with product, design, legal or sales in them"
        return Step(do, why, STORIES)
    if check.name == "mocks":
        return Step(
            "Do a mock interview of 45 minutes",
            why,
            "notebook 12_mock_interview, or seniorkit mock --kind design",
        )
    question_id = WHY_NOT_STAFF if check.name == "why-not-staff" else LEVEL_FIT
    return Step(f"Answer {question_id} unaided", why, _box(question_id))


def _box(question_id: str) -> str:
    return (
        f'AnswerBox("{question_id}") in a notebook, or seniorkit practice --question {question_id}'
    )
