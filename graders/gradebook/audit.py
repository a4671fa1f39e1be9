"""The audit trail: who or what gave each mark, when, and what it was before.

It is kept by comparison. Around every change, in its transaction, what stands in the gradebook is
compared with what the trail said last (`settle`), and each difference becomes a line. So the
trail cannot disagree with the marks, and a mark that was changed outside of this kit, such as in
formgrader, is noticed before the next change (`notice`). Lines are only ever added.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Boolean, Column, Float, Index, Integer, String, Table, Text, func, select

from graders.gradebook.sessions import session_of
from graders.gradebook.standing import Standing, standing
from graders.gradebook.tables import METADATA, SCORES, place_columns
from graders.gradebook.values import CellPlace

AUTOMATIC = "seniorkit"
"""The actor of what was graded by tests and judges."""

OUTSIDE = "formgrader or other"
"""The actor of what changed while this kit did not look."""

AUDIT = Table(
    "seniorkit_audit",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", String(40), nullable=False),
    Column("actor", String(128), nullable=False),
    *place_columns(),
    Column("action", String(40), nullable=False),
    Column("points_from", Float),
    Column("points_to", Float),
    Column("level_from", String(10)),
    Column("level_to", String(10)),
    Column("by_person", Boolean, nullable=False),
    Column("judge", String(200), nullable=False),
    Column("detail", Text, nullable=False),
    Index("seniorkit_audit_place", "assignment", "student"),
)


@dataclass(frozen=True)
class AuditLine:
    """One change of one mark.

    Attributes:
        place: Whose mark, and of what; the `grade_id` is `standing.LATE` for a late penalty.
        actor: Who did it: a person, `AUTOMATIC` or `OUTSIDE`.
        action: What was done, in a word: `graded`, `accepted`, `changed`, `undone`, ...
        points_from: The points before, in points of the assignment; `None` if there were none.
        points_to: The points after.
        level_from: The level before, of a free-text answer.
        level_to: The level after.
        by_person: Whether it is a person's mark from then on.
        judge: Name and version of the judge, where one read the answer.
        detail: More of it, in words.
        at: When, as ISO 8601 in UTC.
        id: Its number in the trail; later lines have higher ones.
    """

    place: CellPlace
    actor: str
    action: str
    points_from: float | None
    points_to: float | None
    level_from: str | None = None
    level_to: str | None = None
    by_person: bool = False
    judge: str = ""
    detail: str = ""
    at: str = ""
    id: int = 0


def record(session: Any, line: AuditLine) -> None:
    """Add *line*, now; the caller commits."""
    _add(session, [line])


def notice(session: Any, assignment: str, student: str | None = None) -> int:
    """Enter what was changed outside of this kit; the caller commits.

    Returns:
        How many marks were.
    """
    return settle(session, assignment, student, actor=OUTSIDE, action="noticed")


def settle(
    session: Any, assignment: str, student: str | None = None, *, actor: str, action: str,
    detail: str = "",
) -> int:  # fmt: skip
    """Enter every mark that differs from what the trail said last; the caller commits.

    Args:
        session: A session of the gradebook, in a transaction.
        assignment: Name of the assignment.
        student: Only this learner's marks; everyone's if absent.
        actor: Who changed them.
        action: What was done.
        detail: More of it, in words.

    Returns:
        How many marks differed.
    """
    _take_turns(session, assignment)
    before = last(session, assignment, student)
    now = standing(session, assignment, student)
    changed = [
        place
        for place in sorted(before.keys() | now.keys())
        if _differs(before.get(place), now.get(place))
    ]
    if not changed:
        return 0
    judged = _judged(session, assignment, student)
    lines = []
    for place in changed:
        then, stands = before.get(place), now.get(place, Standing(None, False))
        level, judge = (None, "") if stands.by_person else judged.get(place, (None, ""))
        lines.append(
            AuditLine(
                place=place,
                actor=actor,
                action=action,
                points_from=then.points_to if then else None,
                points_to=stands.points,
                level_from=then.level_to if then else None,
                level_to=level,
                by_person=stands.by_person,
                judge=judge,
                detail=detail if place in now else "no longer in the gradebook",
            )
        )
    _add(session, lines)
    return len(lines)


def _take_turns(session: Any, assignment: str) -> None:
    """Let one writer at a time compare and add, until it commits; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext(assignment))))


def last(
    session: Any, assignment: str, student: str | None = None
) -> dict[CellPlace, AuditLine]:  # fmt: skip
    """The last line of each mark."""
    of = [AUDIT.c.assignment == assignment]
    if student is not None:
        of.append(AUDIT.c.student == student)
    newest = (
        select(func.max(AUDIT.c.id))
        .where(*of)
        .group_by(AUDIT.c.student, AUDIT.c.notebook, AUDIT.c.grade_id)
    )
    rows = session.execute(select(AUDIT).where(AUDIT.c.id.in_(newest)))
    return {line.place: line for line in map(_line, rows)}


def read(
    db_url: str, assignment: str | None = None, *, student: str | None = None,
    grade_id: str | None = None,
) -> list[AuditLine]:  # fmt: skip
    """The trail, oldest line first.

    Args:
        db_url: Address of the gradebook.
        assignment: Only of this assignment.
        student: Only of this learner.
        grade_id: Only of this cell.

    Raises:
        StoreError: If it cannot be read.
    """
    wanted = {"assignment": assignment, "student": student, "grade_id": grade_id}
    chosen = [AUDIT.c[name] == value for name, value in wanted.items() if value is not None]
    with session_of(db_url) as session:
        query = select(AUDIT).where(*chosen).order_by(AUDIT.c.id)
        return [_line(row) for row in session.execute(query)]


def now() -> str:
    """This moment, as the trail writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _differs(then: AuditLine | None, stands: Standing | None) -> bool:
    points, by_person = (None, False) if then is None else (then.points_to, then.by_person)
    current = stands or Standing(None, False)
    if by_person != current.by_person or (points is None) != (current.points is None):
        return True
    return points is not None and current.points is not None and abs(points - current.points) > 1e-9


def _judged(
    session: Any, assignment: str, student: str | None
) -> Mapping[CellPlace, tuple[str | None, str]]:
    """Level and judge of the answers that were judged automatically."""
    query = select(SCORES).where(SCORES.c.assignment == assignment)
    if student is not None:
        query = query.where(SCORES.c.student == student)
    found = {}
    for row in session.execute(query):
        place = CellPlace.of(row)
        try:
            score = json.loads(row.score)
            found[place] = (score["level"], f"{score['judge']} {score['judge_version']}"[:200])
        except (ValueError, LookupError, TypeError):
            continue  # who reads the score says what is wrong with it
    return found


def _line(row: Any) -> AuditLine:
    place = CellPlace.of(row)
    values = {name: value for name, value in row._mapping.items() if name not in place.key}
    return AuditLine(place=place, **values)


def _add(session: Any, lines: Iterable[AuditLine]) -> None:
    moment = now()
    rows = []
    for line in lines:
        values = {**vars(line), **line.place.key, "at": line.at or moment}
        del values["place"], values["id"]
        rows.append(values)
    session.execute(AUDIT.insert(), rows)
