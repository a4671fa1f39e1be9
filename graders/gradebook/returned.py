"""What every learner of an assignment gets back, read from the gradebook in four queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from sqlalchemy import func, select

from graders.gradebook.notices import notices
from graders.gradebook.reviews import REVIEWS
from graders.gradebook.standing import counted
from graders.gradebook.tables import METADATA, SCORES, store_errors, table_of


@dataclass(frozen=True)
class ReturnedCell:
    """The points of one cell; `points` is `None` while nobody has given any."""

    points: float | None
    max_points: float


@dataclass(frozen=True)
class ReturnedComment:
    """What is said of one cell, and by whom: a person's words are shown instead of ours."""

    automatic: str | None
    manual: str | None


@dataclass(frozen=True)
class ReturnedNotebook:
    """One notebook of one learner.

    Attributes:
        student: The learner's id.
        notebook: Its name, without suffix.
        penalty: Points that are taken off for lateness.
        cells: `grade_id` -> points of each graded cell.
        comments: `grade_id` -> comment.
        answers: `grade_id` -> judged text, and its score as JSON.
        reviewed: `grade_id` -> the score as JSON, and the words, of a person whose mark counts;
            only as long as formgrader shows this mark and comment, too.
        notices: What the learner is told beside the marks, oldest first.
    """

    student: str
    notebook: str
    penalty: float
    cells: dict[str, ReturnedCell] = field(default_factory=dict)
    comments: dict[str, ReturnedComment] = field(default_factory=dict)
    answers: dict[str, tuple[str, str]] = field(default_factory=dict)
    reviewed: dict[str, tuple[str, str]] = field(default_factory=dict)
    notices: tuple[str, ...] = ()

    @property
    def points(self) -> float:
        """The points given so far, after the penalty."""
        return sum(cell.points or 0.0 for cell in self.cells.values()) - self.penalty

    @property
    def max_points(self) -> float:
        """The points that can be reached."""
        return sum(cell.max_points for cell in self.cells.values())

    @property
    def open_points(self) -> float:
        """The points of cells that nobody has graded yet."""
        return sum(cell.max_points for cell in self.cells.values() if cell.points is None)


def load_returned(db_url: str, assignment: str) -> dict[tuple[str, str], ReturnedNotebook]:
    """(Learner, notebook) -> what comes back.

    Raises:
        StoreError: If the gradebook cannot be read.
    """
    with store_errors(db_url), Gradebook(db_url) as gradebook:
        METADATA.create_all(gradebook.engine, checkfirst=True)
        connection = gradebook.db.connection()
        answers: dict[tuple[str, str], dict[str, tuple[str, str]]] = defaultdict(dict)
        for row in connection.execute(select(SCORES).where(SCORES.c.assignment == assignment)):
            answers[row.student, row.notebook][row.grade_id] = (row.answer, row.score)
        told: dict[tuple[str, str], list[str]] = defaultdict(list)
        for notice in notices(connection, assignment):
            told[notice.place.student, notice.place.notebook].append(notice.text)
        found: dict[str, ReturnedNotebook] = {}
        for key, student, name, penalty in connection.execute(_notebooks(assignment)):
            own = answers.get((student, name), {})
            said = tuple(told.get((student, name), ()))
            found[key] = ReturnedNotebook(
                student, name, float(penalty or 0), answers=own, notices=said
            )
        given: dict[tuple[str, str], float | None] = {}
        for key, name, manual, automatic, extra, worth in connection.execute(_grades(assignment)):
            found[key].cells[name] = ReturnedCell(counted(manual, automatic, extra), worth)
            given[key, name] = manual
        for key, name, manual, automatic in connection.execute(_comments(assignment)):
            found[key].comments[name] = ReturnedComment(automatic, manual)
        _add_reviews(connection, assignment, found, given)
    return {(one.student, one.notebook): one for one in found.values()}


def _add_reviews(
    connection: Any, assignment: str, found: dict[str, ReturnedNotebook],
    given: dict[tuple[str, str], float | None],
) -> None:  # fmt: skip
    """Put in what people said, where it is still what counts."""
    keys = {(one.student, one.notebook): key for key, one in found.items()}
    query = select(REVIEWS).where(REVIEWS.c.assignment == assignment, REVIEWS.c.counts.is_(True))
    for row in connection.execute(query):
        key = keys.get((row.student, row.notebook))
        if key is None or not row.score or given.get((key, row.grade_id)) != row.points:
            continue
        comment = found[key].comments.get(row.grade_id)
        if comment is not None and comment.manual == row.told:
            found[key].reviewed[row.grade_id] = (row.score, row.comment)


def _notebooks(assignment: str) -> Any:
    handed, notebooks = table_of(SubmittedNotebook), table_of(Notebook)
    whole = table_of(SubmittedAssignment)
    return select(
        handed.c.id, whole.c.student_id, notebooks.c.name, handed.c.late_submission_penalty
    ).where(*_joined(assignment))


def _grades(assignment: str) -> Any:
    grades, cells = table_of(Grade), table_of(BaseCell)
    tests, tasks = table_of(GradeCell), table_of(TaskCell)
    worth = func.coalesce(tests.c.max_score, tasks.c.max_score, 0.0)
    return (
        select(
            grades.c.notebook_id, cells.c.name, grades.c.manual_score, grades.c.auto_score,
            grades.c.extra_credit, worth,
        )
        .join(cells, grades.c.cell_id == cells.c.id)
        .outerjoin(tests, tests.c.id == cells.c.id)
        .outerjoin(tasks, tasks.c.id == cells.c.id)
        .where(grades.c.notebook_id.in_(_of(assignment)))
    )  # fmt: skip


def _comments(assignment: str) -> Any:
    comments, cells = table_of(Comment), table_of(BaseCell)
    return (
        select(
            comments.c.notebook_id, cells.c.name, comments.c.manual_comment, comments.c.auto_comment
        )
        .join(cells, comments.c.cell_id == cells.c.id)
        .where(comments.c.notebook_id.in_(_of(assignment)))
    )


def _of(assignment: str) -> Any:
    return select(table_of(SubmittedNotebook).c.id).where(*_joined(assignment))


def _joined(assignment: str) -> Iterator[Any]:
    handed, notebooks = table_of(SubmittedNotebook), table_of(Notebook)
    whole, assignments = table_of(SubmittedAssignment), table_of(Assignment)
    yield handed.c.notebook_id == notebooks.c.id
    yield handed.c.assignment_id == whole.c.id
    yield whole.c.assignment_id == assignments.c.id
    yield assignments.c.name == assignment
