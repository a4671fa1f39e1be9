"""The gradebook ends as `nbgrader autograde` leaves it: every table, every cell."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Set
from pathlib import Path

import nbformat
import pytest

from graders.batch import grade_assignment
from graders.course import check_assignment, open_course
from tests.batch.dump import everything
from tests.batch.test_engine import RUBRIC, _course, _hand_in
from tests.cohort.build import ASSIGNMENT, DUE, build

pytestmark = pytest.mark.slow

HONEST = ("learner-01", "learner-02", "learner-04", "learner-06", "learner-10")
OURS = {"seniorkit_score", "seniorkit_submission"}


def by_nbgrader(course: Path, assignment: str) -> None:
    programs = Path(sys.executable).parent
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", assignment],
        cwd=course, env={**os.environ, "PATH": path}, capture_output=True, check=True,
    )  # fmt: skip


def compare(
    course: Path, assignment: str, *, leave_out: set[str] = OURS, incomplete: Set[str] = frozenset()
) -> None:
    """Grade one copy of *course* with nbgrader and the other with the engine."""
    other = course.parent / f"{course.name}-by-nbgrader"
    shutil.copytree(course, other)
    by_nbgrader(other, assignment)
    outcome = grade_assignment(course, assignment)
    assert set(outcome.failed) == incomplete
    ours, theirs = everything(course), everything(other)
    for table in (ours.keys() | theirs.keys()) - leave_out:
        assert ours[table] == theirs[table], table
    for path in sorted((other / "autograded").rglob("*")):
        twin = course / path.relative_to(other)
        assert twin.exists(), path
        assert twin.stat().st_mode == path.stat().st_mode, path


def test_a_cohort_in_a_course_that_knows_nothing_of_the_kit(tmp_path: Path) -> None:
    course = build(tmp_path / "course")
    (course / "nbgrader_config.py").write_text(
        "c = get_config()\n"
        "c.CourseDirectory.course_id = 'plain'\n"
        "c.LateSubmissionPlugin.penalty_method = 'zero'\n"
    )
    for path in (course / "source" / ASSIGNMENT).glob("*.yaml"):
        path.unlink()
    shutil.rmtree(course / "release")
    for folder in (course / "submitted").iterdir():
        if folder.name not in HONEST:
            shutil.rmtree(folder)
    opened = open_course(course)
    check_assignment(opened, ASSIGNMENT)
    with opened.gradebook() as gradebook:
        gradebook.set_due(ASSIGNMENT, DUE)
    compare(course, ASSIGNMENT)


def test_judging_later_comes_to_the_same_as_judging_in_the_loop(tmp_path: Path) -> None:
    course = _course(tmp_path / "course", rubric=RUBRIC)
    _hand_in(course, "ada")
    _hand_in(course, "bob", code="def double(x):\n    return 3")
    blank = _hand_in(course, "cy") / "hw.ipynb"
    notebook = nbformat.read(blank, as_version=4)
    notebook.cells[2].source = "Your answer"
    nbformat.write(notebook, blank)
    # Two who wrote the same are remarked upon; nbgrader does not look for that.
    compare(course, "hw", leave_out={"seniorkit_submission"})


def test_a_missing_notebook_an_extension_and_a_persons_score(tmp_path: Path) -> None:
    course = _course(tmp_path / "course", plugins=False)
    shutil.copy(course / "source/hw/hw.ipynb", course / "source/hw/more.ipynb")
    (course / "nbgrader_config.py").write_text(
        "c = get_config()\nc.LateSubmissionPlugin.penalty_method = 'zero'\n"
    )
    for learner in ("ada", "bob"):
        (_hand_in(course, learner) / "timestamp.txt").write_text("2026-03-09 10:00:00 UTC")
    opened = open_course(course)
    with opened.gradebook() as gradebook:
        gradebook.set_due("hw", DUE)
    # The notebook is missed, and listed; what is there is graded all the same.
    assert set(grade_assignment(course, "hw").failed) == {"ada", "bob"}
    with sqlite3.connect(course / "gradebook.db") as database:
        database.execute("UPDATE grade SET manual_score = 1.5, extra_credit = 0.25")
        database.execute(
            "UPDATE submitted_assignment SET extension = '1970-01-03 00:00:00' WHERE student_id = 'bob'"
        )
        database.execute("DELETE FROM seniorkit_submission")
    shutil.rmtree(course / "autograded")
    compare(course, "hw", incomplete={"ada", "bob"})
