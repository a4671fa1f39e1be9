"""What to practise next, also as a varied question.

A retry of the very same question, right after its tips, shows that the tips were read. The retry
that tells something is the question with a changed constraint: each design of the bank has some.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean

from graders.errors import UsageError
from graders.levels import DIMENSIONS, Level
from graders.progress import Attempt, Progress
from graders.question import Question, bank_ids, load_question
from graders.question.model import FollowUp
from graders.study.reviews import Review, reviews

GOAL = Level.SENIOR

OFTEN = (
    "design/news-feed", "design/url-shortener", "design/chat", "design/rate-limiter",
    "design/video-streaming", "design/distributed-cache", "design/ride-hailing",
    "design/web-crawler", "design/collaborative-docs", "design/payments",
)  # fmt: skip
"""The designs that most of 16 published lists hold, the most frequent first: where to begin."""


@dataclass(frozen=True)
class Weakness:
    """A dimension and how the learner does on it.

    Attributes:
        kind: Kind of the questions.
        dimension: The dimension.
        level: Mean level, 0 to 4, over the last attempt at each question.
        answers: How many questions that is.
        question_id: The question on which it was lowest.
    """

    kind: str
    dimension: str
    level: float
    answers: int
    question_id: str


@dataclass(frozen=True)
class Pick:
    """A question to practise.

    Attributes:
        question_id: The question.
        variation: Id of the changed constraint to ask it with; `None` for the plain question.
        reason: Why this one, as a sentence for the learner.
    """

    question_id: str
    variation: str | None
    reason: str


def latest(attempts: Sequence[Attempt]) -> dict[str, Attempt]:
    """The last judged attempt at each question."""
    judged = [attempt for attempt in attempts if attempt.score.points is not None]
    return {attempt.question_id: attempt for attempt in sorted(judged, key=lambda a: a.at)}


def weaknesses(attempts: Sequence[Attempt], kind: str | None = None) -> list[Weakness]:
    """The dimensions on which the last attempts stay below senior, weakest first."""
    found: dict[tuple[str, str], list[tuple[float, str]]] = {}
    for question_id, attempt in latest(attempts).items():
        own = question_id.split("/")[0]
        if kind is None or own == kind:
            for dimension, level in attempt.score.dimensions.items():
                found.setdefault((own, dimension), []).append((level, question_id))
    weak = [
        Weakness(own, name, fmean(level for level, _ in levels), len(levels), min(levels)[1])
        for (own, name), levels in found.items()
    ]
    return sorted(
        (w for w in weak if w.level < GOAL - 0.25), key=lambda w: (w.level, w.kind, w.dimension)
    )


def changes(question: Question) -> tuple[FollowUp, ...]:
    """The changed constraints of *question*, in the order of the bank."""
    return tuple(each for each in question.follow_ups if each.constraint_change)


def next_variation(question: Question, attempts: Sequence[Attempt]) -> str | None:
    """The changed constraint for the next attempt: the one asked least so far.

    `None`, the plain question, before anything was answered and if the question has no variation.
    """
    mine = [attempt for attempt in attempts if attempt.question_id == question.id]
    if not mine:
        return None
    asked = Counter(attempt.variation for attempt in mine)
    names = [change.id for change in changes(question)]
    return min(names, key=lambda name: (asked[name], names.index(name)), default=None)


def varied(question: Question, variation: str | None) -> Question:
    """*question* with the changed constraint in its prompt; it is judged by the same criteria.

    Raises:
        UsageError: If the question has no such change.
    """
    if variation is None:
        return question
    for change in changes(question):
        if change.id == variation:
            prompt = (
                f"{question.prompt}\n\nThis time with a change: {change.ask} "
                "Answer the whole question for the changed problem."
            )
            return question.model_copy(update={"prompt": prompt})
    names = ", ".join(change.id for change in changes(question)) or "none"
    raise UsageError(
        f"{question.id} has no variation {variation[:60]!r}", fix=f"Its variations: {names}"
    )


def pick(
    progress: Progress,
    *,
    kind: str | None = None,
    topic: str | None = None,
    weakness: str | None = None,
    count: int = 1,
    now: datetime,
) -> list[Pick]:
    """What to practise next, best first.

    What was answered below senior on the weak dimension comes first, then what is due, then what
    is new, then the rest by how long ago it was. What was answered before comes varied.

    Args:
        progress: The learner's file.
        kind: Only questions of this kind.
        topic: Only questions of this topic.
        weakness: A dimension: only questions that ask for it, the lowest on it first; of the new
            ones, those in which it weighs most.
        count: How many at most.
        now: The current time.

    Raises:
        UsageError: If there is no such kind, topic or dimension.
        StoreError: If the file cannot be read.
    """
    attempts = progress.outlines()
    return pick_from(attempts, kind=kind, topic=topic, weakness=weakness, count=count, now=now)


def pick_from(
    attempts: Sequence[Attempt],
    *,
    kind: str | None = None,
    topic: str | None = None,
    weakness: str | None = None,
    besides: Collection[str] = (),
    count: int = 1,
    now: datetime,
) -> list[Pick]:
    """`pick`, from *attempts* that were read already, without the questions in *besides*.

    Raises:
        UsageError: If there is no such kind, topic or dimension.
    """
    last = latest(attempts)
    planned = {review.question_id: review for review in reviews(attempts, now=now)}
    ranked = []
    for question_id, weight in _matching(kind, topic, weakness).items():
        if question_id in besides:
            continue
        rank, order, reason = 2.0, -weight, "You have not answered it yet."
        attempt = last.get(question_id)
        if attempt is not None:
            rank, order, reason = _again(attempt, planned.get(question_id), weakness, now)
        ranked.append((rank, order, _usual(question_id), question_id, reason))
    return [
        Pick(question_id, next_variation(load_question(question_id), attempts), reason)
        for *_, question_id, reason in sorted(ranked)[:count]
    ]


def _usual(question_id: str) -> tuple[int, int]:
    """Place among questions that are as good: designs first, and what is asked most often."""
    kinds, kind = list(DIMENSIONS), question_id.split("/")[0]
    often = OFTEN.index(question_id) if question_id in OFTEN else len(OFTEN)
    return kinds.index(kind) if kind in kinds else len(kinds), often


def _again(
    attempt: Attempt, review: Review | None, weakness: str | None, now: datetime
) -> tuple[float, float, str]:
    """Rank, order within it, and reason to answer a question once more."""
    low = _lowest(attempt, weakness)
    if low is not None and low[1] < GOAL - 0.25:
        name = low[0].replace("-", " ")
        return 0.0, low[1], f"Last time {name} was {Level(round(low[1])).label}."
    if review is not None and review.is_due(now):
        return 1.0, review.due.timestamp(), "It is due for review."
    return 3.0, attempt.at.timestamp(), "It was long ago."


def _matching(kind: str | None, topic: str | None, weakness: str | None) -> dict[str, float]:
    """Id of each question that fits -> share of the weak dimension in it; 0 without one."""
    ids = [i for i in bank_ids() if kind is None or i.split("/")[0] == kind]
    if not ids:
        raise UsageError(
            f"there is no kind {str(kind)[:60]!r}", fix=f"One of: {', '.join(DIMENSIONS)}"
        )
    if topic is None and weakness is None:
        return dict.fromkeys(ids, 0.0)  # nothing to look up: reading a question takes 10 ms
    questions = [load_question(i) for i in ids]
    topics = sorted({question.topic for question in questions})
    if topic is not None and topic not in topics:
        raise UsageError(f"there is no topic {topic[:60]!r}", fix=f"One of: {', '.join(topics)}")
    questions = [q for q in questions if topic is None or q.topic == topic]
    names = sorted({criterion.dimension for q in questions for criterion in q.criteria})
    if weakness is not None and weakness not in names:
        raise UsageError(
            f"none of these questions asks for {weakness[:60]!r}", fix=f"One of: {', '.join(names)}"
        )
    shares = {question.id: _share(question, weakness) for question in questions}
    # In tenths: a hundredth more of it is no reason to prefer a question.
    return {name: round(share, 1) for name, share in shares.items() if share or weakness is None}


def _share(question: Question, dimension: str | None) -> float:
    """The share of the criteria's weight that is about *dimension*."""
    weights = [(question.weight(c), c.dimension == dimension) for c in question.criteria]
    return sum(weight for weight, own in weights if own) / sum(weight for weight, _ in weights)


def _lowest(attempt: Attempt, dimension: str | None) -> tuple[str, float] | None:
    levels = attempt.score.dimensions
    if dimension is not None:
        return (dimension, levels[dimension]) if dimension in levels else None
    return min(levels.items(), key=lambda pair: (pair[1], pair[0]), default=None)
