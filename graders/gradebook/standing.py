"""What stands in nbgrader's tables: each cell of each learner, its mark and its comment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    GradeCell,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from sqlalchemy import Table, func, select, update

from graders.gradebook.lateness import write_late_penalty
from graders.gradebook.tables import table_of
from graders.gradebook.values import CellPlace, Penalty

LATE = "late penalty"
"""Stands for a cell where points are taken off a notebook for lateness."""


@dataclass(frozen=True)
class Standing:
    """The points that count, and whether a person gave them; `None` if nobody has given any."""

    points: float | None
    by_person: bool


@dataclass(frozen=True)
class CellState:
    """One grade cell of one learner, all of it.

    Attributes:
        place: Whose cell, and where.
        manual: A person's points.
        automatic: The automatic points.
        extra: A person's extra credit.
        max_points: What it is worth.
        needs_review: Whether it waits for a person.
        manual_comment: A person's comment.
        automatic_comment: The automatic comment.
        grade: Id of its grade row.
        comment: Id of its comment row; tests have none.
        submission: Id of the submission's row.
        own_notebook: Id of the row of the learner's notebook.
    """

    place: CellPlace
    manual: float | None
    automatic: float | None
    extra: float
    max_points: float
    needs_review: bool
    manual_comment: str | None
    automatic_comment: str | None
    grade: str
    comment: str | None
    submission: str
    own_notebook: str

    @property
    def given(self) -> float | None:
        """The points before extra credit: a person's before the automatic ones."""
        return counted(self.manual, self.automatic, None)

    @property
    def points(self) -> float | None:
        """The points that count, as nbgrader counts: a person's before the automatic ones."""
        return counted(self.manual, self.automatic, self.extra)


def counted(manual: float | None, automatic: float | None, extra: float | None) -> float | None:
    """A person's points before the automatic ones, and extra credit; `None` if there are none."""
    given = automatic if manual is None else manual
    return None if given is None else float(given) + float(extra or 0)


def standing(
    session: Any, assignment: str, student: str | None = None
) -> dict[CellPlace, Standing]:  # fmt: skip
    """The marks that count, and the late penalties as marks below zero."""
    query = select(
        _WHOLE.c.student_id, _NOTEBOOKS.c.name, _CELLS.c.name, _GRADES.c.manual_score,
        _GRADES.c.auto_score, _GRADES.c.extra_credit,
    ).select_from(_joined(_GRADES)).where(*_of(assignment, student))  # fmt: skip
    found = {}
    for who, notebook, cell, manual, automatic, extra in session.execute(query):
        place = CellPlace(who, assignment, notebook, cell)
        found[place] = Standing(counted(manual, automatic, extra), manual is not None)
    taken = select(_WHOLE.c.student_id, _NOTEBOOKS.c.name, _OWN.c.late_submission_penalty)
    taken = taken.select_from(_notebooks()).where(*_of(assignment, student))
    for who, notebook, penalty in session.execute(taken):
        if penalty:
            found[CellPlace(who, assignment, notebook, LATE)] = Standing(-float(penalty), False)
    return found


