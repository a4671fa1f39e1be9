"""All marks of all assignments, read in five queries whatever the number of learners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from nbgrader.api import (
    Assignment,
    BaseCell,
    Grade,
    GradeCell,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from sqlalchemy import func, select

from graders.errors import UsageError
from graders.gradebook.sessions import session_of
from graders.gradebook.standing import counted
from graders.gradebook.tables import SUBMISSIONS, shown, table_of

State = Literal["graded", "waiting", "failed", "missing"]
"""`waiting`: somebody must still grade a part; `failed`: handed in, and could not be graded."""


@dataclass(frozen=True)
class Learner:
    """One learner as the gradebook knows them; what it does not know is empty."""

    student: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_user_id: str = ""

    @property
    def name(self) -> str:
        """First and last name, as far as they are known."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True)
class Item:
    """One marked cell of the course, in the order of assignment, notebook and id.

    Attributes:
        assignment: Name of the assignment.
        notebook: Name of the notebook, without suffix.
        grade_id: Id of the cell.
        max_points: The points it is worth.
    """

    assignment: str
    notebook: str
    grade_id: str
    max_points: float


@dataclass(frozen=True)
class ItemMark:
    """The mark of one cell of one learner, in points; what nobody has given is `None`."""

    item: Item
    automatic: float | None
    manual: float | None
    extra: float = 0.0
    needs_review: bool = False

    @property
    def points(self) -> float | None:
        """What counts, as nbgrader counts: a person's before the automatic one, and extra credit."""
        return counted(self.manual, self.automatic, self.extra)

    @property
    def doubtful(self) -> bool:
        """Whether it waits for a person who has not marked it yet."""
        return self.manual is None and (self.needs_review or self.automatic is None)


@dataclass(frozen=True)
class Work:
    """What one learner handed in for one assignment.

    Attributes:
        student: The learner's id.
        assignment: Name of the assignment.
        at: When it was handed in, if that is known.
        penalty: Points that are taken off for lateness.
        failed: Whether it could not be graded at all.
        marks: The marks of its cells.
    """

    student: str
    assignment: str
    at: datetime | None = None
    penalty: float = 0.0
    failed: bool = False
    marks: tuple[ItemMark, ...] = ()

    @property
    def state(self) -> State:
        """How far it is."""
        if self.failed:
            return "failed"
        if not self.marks or any(mark.points is None for mark in self.marks):
            return "waiting"
        return "graded"

    @property
    def points(self) -> float | None:
        """The mark after the penalty, not below zero; `None` while a part of it is not known."""
        if self.state != "graded":
            return None
        return max(0.0, round(self.given - self.penalty, 2))

    @property
    def given(self) -> float:
        """The points given so far, before the penalty."""
        return sum(mark.points or 0.0 for mark in self.marks)

    @property
    def doubtful(self) -> bool:
        """Whether a mark of it waits for a person, although it has points."""
        return any(mark.doubtful for mark in self.marks)


@dataclass(frozen=True)
class AssignmentFacts:
    """One assignment: when it is due, and what it is worth."""

    name: str
    due: datetime | None
    max_points: float


@dataclass(frozen=True)
class Term:
    """All marks of a course.

    Attributes:
        assignments: In the order of their due times, those without one first, then by name.
        learners: Sorted by id.
        works: (learner, assignment) -> what was handed in.
    """

    assignments: tuple[AssignmentFacts, ...]
    learners: tuple[Learner, ...]
    works: dict[tuple[str, str], Work] = field(default_factory=dict)

    def work(self, student: str, assignment: str) -> Work | None:
        """What *student* handed in for *assignment*, or `None`."""
        return self.works.get((student, assignment))

    def state(self, student: str, assignment: str) -> State:
        """How far a learner's work is, also where there is none."""
        work = self.work(student, assignment)
        return "missing" if work is None else work.state

    def assignment(self, name: str) -> AssignmentFacts:
        """The assignment called *name*.

        Raises:
            KeyError: If there is none.
        """
        return {one.name: one for one in self.assignments}[name]


def load_term(db_url: str, assignments: Sequence[str] = ()) -> Term:
    """Read the marks of *assignments*, or of all.

    Raises:
        UsageError: If the gradebook does not know one of them.
        StoreError: If the gradebook cannot be read.
    """
    with session_of(db_url) as session:
        connection = session.connection()
        facts, items = _structure(connection)
        unknown = sorted(set(assignments) - set(facts))
        if unknown:
            raise UsageError(
                f"the gradebook knows no assignment {unknown[0]!r}",
                where=shown(db_url),
                fix=f"Known: {', '.join(facts) or 'none'}",
            )
        wanted = [name for name in facts if not assignments or name in assignments]
        learners = _learners(connection)
        works = _works(connection, wanted, items)
    known = {learner.student for learner in learners}
    strangers = sorted({student for student, _ in works} - known)
    return Term(
        tuple(facts[name] for name in wanted),
        tuple(sorted([*learners, *map(Learner, strangers)], key=lambda one: one.student)),
        works,
    )


