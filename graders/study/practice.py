"""What to practise next, also as a varied question; and whether practice helped.

A retry of the very same question, right after its tips, shows that the tips were read. The retry
that tells something is the question with a changed constraint: each design of the bank has some.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean

from graders.errors import UsageError
from graders.levels import DIMENSIONS, Level
from graders.progress import Attempt, Progress
from graders.question import Question, bank_ids, load_question
from graders.question.model import FollowUp
from graders.study.reviews import reviews

GOAL = Level.SENIOR


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


@dataclass(frozen=True)
class Improvement:
    """How far a question came.

    Attributes:
        question_id: The question.
        attempts: How many attempts were judged.
        first: Level of the first one, on the scale 0 to 4.
        last: Level of the last one.
        varied: Whether the last one answered a changed constraint.
    """

    question_id: str
    attempts: int
    first: float
    last: float
    varied: bool

    @property
    def gain(self) -> float:
        """Levels gained; negative if it became worse."""
        return self.last - self.first


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
        weakness: A dimension: only questions that ask for it, the lowest on it first.
        count: How many at most.
        now: The current time.

    Raises:
        UsageError: If there is no such kind, topic or dimension.
        StoreError: If the file cannot be read.
    """
    questions = _matching(kind, topic, weakness)
    attempts = progress.outlines()
    last = latest(attempts)
    planned = {review.question_id: review for review in reviews(attempts, now=now)}
    ranked: list[tuple[tuple[float, float, str], Pick]] = []
    for question in questions:
        attempt = last.get(question.id)
        rank, reason = 2.0, "You have not answered it yet."
        order = 0.0
        if attempt is not None:
            review = planned.get(question.id)
            low = _lowest(attempt, weakness)
            rank, order, reason = 3.0, attempt.at.timestamp(), "It was long ago."
            if low is not None and low[1] < GOAL - 0.25:
                rank, order = 0.0, low[1]
                reason = f"Last time {low[0]} was {Level(round(low[1])).label}."
            elif review is not None and review.is_due(now):
                rank, order, reason = 1.0, review.due.timestamp(), "It is due for review."
        variation = next_variation(question, attempts)
        ranked.append(((rank, order, question.id), Pick(question.id, variation, reason)))
    return [each for _, each in sorted(ranked, key=lambda pair: pair[0])[:count]]


def _matching(kind: str | None, topic: str | None, weakness: str | None) -> list[Question]:
    ids = [i for i in bank_ids() if kind is None or i.split("/")[0] == kind]
    if not ids:
        raise UsageError(
            f"there is no kind {str(kind)[:60]!r}", fix=f"One of: {', '.join(DIMENSIONS)}"
        )
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
    return [q for q in questions if weakness is None or _asks_for(q, weakness)]


def _asks_for(question: Question, dimension: str) -> bool:
    return any(criterion.dimension == dimension for criterion in question.criteria)


def _lowest(attempt: Attempt, dimension: str | None) -> tuple[str, float] | None:
    levels = attempt.score.dimensions
    if dimension is not None:
        return (dimension, levels[dimension]) if dimension in levels else None
    return min(levels.items(), key=lambda pair: (pair[1], pair[0]), default=None)


def improvements(attempts: Sequence[Attempt]) -> list[Improvement]:
    """How far each question came that was answered more than once, largest gain first."""
    judged: dict[str, list[Attempt]] = {}
    for attempt in sorted(attempts, key=lambda attempt: attempt.at):
        if attempt.score.points is not None:
            judged.setdefault(attempt.question_id, []).append(attempt)
    found = [
        Improvement(
            question_id,
            len(mine),
            4 * (mine[0].score.points or 0.0),
            4 * (mine[-1].score.points or 0.0),
            mine[-1].variation is not None,
        )
        for question_id, mine in judged.items()
        if len(mine) > 1
    ]
    return sorted(found, key=lambda each: (-each.gain, each.question_id))