def cells(
    session: Any, assignment: str, *, student: str | None = None, grade_id: str | None = None,
    notebook: str | None = None, waiting: bool = False,
) -> list[CellState]:  # fmt: skip
    """The grade cells of *assignment*, sorted by place.

    Args:
        session: A session of the gradebook.
        assignment: Name of the assignment.
        student: Only this learner's.
        grade_id: Only this cell.
        notebook: Only of this notebook.
        waiting: Only those that wait for a person.
    """
    worth = func.coalesce(_TESTS.c.max_score, _TASKS.c.max_score, 0.0)
    query = select(
        _WHOLE.c.student_id, _NOTEBOOKS.c.name.label("notebook"), _CELLS.c.name.label("cell"),
        _GRADES.c.manual_score, _GRADES.c.auto_score, _GRADES.c.extra_credit,
        worth.label("worth"), _GRADES.c.needs_manual_grade, _GRADES.c.id,
        _WHOLE.c.id.label("whole"), _OWN.c.id.label("own"),
    ).select_from(
        _joined(_GRADES)
        .outerjoin(_TESTS, _TESTS.c.id == _CELLS.c.id)
        .outerjoin(_TASKS, _TASKS.c.id == _CELLS.c.id)
    )  # fmt: skip
    # A comment belongs to a cell of its own, of the same name.
    told = select(
        _OWN.c.id.label("own"), _CELLS.c.name.label("cell"), _COMMENTS.c.id,
        _COMMENTS.c.manual_comment, _COMMENTS.c.auto_comment,
    ).select_from(_joined(_COMMENTS))  # fmt: skip
    wanted = _of(assignment, student)
    if grade_id is not None:
        wanted.append(_CELLS.c.name == grade_id)
    if notebook is not None:
        wanted.append(_NOTEBOOKS.c.name == notebook)
    comments = {(row.own, row.cell): row for row in session.execute(told.where(*wanted))}
    if waiting:
        wanted.append(_GRADES.c.needs_manual_grade.is_(True))
    rows = session.execute(query.where(*wanted))
    states = (_state(row, comments.get((row.own, row.cell)), assignment) for row in rows)
    return sorted(states, key=_by_place)


def cell(session: Any, place: CellPlace) -> CellState | None:
    """The cell at *place*; `None` if there is none."""
    found = cells(
        session, place.assignment, student=place.student, grade_id=place.grade_id,
        notebook=place.notebook,
    )  # fmt: skip
    return found[0] if found else None


def write(
    session: Any, state: CellState, values: Mapping[str, object], penalty: Penalty | None
) -> None:
    """Write columns of a cell's grade and comment, and what lateness costs then.

    Args:
        session: A session of the gradebook, in a transaction; the caller commits.
        state: The cell.
        values: Column -> value: `manual_score`, `auto_score`, `needs_manual_grade`,
            `manual_comment`, `auto_comment`.
        penalty: Decides what lateness costs; `None` leaves it as it is.
    """
    for table, row in ((_GRADES, state.grade), (_COMMENTS, state.comment)):
        own = {name: value for name, value in values.items() if name in table.c}
        if own and row is not None:
            session.execute(update(table).where(table.c.id == row).values(own))
    session.expire_all()
    write_late_penalty(session, state.place.student, state.submission, state.own_notebook, penalty)


def _by_place(state: CellState) -> CellPlace:
    return state.place


def _state(row: Any, comment: Any, assignment: str) -> CellState:
    return CellState(
        place=CellPlace(row.student_id, assignment, row.notebook, row.cell),
        manual=row.manual_score,
        automatic=row.auto_score,
        extra=float(row.extra_credit or 0),
        max_points=float(row.worth),
        needs_review=bool(row.needs_manual_grade),
        manual_comment=comment.manual_comment if comment else None,
        automatic_comment=comment.auto_comment if comment else None,
        grade=row.id,
        comment=comment.id if comment else None,
        submission=row.whole,
        own_notebook=row.own,
    )


def _notebooks() -> Any:
    return (
        _OWN.join(_WHOLE, _OWN.c.assignment_id == _WHOLE.c.id)
        .join(_ASSIGNMENTS, _WHOLE.c.assignment_id == _ASSIGNMENTS.c.id)
        .join(_NOTEBOOKS, _OWN.c.notebook_id == _NOTEBOOKS.c.id)
    )


def _joined(table: Table) -> Any:
    return (
        _notebooks()
        .join(table, table.c.notebook_id == _OWN.c.id)
        .join(_CELLS, table.c.cell_id == _CELLS.c.id)
    )


def _of(assignment: str, student: str | None) -> list[Any]:
    own = [_ASSIGNMENTS.c.name == assignment]
    return own if student is None else [*own, _WHOLE.c.student_id == student]


_ASSIGNMENTS, _NOTEBOOKS, _CELLS = table_of(Assignment), table_of(Notebook), table_of(BaseCell)
_WHOLE, _OWN = table_of(SubmittedAssignment), table_of(SubmittedNotebook)
_GRADES, _COMMENTS = table_of(Grade), table_of(Comment)
_TESTS, _TASKS = table_of(GradeCell), table_of(TaskCell)
