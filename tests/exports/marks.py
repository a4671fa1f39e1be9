"""A course folder with a gradebook whose marks are known, made without grading anything."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from nbgrader.api import Gradebook

from graders.course import Course, open_course
from graders.gradebook import let_nbgrader_find_alembic

CELLS = {"tests": 4.0, "answer": 6.0}
"""Cells of each assignment and what they are worth."""


@lru_cache(maxsize=1)
def _blank() -> bytes:
    """An empty gradebook: nbgrader starts another program for each new one, which takes seconds."""
    let_nbgrader_find_alembic()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "gradebook.db"
        Gradebook(f"sqlite:///{path}").close()
        return path.read_bytes()


Mark = tuple[float | None, float | None]
"""Automatic and manual points."""


def make_course(
    root: Path, learners: Mapping[str, Mapping[str, str]],
    marks: Mapping[str, Mapping[str, Mapping[str, Mark]]],
    *, handed_in: Mapping[tuple[str, str], datetime] | None = None,
    due: Mapping[str, datetime] | None = None,
) -> Course:  # fmt: skip
    """A course in *root*.

    Args:
        root: Its folder; made.
        learners: Id -> `first_name`, `last_name`, `email`, `lms_user_id`.
        marks: Assignment -> learner -> cell -> marks.
        handed_in: (assignment, learner) -> when.
        due: Assignment -> when.
    """
    (root / "source").mkdir(parents=True, exist_ok=True)
    (root / "nbgrader_config.py").write_text("c = get_config()\n")
    (root / "gradebook.db").write_bytes(_blank())
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        for student, facts in learners.items():
            book.add_student(student, **facts)
        for name, of_assignment in marks.items():
            (root / "source" / name).mkdir(exist_ok=True)
            book.add_assignment(name, duedate=(due or {}).get(name))
            book.add_notebook(name, name)
            for cell, worth in CELLS.items():
                book.add_grade_cell(cell, name, name, max_score=worth, cell_type="markdown")
                book.add_source_cell(cell, name, name, cell_type="markdown")
                book.add_solution_cell(cell, name, name)
            for student, of_student in of_assignment.items():
                at = (handed_in or {}).get((name, student))
                book.add_submission(name, student, timestamp=at)
                for cell, (automatic, manual) in of_student.items():
                    grade = book.find_grade(cell, name, name, student)
                    grade.auto_score, grade.manual_score = automatic, manual
                    grade.needs_manual_grade = automatic is None and manual is None
            book.db.commit()
    return open_course(root)
