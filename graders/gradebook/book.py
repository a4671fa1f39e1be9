"""One open connection to a course's gradebook."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from graders.gradebook import audit, standing
from graders.gradebook.recording import record, remember, save_answer
from graders.gradebook.sessions import session_of
from graders.gradebook.stored import stored_answers
from graders.gradebook.tables import METADATA, SUBMISSIONS, equal, store_errors
from graders.gradebook.values import (
    CellGrade,
    CellMark,
    GradedSubmission,
    LearnerGrades,
    Penalty,
    Submission,
)
from graders.score import Score, marks

PATIENCE_MS = 20_000
"""How long a write waits for a gradebook file that another program has locked."""

ATTEMPTS = 3


class CourseGradebook:
    """One open connection to a course's gradebook; use as a context manager."""

    def __init__(self, db_url: str) -> None:
        let_nbgrader_find_alembic()
        self.db_url = db_url
        with store_errors(db_url):
            self._gradebook = _opened(db_url)
            engine = self._gradebook.engine
            if engine.dialect.name == "sqlite":
                with engine.connect() as connection:
                    connection.exec_driver_sql(f"PRAGMA busy_timeout = {PATIENCE_MS}")

    def __enter__(self) -> CourseGradebook:
        return self

    def __exit__(self, *exception: object) -> None:
        self._gradebook.close()

    def has_assignment(self, assignment: str) -> bool:
        """Whether the gradebook knows *assignment*."""
        try:
            self._gradebook.find_assignment(assignment)
        except MissingEntry:
            return False
        return True

    def notebooks(self, assignment: str) -> list[str]:
        """Names of the notebooks of *assignment*, without suffix, sorted."""
        with store_errors(self.db_url):
            found = self._gradebook.find_assignment(assignment)
            return sorted(notebook.name for notebook in found.notebooks)

    def set_due(self, assignment: str, due: datetime) -> None:
        """Set when *assignment* is due (UTC); later submissions count as late."""
        with store_errors(self.db_url):
            naive = due.astimezone(UTC).replace(tzinfo=None)
            self._gradebook.update_or_create_assignment(assignment, duedate=naive)

    def marks(self, assignment: str, notebook: str) -> dict[str, CellMark]:
        """`grade_id` -> mark of every marked cell of a released notebook, in its order."""
        try:
            found = self._gradebook.find_notebook(notebook, assignment)
        except MissingEntry:
            return {}
        grades = {cell.name: cell for cell in found.grade_cells}
        tasks = {cell.name: cell for cell in found.task_cells}
        solutions = {cell.name for cell in found.solution_cells}
        return {
            cell.name: CellMark(
                cell_type=cell.cell_type,
                locked=bool(cell.locked),
                source=str(cell.source or ""),
                grade=cell.name in grades,
                solution=cell.name in solutions,
                task=cell.name in tasks,
                points=float({**grades, **tasks}[cell.name].max_score)
                if cell.name in {**grades, **tasks}
                else 0.0,
            )
            for cell in found.source_cells
        }

    def save_score(
        self, student: str, assignment: str, notebook: str, grade_id: str, *, answer: str,
        score: Score, comment: str, flagged: bool,
    ) -> None:  # fmt: skip
        """Write a score as the automatic grade of a free-text cell, in one transaction.

        A person's grade is never touched, and a cell that a person has graded stays marked for
        review, as nbgrader does it.

        Args:
            student: The learner's id.
            assignment: Name of the assignment.
            notebook: Name of the notebook, without suffix.
            grade_id: Id of the answer cell.
            answer: The text that was judged.
            score: The judgement.
            comment: Feedback for the learner, as Markdown that is safe to render.
            flagged: Whether a person should look for reasons outside the score.
        """
        with store_errors(self.db_url):
            audit.notice(self._gradebook.db, assignment, student)
            grade = self._gradebook.find_grade(grade_id, notebook, assignment, student)
            if score.points is None:
                grade.auto_score = None
            else:
                grade.auto_score = round(marks(score.points) * float(grade.max_score), 2)
            grade.needs_manual_grade = (
                grade.manual_score is not None or score.needs_review or flagged
            )
            remark = self._gradebook.find_comment(grade_id, notebook, assignment, student)
            remark.auto_comment = comment
            key = {
                "student": student,
                "assignment": assignment,
                "notebook": notebook,
                "grade_id": grade_id,
            }
            session = self._gradebook.db
            save_answer(session, key, answer, score.model_dump_json())
            audit.settle(session, assignment, student, actor=audit.AUTOMATIC, action="graded")
            session.commit()

    def automatic_comments(
        self, student: str, assignment: str, notebook: str, grade_ids: Sequence[str]
    ) -> dict[str, str | None]:
        """`grade_id` -> the comment that was written automatically, whatever a person added."""
        found: dict[str, str | None] = {}
        for grade_id in grade_ids:
            try:
                remark = self._gradebook.find_comment(grade_id, notebook, assignment, student)
            except MissingEntry:
                continue
            found[grade_id] = remark.auto_comment
        return found

    def flag_cells(
        self, student: str, assignment: str, notebook: str, grade_ids: Sequence[str]
    ) -> None:
        """Mark grade cells for review by a person, leaving their scores as they are."""
        with store_errors(self.db_url):
            for grade_id in grade_ids:
                grade = self._gradebook.find_grade(grade_id, notebook, assignment, student)
                grade.needs_manual_grade = True
            self._gradebook.db.commit()

    def remember(self, assignment: str, submission: Submission) -> None:
        """Store what was graded, as the last step of grading one submission."""
        with store_errors(self.db_url):
            remember(self._gradebook.db, assignment, submission)
            self._gradebook.db.commit()

    def record(
        self, assignment: str, graded: GradedSubmission, remembered: Submission, *,
        penalty: Penalty | None = None,
    ) -> None:  # fmt: skip
        """Record a whole submission and remember it, in one transaction.

        Recording it once more changes nothing.

        Args:
            assignment: Name of the assignment.
            graded: What grading found.
            remembered: What is remembered of it.
            penalty: Decides what lateness costs; `None` leaves penalties as they are.

        Raises:
            StoreError: If it cannot be written; nothing of it is, then.
        """
        session = self._gradebook.db
        with store_errors(self.db_url):
            for attempt in range(ATTEMPTS):
                try:
                    session.rollback()
                    record(session, assignment, graded, remembered, penalty)
                    session.commit()
                    return
                except (OperationalError, IntegrityError):
                    # Another grader was in the way: a lock, or a row that is there by now.
                    session.rollback()
                    if attempt == ATTEMPTS - 1:
                        raise
                    time.sleep(0.05 * 2**attempt)
                except BaseException:
                    session.rollback()
                    raise

    def notice(self, assignment: str) -> int:
        """Enter into the trail what was changed outside of this kit, in formgrader for example.

        Returns:
            How many marks were.
        """
        with session_of(self.db_url, writing=True) as session:
            return audit.notice(session, assignment)

    def has_student(self, student: str) -> bool:
        """Whether the gradebook knows the learner."""
        try:
            self._gradebook.find_student(student)
        except MissingEntry:
            return False
        return True

    def forget(self, assignment: str, student: str) -> None:
        """Drop what is remembered of a submission, so that it is graded again."""
        key = {"student": student, "assignment": assignment}
        with store_errors(self.db_url):
            self._gradebook.db.execute(delete(SUBMISSIONS).where(*equal(SUBMISSIONS, key)))
            self._gradebook.db.commit()

    def remembered(self, assignment: str) -> dict[str, Submission]:
        """Student -> what is remembered of the submission to *assignment*."""
        with store_errors(self.db_url):
            query = select(SUBMISSIONS).where(SUBMISSIONS.c.assignment == assignment)
            return {
                row.student: Submission(
                    row.student, row.digest, tuple(json.loads(row.remarks)), row.failed == "True"
                )
                for row in self._gradebook.db.execute(query)
            }

    def learners(self, assignment: str) -> list[LearnerGrades]:
        """All grades of *assignment*, one entry per learner, sorted by id.

        Learners whose submission could not be graded at all are included, without cells.
        """
        remembered = self.remembered(assignment)
        with store_errors(self.db_url):
            cells = _cells(self._gradebook.db, assignment)
            scores: dict[str, dict[str, Score]] = {}
            for place, (_, score) in stored_answers(self._gradebook.db, assignment).items():
                scores.setdefault(place.student, {})[place.grade_id] = score
            found = {
                submission.student_id: LearnerGrades(
                    student=submission.student_id,
                    cells=tuple(cells.get(submission.student_id, ())),
                    scores=scores.get(submission.student_id, {}),
                    seconds_late=float(submission.total_seconds_late or 0),
                    submission=remembered.get(submission.student_id),
                )
                for submission in self._submissions(assignment)
            }
        for student, submission in remembered.items():
            found.setdefault(student, LearnerGrades(student=student, submission=submission))
        return [found[student] for student in sorted(found)]

    def answers(
        self, assignment: str, student: str, notebook: str | None = None
    ) -> dict[str, tuple[str, Score]]:
        """`grade_id` -> the judged text and its score, for one learner (and one notebook)."""
        only = {"student": student}
        if notebook is not None:
            only["notebook"] = notebook
        with store_errors(self.db_url):
            found = stored_answers(self._gradebook.db, assignment, **only)
        return {place.grade_id: entry for place, entry in found.items()}

    def _submissions(self, assignment: str) -> list:  # type: ignore[type-arg]
        try:
            return list(self._gradebook.assignment_submissions(assignment))
        except MissingEntry:
            return []


