"""Feedback of a whole assignment: written once, only what has changed, from what was graded."""

from __future__ import annotations

import os
import signal
import sqlite3
from pathlib import Path

import pytest

from graders.batch import feedback, grade_assignment, write_feedback
from graders.batch.measure.course import ASSIGNMENT, build, learner
from graders.errors import StoreError
from graders.feedback import stamp_of

LEARNERS = 3


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course that knows nothing of the kit, graded."""
    course = build(tmp_path_factory.mktemp("feedback") / "course", LEARNERS)
    assert len(grade_assignment(course, ASSIGNMENT, trust=True).graded) == LEARNERS
    return course


def states(pages: list[Path]) -> dict[str, tuple[int, int]]:
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_ino) for path in pages}


def page(course: Path, number: int, name: str) -> Path:
    return course / "feedback" / learner(number) / ASSIGNMENT / f"{name}.html"


def test_every_learner_has_a_page_of_every_notebook(graded: Path) -> None:
    pages = write_feedback(graded, ASSIGNMENT)
    assert pages == sorted(
        page(graded, n, name) for n in range(LEARNERS) for name in ("code", "text")
    )
    text = page(graded, 0, "code").read_text(encoding="utf-8")
    assert learner(0) in text
    assert "NUMBER" in text
    assert all(path.stat().st_mode & 0o777 == 0o644 for path in pages)


def test_only_what_has_changed_is_written_again(graded: Path) -> None:
    before = states(write_feedback(graded, ASSIGNMENT))
    assert states(write_feedback(graded, ASSIGNMENT)) == before
    with sqlite3.connect(graded / "gradebook.db") as database:
        database.execute(
            "UPDATE grade SET manual_score = 3.5 WHERE id = (SELECT g.id FROM grade g"
            " JOIN base_cell c ON c.id = g.cell_id JOIN submitted_notebook n ON n.id = g.notebook_id"
            " JOIN submitted_assignment a ON a.id = n.assignment_id"
            " WHERE c.name = 'essay-0' AND a.student_id = ?)",
            [learner(1)],
        )
    after = states(write_feedback(graded, ASSIGNMENT))
    changed = page(graded, 1, "text")
    assert {path for path in after if after[path] != before[path]} == {str(changed)}
    assert "3.5 of 4 points" in changed.read_text(encoding="utf-8")


def test_a_page_that_somebody_deleted_comes_back(graded: Path) -> None:
    write_feedback(graded, ASSIGNMENT)
    page(graded, 0, "text").unlink()
    write_feedback(graded, ASSIGNMENT)
    assert stamp_of(page(graded, 0, "text"))


def test_several_processes_write_the_same_pages(
    graded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = {path: path.read_bytes() for path in write_feedback(graded, ASSIGNMENT)}
    for path in alone:
        path.unlink()
    monkeypatch.setattr(feedback, "WORTH_PROCESSES", 2)
    together = write_feedback(graded, ASSIGNMENT, workers=2)
    assert {path: path.read_bytes() for path in together} == alone


def die(*task: object) -> None:
    """Stands in for writing pages in a process that is killed."""
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_process_that_is_killed_is_told_and_the_same_call_writes_what_is_missing(
    graded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feedback, "WORTH_PROCESSES", 1)
    pages = write_feedback(graded, ASSIGNMENT)
    for path in pages:
        path.unlink()
    with monkeypatch.context() as changed:
        changed.setattr(feedback, "write_pages", die)
        with pytest.raises(StoreError, match=r"ended from outside.*writes what is missing"):
            write_feedback(graded, ASSIGNMENT, workers=2)
    assert write_feedback(graded, ASSIGNMENT, workers=2) == pages


def test_one_broken_notebook_costs_nobody_else_the_page(graded: Path) -> None:
    notebook = graded / "autograded" / learner(0) / ASSIGNMENT / "code.ipynb"
    content = notebook.read_bytes()
    write_feedback(graded, ASSIGNMENT)
    page(graded, 2, "code").unlink()
    notebook.chmod(0o644)
    notebook.write_bytes(content[:100])
    try:
        with pytest.raises(StoreError, match=r"1 feedback pages.*code\.html"):
            write_feedback(graded, ASSIGNMENT)
        assert page(graded, 2, "code").exists()
    finally:
        notebook.write_bytes(content)


def test_what_could_not_be_graded_has_no_old_page(graded: Path) -> None:
    write_feedback(graded, ASSIGNMENT)
    notebook = graded / "autograded" / learner(2) / ASSIGNMENT / "text.ipynb"
    aside = notebook.rename(notebook.with_suffix(".aside"))
    assert page(graded, 2, "text") not in write_feedback(graded, ASSIGNMENT)
    assert not page(graded, 2, "text").exists()
    aside.rename(notebook)


def test_a_course_with_pages_of_its_own_gets_those(graded: Path, tmp_path: Path) -> None:
    config = graded / "nbgrader_config.py"
    config.write_text("c = get_config()\nc.HTMLExporter.template_name = 'feedback'\n")
    try:
        pages = write_feedback(graded, ASSIGNMENT)
        assert len(pages) == 2 * LEARNERS
        assert all(stamp_of(path) is None for path in pages)
    finally:
        config.unlink()
