"""How far two people agree who marked the same answers, the second without seeing the first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from graders.course import Course
from graders.gradebook import CellPlace
from graders.gradebook.reviews import Review, reviews
from graders.gradebook.sessions import session_of
from graders.levels import Level

APART = 1
"""Levels that two markers may differ by before a third decides."""


@dataclass(frozen=True)
class Agreement:
    """How two markers agree on one question.

    Attributes:
        notebook: Name of the notebook, without suffix.
        grade_id: Id of the answer cell.
        answers: How many answers have two marks.
        same: How many got the same level from both.
        near: How many got levels that differ by one at most.
        kappa: Quadratic weighted kappa of the levels; `None` where it says nothing, because both
            gave one and the same level to all.
        criteria: The same over the levels of all criteria.
        apart: The answers on which a third must decide, or has decided.
    """

    notebook: str
    grade_id: str
    answers: int
    same: int
    near: int
    kappa: float | None
    criteria: float | None
    apart: tuple[CellPlace, ...]


def agreement(course: Course, assignment: str) -> tuple[Agreement, ...]:
    """The agreement of first and second markers, by question.

    Raises:
        StoreError: If the gradebook cannot be read.
    """
    with session_of(course.db_url) as session:
        return agreement_of(reviews(session, assignment))


def agreement_of(given: Mapping[CellPlace, Sequence[Review]]) -> tuple[Agreement, ...]:
    """The agreement in these reviews, by question."""
    pairs: dict[tuple[str, str], list[tuple[Review, Review]]] = {}
    for place, of in sorted(given.items()):
        pair = first_and_second(of)
        if pair is not None:
            pairs.setdefault((place.notebook, place.grade_id), []).append(pair)
    return tuple(_of_question(*key, found) for key, found in pairs.items())


def first_and_second(given: Iterable[Review]) -> tuple[Review, Review] | None:
    """The blind mark of an answer, and the mark it is compared with; `None` unless both are there.

    That is the last one before it; if there was none yet, the first one after it.
    """
    ordered = list(given)
    second = next((one for one in ordered if one.blind), None)
    if second is None or level_of(second) is None:
        return None
    others = [one for one in ordered if not one.blind and level_of(one) is not None]
    before = [one for one in others if one.at <= second.at]
    first = before[-1] if before else next(iter(others), None)
    return None if first is None else (first, second)


def is_settled(given: Sequence[Review]) -> bool:
    """Whether no third person is needed.

    One is, where first and second marker are apart and nobody has decided since; and where the
    last mark does not count, because another one came between.
    """
    seeing = [one for one in given if not one.blind]
    if seeing and not seeing[-1].counts:
        return False
    pair = first_and_second(given)
    if pair is None or distance(*pair) <= APART:
        return True
    parties = {one.marker for one in pair}
    return any(
        one.counts and one.marker not in parties and one.at > pair[1].at for one in seeing
    )  # fmt: skip


def distance(one: Review, other: Review) -> int:
    """By how many levels two reviews differ; 0 if one has none."""
    levels = [level_of(one), level_of(other)]
    known = [int(level) for level in levels if level is not None]
    return abs(known[0] - known[1]) if len(known) == 2 else 0


def level_of(review: Review) -> Level | None:
    """The overall level that a person gave."""
    return review.score.level if review.score is not None else None


def kappa(pairs: Sequence[tuple[int, int]]) -> float | None:
    """Quadratic weighted kappa of two ratings.

    Args:
        pairs: Levels, 0 to 4, that two raters gave to the same things.

    Returns:
        1 for full agreement, 0 for what chance would give; `None` if there is nothing to compare.
    """
    if not pairs or len({level for pair in pairs for level in pair}) < 2:
        return None
    rows, columns = [one for one, _ in pairs], [other for _, other in pairs]
    observed = sum((one - other) ** 2 for one, other in pairs) / len(pairs)
    expected = sum((one - other) ** 2 for one in rows for other in columns) / len(pairs) ** 2
    return 1.0 - observed / expected


def _of_question(
    notebook: str, grade_id: str, pairs: Sequence[tuple[Review, Review]]
) -> Agreement:  # fmt: skip
    levels = [(int(level_of(a) or 0), int(level_of(b) or 0)) for a, b in pairs]
    criteria = []
    for first, second in pairs:
        before = {v.criterion: v.level for v in (first.score.verdicts if first.score else ())}
        for verdict in second.score.verdicts if second.score else ():
            was = before.get(verdict.criterion)
            if was is not None and verdict.level is not None:
                criteria.append((int(was), int(verdict.level)))
    return Agreement(
        notebook=notebook,
        grade_id=grade_id,
        answers=len(pairs),
        same=sum(a == b for a, b in levels),
        near=sum(abs(a - b) <= APART for a, b in levels),
        kappa=kappa(levels),
        criteria=kappa(criteria),
        apart=tuple(first.place for first, second in pairs if distance(first, second) > APART),
    )
