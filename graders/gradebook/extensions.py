"""Extensions: one learner has longer for one assignment, who said so and why.

nbgrader has a place for an extension only where there is a submission already. Ours is granted
before that, and put into nbgrader's place as soon as there is one: nbgrader's own idea of how late
somebody is, in the formgrader and in its penalties, then counts from the learner's own due time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from nbgrader.api import Assignment, SubmittedAssignment
from sqlalchemy import Column, String, Table, Text, delete, insert, select

from graders.errors import UsageError
from graders.gradebook.sessions import session_of
from graders.gradebook.tables import METADATA, equal

EXTENSIONS = Table(
    "seniorkit_extension",
    METADATA,
    Column("student", String(128), primary_key=True),
    Column("assignment", String(128), primary_key=True),
    Column("until", String(40), nullable=False),
    Column("why", Text, nullable=False),
    Column("granted_by", String(128), nullable=False),
    Column("at", String(40), nullable=False),
)


@dataclass(frozen=True)
class Extension:
    """Longer time for one learner.

    Attributes:
        student: The learner's id.
        assignment: Name of the assignment.
        until: When it is due for this learner (UTC).
        why: The reason, for the record.
        granted_by: Who granted it.
        at: When it was granted (UTC).
    """

    student: str
    assignment: str
    until: datetime
    why: str = ""
    granted_by: str = ""
    at: datetime | None = None


def grant(db_url: str, extension: Extension) -> None:
    """Keep *extension*, in the place of an earlier one for the same learner and assignment.

    Raises:
        UsageError: If `until` has no time zone, the assignment has no due date, or *until* lies
            before it.
        StoreError: If the gradebook cannot be written.
    """
    if extension.until.tzinfo is None:
        raise UsageError(
            f"{extension.until} has no time zone", fix="Write it as 2026-03-10T18:00+01:00"
        )
    at = extension.at or datetime.now(UTC)
    with session_of(db_url, writing=True) as session:
        due = due_date(session, extension.assignment)
        if due is None or extension.until <= due:
            raise UsageError(
                f"{extension.assignment!r} has no due date to extend"
                if due is None
                else f"{extension.until.astimezone(UTC):%Y-%m-%d %H:%M} UTC is no extension:"
                f" {extension.assignment!r} is due at {due:%Y-%m-%d %H:%M} UTC",
                fix="Set the due date first, in the formgrader or with `nbgrader db assignment add"
                " NAME --duedate`"
                if due is None
                else "Give a later time",
            )
        session.execute(delete(EXTENSIONS).where(*equal(EXTENSIONS, _key(extension))))
        values = {
            "until": _written(extension.until),
            "why": extension.why,
            "granted_by": extension.granted_by,
            "at": _written(at),
        }
        session.execute(insert(EXTENSIONS).values({**_key(extension), **values}))
        apply_extensions(session, extension.assignment)


def revoke(db_url: str, assignment: str, student: str) -> bool:
    """Take an extension back; whether there was one.

    Raises:
        StoreError: If the gradebook cannot be written.
    """
    key = {"student": student, "assignment": assignment}
    with session_of(db_url, writing=True) as session:
        gone = session.execute(delete(EXTENSIONS).where(*equal(EXTENSIONS, key))).rowcount
        if gone:
            for submission in _submissions(session, assignment, [student]):
                submission.extension = None
        return bool(gone)


def extensions(db_url: str, assignment: str | None = None) -> list[Extension]:
    """What was granted, by assignment and learner; of all assignments if none is named.

    Raises:
        StoreError: If the gradebook cannot be read.
    """
    with session_of(db_url) as session:
        return granted(session, assignment)


def granted(session: Any, assignment: str | None) -> list[Extension]:
    """As `extensions`, within an open session."""
    query = select(EXTENSIONS).order_by(EXTENSIONS.c.assignment, EXTENSIONS.c.student)
    if assignment is not None:
        query = query.where(EXTENSIONS.c.assignment == assignment)
    return [
        Extension(
            row.student, row.assignment, datetime.fromisoformat(row.until), row.why,
            row.granted_by, datetime.fromisoformat(row.at),
        )
        for row in session.execute(query)
    ]  # fmt: skip


def apply_extensions(session: Any, assignment: str, student: str | None = None) -> None:
    """Put what was granted into nbgrader's own place; the caller commits.

    Extensions that somebody gave through nbgrader itself stay where we have granted none.
    """
    due = due_date(session, assignment)
    if due is None:
        return
    until = {e.student: e.until for e in granted(session, assignment)}
    if student is not None:
        until = {name: time for name, time in until.items() if name == student}
    for submission in _submissions(session, assignment, list(until)):
        longer = until[submission.student_id] - due
        if submission.extension != longer:
            submission.extension = longer
    session.flush()


def due_date(session: Any, assignment: str) -> datetime | None:
    """When *assignment* is due for everybody (UTC), if that is set."""
    due = session.execute(
        select(Assignment.duedate).where(Assignment.name == assignment)
    ).scalar_one_or_none()
    return None if due is None else due.replace(tzinfo=UTC)


def _submissions(session: Any, assignment: str, students: Sequence[str]) -> list[Any]:
    if not students:
        return []
    query = (
        select(SubmittedAssignment)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .where(Assignment.name == assignment, SubmittedAssignment.student_id.in_(students))
    )
    return list(session.execute(query).scalars())


def _key(extension: Extension) -> dict[str, str]:
    return {"student": extension.student, "assignment": extension.assignment}


def _written(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="seconds")
