"""Graded for real: who hands in the master's solutions has all points, who hands in nothing has none."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from graders.batch import grade_assignment
from graders.course import check_assignment, open_course
from graders.gradebook import LearnerGrades
from tests.source.weeks import ROOT, WEEKS, points, read

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, LearnerGrades]]:
    """Week -> learner (`master`, `nobody`) -> grades, after one run of the engine for each week."""
    course = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", course)
    shutil.copytree(ROOT / "source", course / "source")
    found = {}
    for week in WEEKS:
        check_assignment(open_course(course), week)
        _hand_in(course, week)
        outcome = grade_assignment(course, week)
        assert outcome.failed == {}
        with open_course(course).gradebook() as gradebook:
            found[week] = {entry.student: entry for entry in gradebook.learners(week)}
    return found


def _hand_in(course: Path, week: str) -> None:
    """The release as it is, and the release with all that the master has in its places."""
    released = json.loads((course / "release" / week / f"{week}.ipynb").read_text(encoding="utf-8"))
    sources = {cell.id: cell.source for cell in read(week).cells}
    for learner in ("nobody", "master"):
        folder = course / "submitted" / learner / week
        folder.mkdir(parents=True)
        for cell in released["cells"]:
            if learner == "master" and cell["metadata"]["nbgrader"]["solution"]:
                cell["source"] = sources[cell["id"]]
        (folder / f"{week}.ipynb").write_text(json.dumps(released), encoding="utf-8")


@pytest.mark.parametrize("week", WEEKS)
def test_the_master_has_full_marks(week: str, graded: dict[str, dict[str, LearnerGrades]]) -> None:
    cells = {cell.grade_id: cell for cell in graded[week]["master"].cells}
    assert {grade_id: cell.points for grade_id, cell in cells.items()} == points(week)


@pytest.mark.parametrize("week", WEEKS)
def test_the_release_has_no_point(week: str, graded: dict[str, dict[str, LearnerGrades]]) -> None:
    cells = graded[week]["nobody"].cells
    assert {cell.grade_id for cell in cells} == set(points(week))
    assert all(cell.points == 0 for cell in cells), [(c.grade_id, c.points) for c in cells]
