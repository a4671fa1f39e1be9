"""Longer time for one learner: granted by a person, and honoured from then on, also afterwards."""

from __future__ import annotations

import difflib
import re
from datetime import UTC, datetime, timedelta

from graders.batch.recording import late_policy
from graders.course import Course, check_assignment
from graders.errors import UsageError
from graders.gradebook import Extension, Roster, grant, load_roster, revoke, settle_penalties

_LONGER = re.compile(r"^\+(\d{1,3})([dh])$")


def grant_extension(
    course: Course, student: str, assignment: str, until: str, *, why: str, by: str
) -> Extension:
    """Grant *student* longer, and work out anew what lateness costs them.

    Args:
        course: The course.
        student: The learner's id.
        assignment: Name of the assignment.
        until: A time as ISO 8601 (UTC if it names no zone), or how much longer: `+2d`, `+36h`.
        why: The reason, for the record.
        by: Who grants it.

    Raises:
        UsageError: If learner, assignment or time make no sense.
        StoreError: If the gradebook cannot be written.
    """
    check_assignment(course, assignment)
    roster = load_roster(course.db_url, assignment)
    _check_learner(roster, student)
    extension = Extension(student, assignment, _time(until, roster.dues.due), why, by)
    grant(course.db_url, extension)
    settle_penalties(course.db_url, assignment, late_policy(course))
    return extension


def revoke_extension(course: Course, student: str, assignment: str) -> None:
    """Take an extension back, and work out anew what lateness costs.

    Raises:
        UsageError: If there is none.
        StoreError: If the gradebook cannot be written.
    """
    if not revoke(course.db_url, assignment, student):
        raise UsageError(
            f"{student!r} has no extension for {assignment!r}",
            fix="See who has one: seniorkit extension list",
        )
    settle_penalties(course.db_url, assignment, late_policy(course))


def _check_learner(roster: Roster, student: str) -> None:
    known = {*roster.students, *roster.entries}
    if student in known:
        return
    close = difflib.get_close_matches(student, sorted(known), n=3)
    raise UsageError(
        f"the gradebook knows no learner {student!r}",
        fix=f"Did you mean {' or '.join(close)}?"
        if close
        else f"Enter the learner first: nbgrader db student add {student}",
    )


def _time(text: str, due: datetime | None) -> datetime:
    longer = _LONGER.match(text)
    if longer and due is not None:
        number = int(longer[1])
        return due + (timedelta(days=number) if longer[2] == "d" else timedelta(hours=number))
    try:
        time = datetime.now(UTC) if longer else datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"{text!r} is no time", fix="Write 2026-03-10T18:00+01:00, or +2d for two days longer"
        ) from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)
