"""Writes a person's mark into the gradebook: mark, comment, review, appeal and trail, or nothing.

The mark goes where formgrader keeps a person's marks, so both show the same, and grading again
never touches it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from graders import cards
from graders.cohorts.agreement import APART, distance, first_and_second
from graders.cohorts.items import ReviewItem
from graders.errors import StoreError, UsageError
from graders.gradebook import CellPlace, Penalty
from graders.gradebook.appeals import Appeal, close
from graders.gradebook.audit import AuditLine, last, notice, now, record, settle
from graders.gradebook.notices import notify, withdraw
from graders.gradebook.reviews import Review, drop, reviews, save, version
from graders.gradebook.standing import CellState, cell, write
from graders.gradebook.stored import stored_answers
from graders.grading import score_by_person
from graders.levels import Level
from graders.question import Question
from graders.score import Score, marks

Action = Literal["accepted", "changed", "appeal"]

MAX_COMMENT = 10_000


@dataclass(frozen=True)
class Mark:
    """A mark that a person gives.

    Attributes:
        marker: Who gives it.
        action: What it does to the mark that stood.
        points: In points of the assignment.
        score: The score behind it; `None` where points were given.
        comment: The person's own words.
    """

    marker: str
    action: Action
    points: float
    score: Score | None
    comment: str = ""


@dataclass(frozen=True)
class Written:
    """What was written, with all that is needed to take it back.

    Attributes:
        before: The cell before.
        given: The reviews of it before.
        seen: Fingerprint of the answer afterwards.
        appeal: The appeal that it answered.
        notice: Number of the notice that it made.
    """

    before: CellState
    given: tuple[Review, ...]
    seen: str
    appeal: Appeal | None = None
    notice: int | None = None


def mark_from_levels(
    question: Question, levels: Mapping[str, Level], seen: Score | None, max_points: float, *,
    marker: str, action: Action, comment: str,
) -> Mark:  # fmt: skip
    """The mark that follows from the levels a person gave, by the arithmetic of every judge.

    Args:
        question: What was asked.
        levels: Criterion id -> level; those of *seen* hold for the others.
        seen: The automatic score.
        max_points: What the answer is worth.
        marker: Who marks.
        action: What it does to the mark that stood.
        comment: The marker's own words.

    Raises:
        UsageError: If a criterion does not exist, or one has no level from either.
    """
    known = {v.criterion: v.level for v in (seen.verdicts if seen else ())}
    merged = {name: level for name, level in known.items() if level is not None} | dict(levels)
    score = score_by_person(question, merged, by=marker, seen=seen)
    if score.points is None:
        raise UsageError("no level follows from these", where=question.id)
    return Mark(marker, action, round(marks(score.points) * max_points, 2), score, comment)


def write_mark(
    session: Any, item: ReviewItem, mark: Mark, penalty: Penalty | None, *,
    appeal: Appeal | None = None, accepted: bool | None = None,
) -> Written | StoreError:  # fmt: skip
    """Write *mark* as the mark that counts; the caller commits, also if it comes to nothing.

    Args:
        session: A session of the gradebook that holds its write lock.
        item: The answer as it was seen.
        mark: The mark.
        penalty: Decides what lateness costs.
        appeal: The appeal that it answers.
        accepted: What is said to it; if absent, whether the points change.

    Returns:
        What was written. An error, to be raised after the commit, if somebody else was faster:
        then their mark stands, this one is kept beside it, and the answer waits for a person.
    """
    place = item.place
    notice(session, place.assignment, place.student)
    state, given = _current(session, item)
    told = _told(mark, item)
    review = Review(
        place, mark.marker, mark.points, mark.score, mark.comment, told, False, True, now()
    )  # fmt: skip
    if version(state, _answer(session, item), given) != item.seen:
        save(session, replace(review, counts=False))
        write(session, state, {"needs_manual_grade": True}, None)
        return _crossed(state, given, review)
    save(session, review)
    values: dict[str, object] = {"manual_score": mark.points, "needs_manual_grade": False}
    if told:
        values["manual_comment"] = told
    write(session, state, values, penalty)
    _enter(session, mark, place)
    number = None
    if appeal is not None:
        number = settle_appeal(
            session, appeal, state,
            state.given != mark.points if accepted is None else accepted,
            mark.marker, mark.comment, points=mark.points,
        )  # fmt: skip
    return Written(state, tuple(given), _seen_now(session, item), appeal, number)


def write_second(session: Any, item: ReviewItem, mark: Mark) -> Written:
    """Keep a blind mark, which changes nothing unless it is far from the first; caller commits."""
    place = item.place
    notice(session, place.assignment, place.student)
    state, given = _current(session, item)
    review = Review(
        place, mark.marker, mark.points, mark.score, mark.comment, "", True, False, now()
    )  # fmt: skip
    save(session, review)
    pair = first_and_second([*given, review])
    if pair is not None and distance(*pair) > APART:
        write(session, state, {"needs_manual_grade": True}, None)
    level = mark.score.level if mark.score else None
    _line(session, place, mark.marker, "second mark", f"blind: {cards.level_text(level)}")
    return Written(state, tuple(given), "")


def take_back(
    session: Any, item: ReviewItem, written: Written, by: str, penalty: Penalty | None
) -> None:
    """Undo what was written; the caller commits.

    Raises:
        StoreError: If somebody has changed it since.
    """
    place = item.place
    notice(session, place.assignment, place.student)
    state, given = _current(session, item)
    if item.blind:
        drop(session, place, by)
        write(session, state, {"needs_manual_grade": written.before.needs_review}, None)
        _line(session, place, by, "undone", "the second mark")
        return
    if version(state, _answer(session, item), given) != written.seen:
        raise StoreError(
            "it cannot be undone, because it was changed since",
            where=_named(place),
            fix="Look at it again; the last change stands",
        )
    drop(session, place)
    for review in sorted(written.given, key=lambda one: one.counts):
        save(session, review)
    before = written.before
    values: dict[str, object] = {
        "manual_score": before.manual,
        "manual_comment": before.manual_comment,
        "needs_manual_grade": before.needs_review,
    }
    write(session, state, values, penalty)
    if written.appeal is not None:
        close(session, written.appeal.id, "open", "", "")
    if written.notice is not None:
        withdraw(session, written.notice)
    stood = item.score if before.manual is None else None
    if before.manual is not None:
        stood = next((r.score for r in written.given if r.counts), None)
    level = stood.level if stood else None
    _line(session, place, by, "undone", "", level=level)
    settle(session, place.assignment, place.student, actor=by, action="undone")


def note_appeal(session: Any, place: CellPlace) -> None:
    """Enter into the trail that a learner appeals; the caller commits."""
    _line(session, place, place.student, "appeal filed", "")


def settle_appeal(
    session: Any, appeal: Appeal, state: CellState, accepted: bool, by: str, reply: str, *,
    points: float | None = None,
) -> int:  # fmt: skip
    """Close an appeal and tell the learner what came of it; the caller commits.

    Args:
        session: A session of the gradebook, in a transaction.
        appeal: The appeal.
        state: The cell before.
        accepted: Whether the learner was right.
        by: Who answers.
        reply: What the learner is told.
        points: The points that count now, before extra credit; `None` if there are none.

    Returns:
        Number of the notice.
    """
    close(session, appeal.id, "accepted" if accepted else "declined", reply, by)
    text = f"Your request about {appeal.place.grade_id} was"
    text += " accepted" if accepted else " looked at, and declined"
    before = state.given
    if before != points:
        text += f": {change_text(before, points, state.max_points)}"
    elif points is not None:
        text += f"; it stays at {points:g} of {state.max_points:g} points"
    return notify(session, appeal.place, f"{text}. {reply}".strip())


def change_text(before: float | None, after: float | None, worth: float) -> str:
    """A change of points in words: "8 -> 10 of 12 points"."""
    shown = ["no points yet" if one is None else f"{one:g}" for one in (before, after)]
    return f"{shown[0]} → {shown[1]} of {worth:g} points"


def _current(session: Any, item: ReviewItem) -> tuple[CellState, list[Review]]:
    place = item.place
    state = cell(session, place)
    if state is None:
        raise StoreError(
            "this answer is no longer in the gradebook",
            where=_named(place),
            fix="Open the queue again",
        )
    return state, reviews(session, place.assignment, place).get(place, [])


def _answer(session: Any, item: ReviewItem) -> str:
    """The text that is stored now; what is no judged answer is as it was seen."""
    place = item.place
    only = {"student": place.student, "notebook": place.notebook, "grade_id": place.grade_id}
    found = stored_answers(session, place.assignment, **only)
    return found[place][0] if place in found else item.answer


def _seen_now(session: Any, item: ReviewItem) -> str:
    state, given = _current(session, item)
    return version(state, _answer(session, item), given)


def _told(mark: Mark, item: ReviewItem) -> str:
    """What formgrader and plain feedback show: the person's words, and the levels given."""
    comment = mark.comment.strip()
    if mark.score is None or item.question is None:
        return comment
    levels = cards.markdown(mark.score, item.question, max_points=item.max_points)
    return f"{comment}\n\n{levels}" if comment else levels


