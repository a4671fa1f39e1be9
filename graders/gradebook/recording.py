"""Records one graded submission, in the rows in which nbgrader would leave it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from nbgrader.api import (
    Assignment,
    Comment,
    Grade,
    GradeCell,
    Notebook,
    SolutionCell,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from sqlalchemy import Table, delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from graders.gradebook import audit
from graders.gradebook.extensions import apply_extensions
from graders.gradebook.lateness import write_late_penalty
from graders.gradebook.tables import SCORES, SUBMISSIONS, equal, table_of
from graders.gradebook.values import GradedSubmission, JudgedAnswer, Penalty, Submission
from graders.score import marks


def record(
    session: Any, assignment: str, graded: GradedSubmission, remembered: Submission,
    penalty: Penalty | None,
) -> None:  # fmt: skip
    """Write everything of one submission; the caller commits.

    A person's grade is never touched, and a cell that a person has graded stays marked for
    review, as nbgrader does it.
    """
    if session.get_bind().dialect.name == "sqlite":
        # The write lock first: a reader that wants to write later would be turned away at once.
        session.execute(text("BEGIN IMMEDIATE"))
    _insert_once(session, _STUDENTS, {"id": graded.student}, {})
    if graded.registered:
        rows = _Rows.of(session, assignment, graded)
        audit.notice(session, assignment, graded.student)
        _write_cells(session, rows, graded)
        for answer in graded.answers:
            _write_answer(session, rows, assignment, graded.student, answer)
        apply_extensions(session, assignment, graded.student)
        for name in graded.graded:
            if name in rows.notebooks:
                own = rows.notebooks[name]
                write_late_penalty(session, graded.student, rows.submission, own, penalty)
        audit.settle(session, assignment, graded.student, actor=audit.AUTOMATIC, action="graded")
    remember(session, assignment, remembered)


def remember(session: Any, assignment: str, submission: Submission) -> None:
    """Write what is remembered of one submission; the caller commits."""
    key = {"student": submission.student, "assignment": assignment}
    values = {
        "digest": submission.digest,
        "remarks": json.dumps(submission.remarks),
        "failed": str(submission.failed),
    }
    changed = session.execute(update(SUBMISSIONS).where(*equal(SUBMISSIONS, key)).values(values))
    if not changed.rowcount and not _insert_once(session, SUBMISSIONS, key, values):
        session.execute(update(SUBMISSIONS).where(*equal(SUBMISSIONS, key)).values(values))


def save_answer(session: Any, key: dict[str, str], answer: str, score: str) -> None:
    """Keep an answer and its score; the caller commits."""
    session.execute(delete(SCORES).where(*equal(SCORES, key)))
    session.execute(insert(SCORES).values({**key, "answer": answer, "score": score}))


@dataclass(frozen=True)
class _Rows:
    """Where one submission's values go: ids by (notebook, cell), and what stands there."""

    submission: str
    notebooks: dict[str, str]
    grades: dict[tuple[str, str], Any]
    comments: dict[tuple[str, str], Any]

    @classmethod
    def of(cls, session: Any, assignment: str, graded: GradedSubmission) -> _Rows:
        """Find the rows of a submission; put in those that are missing."""
        own = session.execute(
            select(_ASSIGNMENTS.c.id).where(_ASSIGNMENTS.c.name == assignment)
        ).scalar_one()
        key = {"assignment_id": own, "student_id": graded.student}
        _insert_once(session, _SUBMITTED, key, {"timestamp": graded.timestamp})
        # Two graders of one submission take turns from here on.
        submission = session.execute(
            select(_SUBMITTED.c.id).where(*equal(_SUBMITTED, key)).with_for_update()
        ).scalar_one()
        if graded.timestamp is not None:
            session.execute(
                update(_SUBMITTED)
                .where(_SUBMITTED.c.id == submission)
                .values(timestamp=graded.timestamp)
            )
        notebooks = _submitted_notebooks(session, own, submission)
        grades, comments = _released_cells(session, own)
        return cls(
            submission,
            notebooks,
            _complete(session, _GRADES, notebooks, grades),
            _complete(session, _COMMENTS, notebooks, comments),
        )


def _submitted_notebooks(session: Any, assignment: str, submission: str) -> dict[str, str]:
    """Notebook name -> id of the learner's own; put in those that are missing."""
    released = session.execute(
        select(_NOTEBOOKS.c.id, _NOTEBOOKS.c.name).where(_NOTEBOOKS.c.assignment_id == assignment)
    ).all()
    query = select(_OWN.c.notebook_id, _OWN.c.id).where(_OWN.c.assignment_id == submission)
    found = {row[0]: row[1] for row in session.execute(query)}
    missing = [row.id for row in released if row.id not in found]
    if missing:
        session.execute(
            insert(_OWN), [{"assignment_id": submission, "notebook_id": name} for name in missing]
        )
        found = {row[0]: row[1] for row in session.execute(query)}
    return {row.name: found[row.id] for row in released}


