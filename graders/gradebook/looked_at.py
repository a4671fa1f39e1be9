"""What people have looked at stays looked at, as long as it is the same work.

Whenever something is graded again, nbgrader marks everything that a person has marked as waiting
for them, whatever the reason. After a correction in a rubric that would be every mark of the week.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nbgrader.api import Assignment, SubmittedAssignment
from sqlalchemy import select

from graders.gradebook import audit
from graders.gradebook.sessions import session_of
from graders.gradebook.standing import CellState, cells, write
from graders.gradebook.tables import SCORES
from graders.gradebook.values import CellPlace

FAR = 1 / 3
"""Share of a cell's points, a level, by which a new automatic mark may differ from a person's."""


@dataclass(frozen=True)
class LookedAt:
    """A cell that a person has marked and that waits for nobody.

    Attributes:
        state: The cell.
        answer: The text that was judged, if it was.
        handed: When the work was handed in (UTC).
    """

    state: CellState
    answer: str | None
    handed: datetime | None


def looked_at(db_url: str, assignment: str) -> dict[CellPlace, LookedAt]:
    """The cells of *assignment* that people have done with.

    Raises:
        StoreError: If the gradebook cannot be read.
    """
    with session_of(db_url) as session:
        found = _all(session, assignment)
    return {
        place: one
        for place, one in found.items()
        if one.state.manual is not None and not one.state.needs_review
    }


def settle_looked_at(
    db_url: str, assignment: str, before: dict[CellPlace, LookedAt], changed: Collection[str]
) -> int:
    """Take cells off the queue in which nothing is new to the person who marked them.

    New is: other work, another text, or an automatic mark that has moved and is now more than a
    level from theirs.

    Args:
        db_url: Address of the gradebook.
        assignment: Name of the assignment.
        before: What people had done with, before it was graded again.
        changed: Learners who have handed in anew since.

    Returns:
        How many cells.

    Raises:
        StoreError: If the gradebook cannot be written.
    """
    if not before:
        return 0
    with session_of(db_url, writing=True) as session:
        audit.notice(session, assignment)
        now = _all(session, assignment)
        same = [
            place
            for place, old in before.items()
            if place.student not in changed and place in now and _is_same(old, now[place])
        ]
        for place in same:
            write(session, now[place].state, {"needs_manual_grade": False}, None)
    return len(same)


def _is_same(old: LookedAt, new: LookedAt) -> bool:
    if not new.state.needs_review or new.state.manual != old.state.manual:
        return False
    if (new.answer, new.handed) != (old.answer, old.handed):
        return False
    automatic, manual = new.state.automatic, new.state.manual
    if automatic is None or manual is None or automatic == old.state.automatic:
        return True
    # Points are kept in hundredths.
    return abs(automatic - manual) <= FAR * new.state.max_points + 0.01


def _all(session: Any, assignment: str) -> dict[CellPlace, LookedAt]:
    texts = {
        CellPlace(row.student, assignment, row.notebook, row.grade_id): row.answer
        for row in session.execute(
            select(SCORES.c.student, SCORES.c.notebook, SCORES.c.grade_id, SCORES.c.answer).where(
                SCORES.c.assignment == assignment
            )
        )
    }
    query = select(SubmittedAssignment.student_id, SubmittedAssignment.timestamp).join(
        Assignment, Assignment.id == SubmittedAssignment.assignment_id
    )
    rows = session.execute(query.where(Assignment.name == assignment))
    handed = {row.student_id: row.timestamp for row in rows}
    return {
        one.place: LookedAt(one, texts.get(one.place), handed.get(one.place.student))
        for one in cells(session, assignment)
    }
