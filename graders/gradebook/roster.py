"""Who is in the course, when the work of each is due, and how far its grading has come."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Grade,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import func, select

from graders.gradebook import audit
from graders.gradebook.extensions import apply_extensions, due_date, granted
from graders.gradebook.sessions import session_of
from graders.gradebook.tables import SUBMISSIONS
from graders.gradebook.values import Penalty


@dataclass(frozen=True)
class Dues:
    """When an assignment is due.

    Attributes:
        due: For everybody (UTC); `None` if no time is set.
        own: Learner -> the time that holds for them alone.
    """

    due: datetime | None = None
    own: dict[str, datetime] = field(default_factory=dict)

    def of(self, student: str) -> datetime | None:
        """When it is due for *student*."""
        return self.own.get(student, self.due)

    def is_due(self, student: str, now: datetime) -> bool:
        """Whether the time of *student* is over; without a due date it always is."""
        due = self.of(student)
        return due is None or now > due


@dataclass(frozen=True)
class Entry:
    """One learner's work in one assignment, as the gradebook has it.

    Attributes:
        student: The learner's id.
        timestamp: When it was handed in (UTC), if that is known.
        seconds_late: By how much that was after the learner's own due time.
        recorded: Whether there are grades.
        failed: Whether it could not be graded at all.
        remarks: What a person should know, in words.
        waiting: The cells that wait for a person.
    """

    student: str
    timestamp: datetime | None = None
    seconds_late: float = 0.0
    recorded: bool = False
    failed: bool = False
    remarks: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()


@dataclass(frozen=True)
class Roster:
    """All learners of a course, and where they stand in one assignment.

    Attributes:
        students: Ids of all whom the gradebook knows, sorted.
        dues: When the assignment is due, for everybody and for each.
        entries: Learner -> what there is of them; only those who handed something in.
        trail: Number of the last line of the audit trail; 0 if there is none.
    """

    students: tuple[str, ...]
    dues: Dues
    entries: dict[str, Entry]
    trail: int = 0


def load_roster(db_url: str, assignment: str) -> Roster:
    """Read where everybody stands, in six queries.

    Raises:
        StoreError: If the gradebook cannot be read.
    """
    with session_of(db_url) as session:
        students = tuple(sorted(session.execute(select(Student.id)).scalars()))
        submitted = list(_submitted(session, assignment))
        due = due_date(session, assignment)
        own = {
            s.student_id: due + s.extension for s in submitted if due and s.extension is not None
        }
        own |= {one.student: one.until for one in granted(session, assignment)}
        dues = Dues(due, own)
        waiting = _waiting(session, assignment)
        query = select(SUBMISSIONS).where(SUBMISSIONS.c.assignment == assignment)
        remembered = {row.student: row for row in session.execute(query)}
        entries = {s.student_id: _entry(s, dues, waiting, remembered) for s in submitted}
        for student, row in remembered.items():
            if student not in entries:
                entries[student] = Entry(
                    student, failed=row.failed == "True", remarks=tuple(json.loads(row.remarks))
                )
        trail = session.execute(
            select(func.max(audit.AUDIT.c.id)).where(audit.AUDIT.c.assignment == assignment)
        ).scalar()
    return Roster(students, dues, entries, trail or 0)


def settle_penalties(db_url: str, assignment: str, penalty: Penalty | None) -> tuple[str, ...]:
    """Work out anew what lateness costs, from the extensions and the scores that stand now.

    nbgrader does it once, when it grades: not when an extension is granted later, nor when a
    person changes a score.

    Args:
        db_url: Address of the gradebook.
        assignment: Name of the assignment.
        penalty: The course's policy; `None` leaves what is taken off as it is.

    Returns:
        The learners for whom something else is taken off than before.

    Raises:
        StoreError: If the gradebook cannot be written.
    """
    changed: list[str] = []
    with session_of(db_url, writing=True) as session:
        audit.notice(session, assignment)
        apply_extensions(session, assignment)
        if penalty is not None:
            changed = _settled(session, assignment, penalty)
        audit.settle(session, assignment, actor=audit.AUTOMATIC, action="lateness")
    return tuple(sorted(set(changed)))


def _settled(session: Any, assignment: str, penalty: Penalty) -> list[str]:
    changed = []
    late = {s.id: s for s in _submitted(session, assignment)}
    query = select(SubmittedNotebook, SubmittedNotebook.score).where(
        SubmittedNotebook.assignment_id.in_(late)
    )
    for notebook, score in session.execute(query).all():
        own = late[notebook.assignment_id]
        seconds = float(own.total_seconds_late)
        taken = penalty(own.student_id, float(score or 0), seconds) if seconds > 0 else None
        if abs((taken or 0.0) - float(notebook.late_submission_penalty or 0.0)) > 1e-9:
            notebook.late_submission_penalty = taken
            changed.append(own.student_id)
    session.flush()
    return changed


def _entry(
    submitted: Any, dues: Dues, waiting: dict[str, list[str]], remembered: dict[str, Any]
) -> Entry:
    student = submitted.student_id
    handed = submitted.timestamp.replace(tzinfo=UTC) if submitted.timestamp else None
    due = dues.of(student)
    late = (handed - due).total_seconds() if handed and due else 0.0
    row = remembered.get(student)
    return Entry(
        student,
        timestamp=handed,
        seconds_late=max(0.0, late),
        recorded=True,
        failed=row is not None and row.failed == "True",
        remarks=tuple(json.loads(row.remarks)) if row is not None else (),
        waiting=tuple(sorted(waiting.get(student, []))),
    )


def _submitted(session: Any, assignment: str) -> list[Any]:
    query = (
        select(SubmittedAssignment)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .where(Assignment.name == assignment)
    )
    return list(session.execute(query).scalars())


def _waiting(session: Any, assignment: str) -> dict[str, list[str]]:
    """Learner -> the cells that nobody has given points for, or that a person should look at."""
    query = (
        select(SubmittedAssignment.student_id, BaseCell.name)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .join(BaseCell, BaseCell.id == Grade.cell_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .where(Assignment.name == assignment)
        .where(
            Grade.needs_manual_grade.is_(True)
            | (Grade.manual_score.is_(None) & Grade.auto_score.is_(None))
        )
    )
    found: dict[str, list[str]] = {}
    for student, cell in session.execute(query):
        found.setdefault(student, []).append(cell)
    return found