def _cells(session: Any, assignment: str) -> dict[str, list[CellGrade]]:
    """Learner -> all cells, by notebook and name."""
    found: dict[str, list[CellGrade]] = {}
    for state in standing.cells(session, assignment):
        found.setdefault(state.place.student, []).append(
            CellGrade(
                notebook=state.place.notebook,
                grade_id=state.place.grade_id,
                points=state.points,
                max_points=state.max_points,
                needs_review=state.needs_review,
                manual=state.manual is not None,
            )
        )
    return found


def _opened(db_url: str) -> Gradebook:
    """The gradebook with our tables; another grader may be making them at the same moment."""
    for attempt in range(ATTEMPTS):
        try:
            gradebook = Gradebook(db_url)
            METADATA.create_all(gradebook.engine, checkfirst=True)
            return gradebook
        except (IntegrityError, OperationalError, ProgrammingError):
            if attempt == ATTEMPTS - 1 or db_url.startswith("sqlite"):
                raise
            time.sleep(0.2)
    raise AssertionError("unreachable")


def let_nbgrader_find_alembic() -> None:
    """Nbgrader starts `alembic` by name: put this environment's programs on the path."""
    programs = str(Path(sys.executable).parent)
    path = os.environ.get("PATH", "")
    if programs not in path.split(os.pathsep):
        os.environ["PATH"] = programs + os.pathsep + path
