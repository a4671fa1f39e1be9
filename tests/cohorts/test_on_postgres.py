"""Reading marks, telling all about a person and removing them, on a PostgreSQL server."""

from __future__ import annotations

import pytest
from nbgrader.api import Gradebook

from graders.gradebook import CourseGradebook, Submission
from graders.gradebook.personal import REMOVED, remove_person, rows_about
from graders.gradebook.term import load_term
from tests.batch.postgres import postgres

pytestmark = pytest.mark.slow


def test_marks_are_read_and_a_person_is_removed() -> None:
    with postgres() as address:
        with CourseGradebook(address) as book:
            for student in ("ada", "ben"):
                remark = "the same work as ada" if student == "ben" else ""
                book.remember("week01", Submission(student, "0", (remark,)))
        with Gradebook(address) as book:
            book.add_assignment("week01")
            book.add_notebook("week01", "week01")
            book.add_grade_cell("a", "week01", "week01", max_score=4, cell_type="code")
            for student in ("ada", "ben"):
                book.add_student(student)
                book.add_submission("week01", student)
                book.find_grade("a", "week01", "week01", student).auto_score = 3.0
            book.db.commit()
        assert {work.points for work in load_term(address).works.values()} == {3.0}
        assert rows_about(address, "ada")["grade"][0]["auto_score"] == 3.0
        counts = remove_person(address, "ada")
        assert counts["grade"] == 1 and counts["student"] == 1
        assert rows_about(address, "ada") == {}
        assert rows_about(address, "ben")["seniorkit_submission"][0]["remarks"] == [
            f"the same work as {REMOVED}"
        ]
        assert [one.student for one in load_term(address).learners] == ["ben"]