def _enter(session: Any, mark: Mark, place: CellPlace) -> None:
    """The line of the mark, and whatever followed from it, such as a late penalty."""
    level = mark.score.level if mark.score else None
    _line(session, place, mark.marker, mark.action, mark.comment, level=level)
    settle(session, place.assignment, place.student, actor=mark.marker, action="late penalty")


def _line(
    session: Any, place: CellPlace, actor: str, action: str, detail: str, *,
    level: Level | Literal["same"] | None = "same",
) -> None:  # fmt: skip
    """Add a line to the trail: from what it said last to what stands now."""
    before = last(session, place.assignment, place.student).get(place)
    state = cell(session, place)
    was = before.level_to if before else None
    label = was if level == "same" else None if level is None else level.label
    record(
        session,
        AuditLine(
            place=place,
            actor=actor,
            action=action,
            points_from=before.points_to if before else None,
            points_to=state.points if state else None,
            level_from=was,
            level_to=label,
            by_person=state is not None and state.manual is not None,
            detail=detail[:MAX_COMMENT],
        ),
    )


def _crossed(state: CellState, given: list[Review], mine: Review) -> StoreError:
    others = [one for one in given if not one.blind and one.marker != mine.marker]
    worth = f"of {state.max_points:g}"
    if others and others[-1].counts and others[-1].points == state.manual:
        theirs = f"{others[-1].marker} gave {_shown(others[-1])} {worth}"
    elif state.manual is not None:
        theirs = f"a person gave {state.manual:g} {worth}"
    else:
        points = "no points" if state.automatic is None else f"{state.automatic:g} {worth}"
        theirs = f"it was graded again: {points}"
    return StoreError(
        f"this answer was marked by two at once: {theirs}, and that stands;"
        f" you gave {_shown(mine)} {worth}, and that is kept beside it",
        where=_named(mine.place),
        fix="Look at both in the queue and decide",
    )


def _shown(review: Review) -> str:
    level = f" ({cards.level_text(review.score.level)})" if review.score else ""
    return f"{review.points:g}{level}"


def _named(place: CellPlace) -> str:
    return f"{place.student}, {place.assignment}, {place.grade_id}"
