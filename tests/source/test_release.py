"""What learners get is derived from the masters, byte for byte, and gives nothing away."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import nbformat
import pytest

from graders import load_question
from graders.course import known_assignments, open_course, release
from graders.question.assignment import load_rubrics

ROOT = Path(__file__).parents[2]
WEEKS = sorted(path.name for path in (ROOT / "source").iterdir() if path.is_dir())


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course in which every week has just been released."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    shutil.copytree(ROOT / "source", folder / "source")
    course = open_course(folder)
    for week in known_assignments(course):
        release(course, week)
    return folder / "release"


def test_the_committed_release_is_what_the_sources_give(fresh: Path) -> None:
    def files(top: Path) -> dict[str, bytes]:
        return {
            str(path.relative_to(top)): path.read_bytes()
            for path in sorted(top.rglob("*"))
            if path.is_file() and ".ipynb_checkpoints" not in path.parts
        }

    assert files(fresh) == files(ROOT / "release"), "run `make release` and commit the result"


@pytest.mark.parametrize("week", WEEKS)
def test_a_release_holds_no_solution_no_hidden_test_and_no_rubric(week: str) -> None:
    assert not list((ROOT / "release" / week).glob("*.yaml"))
    master = nbformat.read(ROOT / "source" / week / f"{week}.ipynb", as_version=4)
    released = nbformat.read(ROOT / "release" / week / f"{week}.ipynb", as_version=4)
    text = "\n".join(cell.source for cell in released.cells)
    for mark in ("BEGIN SOLUTION", "HIDDEN TESTS"):
        assert mark not in text
    hidden, shown = _lines(master.cells)
    assert hidden
    assert (hidden - shown) & {line.strip() for line in text.splitlines()} == set()


def _lines(cells: list[nbformat.NotebookNode]) -> tuple[set[str], set[str]]:
    """The lines of a master inside and outside its solutions and hidden tests."""
    hidden: set[str] = set()
    shown: set[str] = set()
    for cell in cells:
        into = shown
        for line in cell.source.splitlines():
            if re.search(r"### BEGIN (SOLUTION|HIDDEN TESTS)", line):
                into = hidden
            elif re.search(r"### END (SOLUTION|HIDDEN TESTS)", line):
                into = shown
            elif len(line.strip()) > 10:
                into.add(line.strip())
    return hidden, shown


@pytest.mark.parametrize("week", WEEKS)
def test_the_masters_free_text_is_the_staff_model_answer(week: str) -> None:
    master = nbformat.read(ROOT / "source" / week / f"{week}.ipynb", as_version=4)
    sources = {cell.id: cell.source for cell in master.cells}
    for questions in load_rubrics(ROOT / "source" / week).values():
        for grade_id, question in questions.items():
            answers = load_question(question.id).model_answers
            assert answers is not None
            assert sources[grade_id].strip() == answers.staff.strip()


def test_what_is_the_instructors_own_is_never_released(tmp_path: Path) -> None:
    """Not even by a course whose configuration does not name these files."""
    shutil.copytree(ROOT / "source" / "week02", tmp_path / "source" / "week02")
    (tmp_path / "source" / "week02" / "data.csv").write_text("a,b\n1,2\n")
    (tmp_path / "source" / "week02" / "week02.probes.json").write_text("[]")
    release(open_course(tmp_path), "week02")
    released = {path.name for path in (tmp_path / "release" / "week02").rglob("*")}
    assert released == {"week02.ipynb", "data.csv"}
