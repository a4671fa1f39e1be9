"""Bad input to a batch run stops it with one clear error before anything is graded."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from graders.batch import grade_assignment, write_feedback
from graders.course import check_assignment, open_course, release
from graders.errors import RubricError, StoreError, UsageError
from graders.reports import load_cohort

ROOT = Path(__file__).parents[2]


def _mark(grade_id: str, **more: object) -> dict[str, object]:
    mark = {
        "grade": True, "grade_id": grade_id, "locked": False, "points": 2, "schema_version": 3,
        "solution": False, "task": False,
    }  # fmt: skip
    return {"nbgrader": {**mark, **more}}


def _course(folder: Path, *, rubric: str | None = None, plugins: bool = True) -> Path:
    """A course of one small assignment: a code cell with a test, and a free-text answer."""
    (folder / "source" / "hw").mkdir(parents=True)
    cells = [
        new_code_cell("def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION",
                      metadata=_mark("double", grade=False, solution=True)),
        new_code_cell("assert double(3) == 6", metadata=_mark("double-test", locked=True)),
        new_markdown_cell("The master's answer.", metadata=_mark("essay", solution=True)),
    ]  # fmt: skip
    nbformat.write(new_notebook(cells=cells), folder / "source" / "hw" / "hw.ipynb")
    if rubric is not None:
        (folder / "source" / "hw" / "hw.rubric.yaml").write_text(rubric)
    if plugins:
        shutil.copy(ROOT / "nbgrader_config.py", folder)
    return folder


RUBRIC = "assignment: hw\nanswers:\n  - grade_id: essay\n    question: concept/caching\n"
ANSWER = (
    "I would use cache-aside with a short TTL, because reads are forty times the writes, and I "
    "dropped write-through since most rows are never read again."
)


def _hand_in(course: Path, learner: str, *, code: str = "def double(x):\n    return x + x") -> Path:
    opened = open_course(course)
    check_assignment(opened, "hw")
    folder = opened.folder("submitted", learner, "hw")
    folder.mkdir(parents=True)
    notebook = nbformat.read(opened.folder("release", ".", "hw") / "hw.ipynb", as_version=4)
    notebook.cells[0].source = code
    notebook.cells[2].source = ANSWER
    nbformat.write(notebook, folder / "hw.ipynb")
    return folder


def _graded(course: Path) -> list[tuple[object, ...]]:
    with sqlite3.connect(course / "gradebook.db") as database:
        return database.execute(
            "SELECT c.name, g.auto_score, g.needs_manual_grade FROM grade g"
            " JOIN base_cell c ON g.cell_id = c.id ORDER BY 1"
        ).fetchall()


@pytest.mark.parametrize(
    ("rubric", "named"),
    [
        ("assignment: hw\nanswers:\n  - grade_id: essay\n    question: concept/nope\n", "nope"),
        (
            "assignment: hw\nanswer: []\n",
            "hw.rubric.yaml:2: answer: unknown key (allowed: answers, assignment)",
        ),
        (
            "assignment: other\nanswers:\n  - {grade_id: essay, question: concept/caching}\n",
            "other",
        ),
        ("assignment: [\n", "hw.rubric.yaml"),
    ],
    ids=["unknown question", "unknown key", "other assignment", "not YAML"],
)
def test_a_broken_rubric_stops_before_anything_is_graded(
    tmp_path: Path, rubric: str, named: str
) -> None:
    course = _course(tmp_path, rubric=RUBRIC)
    _hand_in(course, "ada")
    (course / "source" / "hw" / "hw.rubric.yaml").write_text(rubric)
    with pytest.raises(RubricError, match=r"hw\.rubric\.yaml") as caught:
        grade_assignment(course, "hw")
    assert named in str(caught.value)
    assert not (course / "autograded").exists()
    assert _graded(course) == []


def test_a_course_that_knows_nothing_of_the_kit_is_graded_as_nbgrader_would(tmp_path: Path) -> None:
    course = _course(tmp_path, plugins=False)
    _hand_in(course, "ada")
    outcome = grade_assignment(course, "hw")
    assert outcome.graded == ("ada",)
    assert _graded(course) == [("double-test", 2.0, 0), ("essay", None, 1)]
    assert [page.name for page in write_feedback(course, "hw")] == ["hw.html"]
    (row,) = load_cohort(course, "hw").learners
    assert (row.points, row.open_points) == (2.0, 2.0)
    assert "a person grades essay" in row.attention


def test_free_text_is_judged_and_a_changed_submission_is_graded_again(tmp_path: Path) -> None:
    course = _course(tmp_path, rubric=RUBRIC)
    folder = _hand_in(course, "ada", code="def double(x):\n    return 3")
    assert grade_assignment(course, "hw").graded == ("ada",)
    first = dict((name, score) for name, score, _ in _graded(course))
    assert first["double-test"] == 0
    assert first["essay"] > 0
    assert grade_assignment(course, "hw").unchanged == ("ada",)
    notebook = json.loads((folder / "hw.ipynb").read_text())
    notebook["cells"][0]["source"] = "def double(x):\n    return 2 * x"
    (folder / "hw.ipynb").write_text(json.dumps(notebook))
    assert grade_assignment(course, "hw").graded == ("ada",)
    assert dict((name, score) for name, score, _ in _graded(course))["double-test"] == 2


def test_one_learners_file_never_stops_the_others(tmp_path: Path) -> None:
    course = _course(tmp_path, rubric=RUBRIC)
    _hand_in(course, "ada")
    (_hand_in(course, "bob") / "hw.ipynb").write_text("{")
    (_hand_in(course, "cy") / "hw.ipynb").write_text(
        '{"cells": [1, {"metadata": 3}], "metadata": 0}'
    )
    folder = _hand_in(course, "di")
    (folder / "hw.ipynb").unlink()
    (folder / "hw.ipynb").mkdir()
    outcome = grade_assignment(course, "hw")
    assert outcome.graded == ("ada",)
    assert set(outcome.failed) == {"bob", "cy", "di"}
    assert all(outcome.failed.values())
    rows = {row.student: row for row in load_cohort(course, "hw").learners}
    assert [rows[name].points for name in ("bob", "cy", "di")] == [None, None, None]


def test_nobody_handed_in(tmp_path: Path) -> None:
    course = _course(tmp_path)
    with pytest.raises(UsageError, match="nobody has handed in"):
        grade_assignment(course, "hw")


@pytest.mark.parametrize("name", ["nope", "", "../hw", "hw/.."])
def test_an_unknown_assignment_is_named_with_those_that_exist(tmp_path: Path, name: str) -> None:
    course = _course(tmp_path)
    with pytest.raises(UsageError, match="Known: hw"):
        grade_assignment(course, name)


def test_a_folder_that_is_no_course(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not an nbgrader course"):
        grade_assignment(tmp_path, "hw")
    with pytest.raises(UsageError, match="no such course folder"):
        grade_assignment(tmp_path / "nowhere", "hw")


def test_a_broken_configuration_is_named(tmp_path: Path) -> None:
    course = _course(tmp_path)
    (course / "nbgrader_config.py").write_text("c = get_config(\n")
    with pytest.raises(UsageError, match=r"nbgrader_config\.py"):
        grade_assignment(course, "hw")


def test_a_gradebook_that_cannot_be_opened(tmp_path: Path) -> None:
    course = _course(tmp_path)
    (course / "gradebook.db").mkdir()
    with pytest.raises(StoreError, match="gradebook"):
        grade_assignment(course, "hw")


def test_a_gradebook_that_is_something_else(tmp_path: Path) -> None:
    course = _course(tmp_path)
    (course / "gradebook.db").write_text("dear diary")
    with pytest.raises(StoreError, match="not a database"):
        grade_assignment(course, "hw")


def test_release_names_the_master_that_nbgrader_refuses(tmp_path: Path) -> None:
    course = _course(tmp_path)
    (course / "source" / "hw" / "hw.ipynb").write_text("{}")
    with pytest.raises(UsageError, match="cannot be released"):
        release(open_course(course), "hw")


def test_a_persons_score_survives_a_new_grading(tmp_path: Path) -> None:
    course = _course(tmp_path, rubric=RUBRIC)
    folder = _hand_in(course, "ada")
    grade_assignment(course, "hw")
    with sqlite3.connect(course / "gradebook.db") as database:
        database.execute(
            "UPDATE grade SET manual_score = 1.5 WHERE cell_id IN"
            " (SELECT id FROM base_cell WHERE name = 'essay')"
        )
    (folder / "note.txt").write_text("a second file")
    assert grade_assignment(course, "hw").graded == ("ada",)
    (row,) = load_cohort(course, "hw").learners
    assert row.points == 3.5