def load_learners(db_url: str) -> list[Learner]:
    """All learners whom the gradebook knows, sorted by id.

    Raises:
        StoreError: If the gradebook cannot be read.
    """
    with session_of(db_url) as session:
        return sorted(_learners(session.connection()), key=lambda one: one.student)


def _structure(connection: Any) -> tuple[dict[str, AssignmentFacts], dict[str, Item]]:
    """Assignments by name, and marked cells by their id in the database."""
    whole, notebooks, cells = table_of(Assignment), table_of(Notebook), table_of(BaseCell)
    tests, tasks = table_of(GradeCell), table_of(TaskCell)
    worth = func.coalesce(tests.c.max_score, tasks.c.max_score)
    query = (
        select(cells.c.id, whole.c.name, notebooks.c.name, cells.c.name, worth)
        .select_from(cells)
        .join(notebooks, cells.c.notebook_id == notebooks.c.id)
        .join(whole, notebooks.c.assignment_id == whole.c.id)
        .outerjoin(tests, tests.c.id == cells.c.id)
        .outerjoin(tasks, tasks.c.id == cells.c.id)
        .where(worth.is_not(None))
        .order_by(whole.c.name, notebooks.c.name, cells.c.name)
    )
    items = {
        key: Item(assignment, notebook, grade_id, float(points))
        for key, assignment, notebook, grade_id, points in connection.execute(query)
    }
    rows = connection.execute(select(whole.c.name, whole.c.duedate)).all()
    early = datetime.min.replace(tzinfo=UTC)
    facts = [
        AssignmentFacts(
            name,
            _aware(due),
            sum(item.max_points for item in items.values() if item.assignment == name),
        )
        for name, due in rows
    ]
    facts.sort(key=lambda one: (one.due or early, one.name))
    return {one.name: one for one in facts}, items


def _learners(connection: Any) -> list[Learner]:
    own = table_of(Student)
    query = select(own.c.id, own.c.first_name, own.c.last_name, own.c.email, own.c.lms_user_id)
    return [Learner(*(str(value or "") for value in row)) for row in connection.execute(query)]


def _works(
    connection: Any, assignments: Sequence[str], items: dict[str, Item]
) -> dict[tuple[str, str], Work]:
    whole, handed = table_of(SubmittedAssignment), table_of(SubmittedNotebook)
    named, grades = table_of(Assignment), table_of(Grade)
    of_wanted = (handed.c.assignment_id == whole.c.id, whole.c.assignment_id == named.c.id)
    failed = {
        (row.student, row.assignment)
        for row in connection.execute(
            select(SUBMISSIONS).where(SUBMISSIONS.c.assignment.in_(assignments))
        )
        if row.failed == "True"
    }
    submitted = connection.execute(
        select(whole.c.id, whole.c.student_id, named.c.name, whole.c.timestamp)
        .where(whole.c.assignment_id == named.c.id, named.c.name.in_(assignments))
    ).all()  # fmt: skip
    penalties: dict[str, float] = {}
    for key, penalty in connection.execute(
        select(handed.c.assignment_id, handed.c.late_submission_penalty)
    ):
        penalties[key] = penalties.get(key, 0.0) + float(penalty or 0)
    marks: dict[str, list[ItemMark]] = {}
    for key, cell, automatic, manual, extra, review in connection.execute(
        select(
            whole.c.id, grades.c.cell_id, grades.c.auto_score, grades.c.manual_score,
            grades.c.extra_credit, grades.c.needs_manual_grade,
        ).where(grades.c.notebook_id == handed.c.id, *of_wanted, named.c.name.in_(assignments))
    ):  # fmt: skip
        mark = ItemMark(items[cell], automatic, manual, float(extra or 0), bool(review))
        marks.setdefault(key, []).append(mark)
    works = {
        (student, name): Work(
            student,
            name,
            _aware(at),
            penalties.get(key, 0.0),
            (student, name) in failed,
            tuple(sorted(marks.get(key, ()), key=lambda m: (m.item.notebook, m.item.grade_id))),
        )
        for key, student, name, at in submitted
    }
    for student, name in failed:
        works.setdefault((student, name), Work(student, name, failed=True))
    return works


def _aware(at: datetime | None) -> datetime | None:
    """The database's time, which has no zone, as UTC."""
    return None if at is None else at.replace(tzinfo=UTC)
