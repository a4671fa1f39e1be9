"""What waits for a person in a course, assignment by assignment."""

from __future__ import annotations

from dataclasses import dataclass

from graders.course import Course, known_assignments
from graders.gradebook.appeals import appeals
from graders.gradebook.sessions import session_of
from graders.gradebook.standing import cells


@dataclass(frozen=True)
class Waiting:
    """How many answers of an assignment wait for a person, and how many appeals are open."""

    assignment: str
    answers: int
    appeals: int


def waiting(course: Course) -> list[Waiting]:
    """What waits in each assignment of which something was handed in, by name.

    Raises:
        StoreError: If the gradebook cannot be read.
    """
    found = []
    with session_of(course.db_url) as session:
        for name in known_assignments(course):
            states = cells(session, name)
            if states:
                open_ = len(appeals(session, name, state="open"))
                found.append(Waiting(name, sum(s.needs_review for s in states), open_))
    return found