def _released_cells(session: Any, assignment: str) -> tuple[_Cells, _Cells]:
    """The cells that carry a grade, and those that carry a comment: (notebook, name) -> cell."""
    found: list[_Cells] = []
    for kind in (GradeCell, SolutionCell, TaskCell):
        columns = [kind.id, kind.name, Notebook.name.label("notebook")]
        if kind is not SolutionCell:
            columns.append(kind.max_score)
        query = select(*columns).join(Notebook, Notebook.id == kind.notebook_id)
        rows = session.execute(query.where(Notebook.assignment_id == assignment))
        found.append({(row.notebook, row.name): row for row in rows})
    graded, solved, tasks = found
    return graded | tasks, solved | tasks


def _complete(session: Any, table: Table, notebooks: dict[str, str], cells: _Cells) -> _Cells:
    """(notebook, cell) -> row of *table* with `max_score`; put in those that are missing."""
    query = select(table).where(table.c.notebook_id.in_(notebooks.values()))

    def rows() -> dict[tuple[str, str], Any]:
        return {(row.notebook_id, row.cell_id): row for row in session.execute(query)}

    found = rows()
    places = {key: (notebooks[key[0]], cell.id) for key, cell in cells.items()}
    missing = [place for place in places.values() if place not in found]
    if missing:
        session.execute(insert(table), [{"notebook_id": n, "cell_id": c} for n, c in missing])
        found = rows()
    return {
        key: {**found[place]._mapping, "max_score": getattr(cells[key], "max_score", 0.0)}
        for key, place in places.items()
    }


def _write_cells(session: Any, rows: _Rows, graded: GradedSubmission) -> None:
    grades = []
    for cell in graded.cells:
        row = rows.grades.get((cell.notebook, cell.grade_id))
        if row is not None:
            by_person = row["manual_score"] is not None and not cell.missing
            review = cell.needs_review or by_person
            grades.append(
                {"key": row["id"], "auto_score": cell.points, "needs_manual_grade": review}
            )
    _update_all(session, _GRADES, grades)
    comments = []
    for comment in graded.comments:
        row = rows.comments.get((comment.notebook, comment.grade_id))
        if row is not None:
            comments.append({"key": row["id"], "auto_comment": comment.text})
    _update_all(session, _COMMENTS, comments)


def _write_answer(
    session: Any, rows: _Rows, assignment: str, student: str, answer: JudgedAnswer
) -> None:
    place = (answer.notebook, answer.grade_id)
    grade, comment = rows.grades.get(place), rows.comments.get(place)
    if grade is None or comment is None:
        return
    worth, score = float(grade["max_score"]), answer.score
    values = {
        "key": grade["id"],
        "auto_score": None if score.points is None else round(marks(score.points) * worth, 2),
        "needs_manual_grade": grade["manual_score"] is not None
        or score.needs_review
        or answer.flagged,
    }
    _update_all(session, _GRADES, [values])
    told = {"key": comment["id"], "auto_comment": answer.comment(worth)}
    _update_all(session, _COMMENTS, [told])
    key = {
        "student": student,
        "assignment": assignment,
        "notebook": answer.notebook,
        "grade_id": answer.grade_id,
    }
    save_answer(session, key, answer.answer, score.model_dump_json())


def _update_all(session: Any, table: Table, rows: list[dict[str, Any]]) -> None:
    """Update each row, by its `key`, with its other values."""
    for row in rows:
        values = {name: value for name, value in row.items() if name != "key"}
        session.execute(update(table).where(table.c.id == row["key"]).values(values))


def _insert_once(session: Any, table: Table, key: dict[str, str], values: dict[str, Any]) -> bool:
    """Insert a row unless there is one with *key*, or another grader is faster."""
    if session.execute(select(table).where(*equal(table, key))).first() is not None:
        return False
    try:
        with session.begin_nested():
            session.execute(insert(table).values({**key, **values}))
    except IntegrityError:
        return False
    return True


_Cells = dict[tuple[str, str], Any]
_ASSIGNMENTS, _NOTEBOOKS = table_of(Assignment), table_of(Notebook)
_STUDENTS, _SUBMITTED, _OWN = (
    table_of(Student),
    table_of(SubmittedAssignment),
    table_of(SubmittedNotebook),
)
_GRADES, _COMMENTS = table_of(Grade), table_of(Comment)
