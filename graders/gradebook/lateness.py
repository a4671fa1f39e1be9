"""What lateness costs, in nbgrader's own column."""

from __future__ import annotations

from typing import Any

from nbgrader.api import SubmittedAssignment, SubmittedNotebook
from sqlalchemy import select, update

from graders.gradebook.values import Penalty


def write_late_penalty(
    session: Any, student: str, submission: str, notebook: str, penalty: Penalty | None
) -> None:
    """Set what lateness costs, from the scores that stand now; as `AssignLatePenalties` does.

    Args:
        session: A session of the gradebook, in a transaction; the caller commits.
        student: The learner's id.
        submission: Id of the submission's row.
        notebook: Id of the row of the learner's notebook.
        penalty: Decides; `None` leaves everything as it is.
    """
    if penalty is None:
        return
    session.expire_all()
    late = session.get(SubmittedAssignment, submission).total_seconds_late
    taken = None
    if late > 0:
        score = session.execute(
            select(SubmittedNotebook.score).where(SubmittedNotebook.id == notebook)
        ).scalar_one()
        taken = penalty(student, score, late)
    session.execute(
        update(SubmittedNotebook)
        .where(SubmittedNotebook.id == notebook)
        .values(late_submission_penalty=taken)
        .execution_options(synchronize_session=False)
    )
