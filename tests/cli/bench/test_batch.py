"""`seniorkit bench batch` says what was reached and what was not, and with which sizes."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from graders.batch import grade_assignment
from graders.batch.measure import FULL, QUICK, BatchResult, Growth, Sizes
from graders.batch.measure.compare import differing, graded
from graders.batch.measure.course import ASSIGNMENT, HALVES, build, learner
from graders.batch.measure.filled import fill
from graders.cli.bench.batch import lines, section
from graders.errors import UsageError
from graders.reports import load_cohort
from tests.cli.bench.conftest import Run


def result(sizes: Sizes) -> BatchResult:
    """Figures that reach every bound."""
    few, some, many = sizes.growth
    growth = (Growth(few, 5 + few / 10, 150), Growth(some, 5 + some / 10, 155), Growth(many, 5 + many / 10, 160))  # fmt: skip
    return BatchResult(
        sizes=sizes, machine="a machine", isolation="bubblewrap", theirs=100, theirs_two=60,
        two_complete=True, ours=5, rows=1000, differing=(), pandas_theirs=1.5, pandas_ours=0.1,
        growth=growth, sandboxed=5, unsandboxed=4.9, pages=96, feedback_theirs=8,
        feedback_ours=0.5, feedback_again=0.1, feedback_processes=(10, 2), report=6,
    )  # fmt: skip


def missed(found: BatchResult) -> list[str]:
    return [what for what, _, _, good in lines(found) if not good]


def test_what_is_reached_and_what_is_not() -> None:
    found = result(FULL)
    assert missed(found) == []
    assert len(list(lines(found))) == 9
    worse = {
        "ours": 11.0, "theirs_two": 39.0, "differing": ("grade",), "pandas_ours": 0.13,
        "sandboxed": 5.5, "feedback_ours": 2.0, "report": 11.0,
        "growth": (found.growth[0], found.growth[1], Growth(1000, 130, 500)),
    }  # fmt: skip
    for name, value in worse.items():
        assert missed(replace(found, **{name: value})), name
    assert "differs in grade" in section(replace(found, differing=("grade",)))
    assert "left some ungraded" in section(replace(found, two_complete=False))


def test_the_start_of_the_program_does_not_make_growth_look_linear_or_bent() -> None:
    few, some, many = result(FULL).growth
    assert replace(result(FULL), growth=(few, some, many)).bending == pytest.approx(1)
    bent = replace(result(FULL), growth=(few, some, Growth(1000, many.seconds * 2, 160)))
    assert bent.bending > 2


def test_the_page_says_which_sizes_were_measured() -> None:
    assert "sizes: full" in section(result(FULL))
    small = section(result(QUICK))
    assert "sizes: quick" in small
    assert "--full" in small


def test_only_the_marked_place_of_a_page_is_replaced(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graders.cli.bench.batch.measured", lambda *, full: result(FULL))
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- bench: batch -->\nold\n<!-- bench end -->\nafter\n")
    assert run("batch", "--full", "--fill", page) == 0
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert "20.0 times as fast" in text
    assert (tmp_path / "images" / "benchmark-batch.svg").exists()


def test_a_page_without_the_place_is_refused_before_the_long_run(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graders.cli.bench.batch.measured", lambda *, full: pytest.fail("ran"))
    page = tmp_path / "page.md"
    page.write_text("nothing")
    assert run("batch", "--fill", page) == 2


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four submissions, graded."""
    made = build(tmp_path_factory.mktemp("measured") / "course", 4)
    assert len(grade_assignment(made, ASSIGNMENT, trust=True).graded) == 4
    return made


def test_submissions_differ_and_some_are_wrong(course: Path) -> None:
    rows = {row.student: row.points for row in load_cohort(course, ASSIGNMENT).learners}
    assert sorted(rows) == sorted(learner(number) for number in range(4))
    assert {name[0] for name in rows} == set(HALVES)
    assert len(set(rows.values())) > 2
    texts = {path.read_bytes() for path in (course / "submitted").rglob("*.ipynb")}
    assert len(texts) == 8


def test_one_changed_cell_is_found(course: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(course, other)
    count, tables = differing(course, other)
    assert count > 50
    assert tables == ()
    assert graded(other) == 4
    with sqlite3.connect(other / "gradebook.db") as database:
        database.execute(
            "UPDATE grade SET auto_score = 0.5 WHERE id IN (SELECT id FROM grade LIMIT 1)"
        )
    assert differing(course, other)[1] == ("grade",)


def test_a_gradebook_filled_by_code_is_a_graded_course(tmp_path: Path) -> None:
    cohort = load_cohort(fill(tmp_path / "course", 12), ASSIGNMENT)
    assert len(cohort.learners) == 12
    assert {*cohort.answers} == {"essay-0", "essay-1"}
    assert all(row.points is not None and len(row.levels) == 2 for row in cohort.learners)
    assert cohort.gaps


def test_a_program_that_fails_is_not_measured(tmp_path: Path) -> None:
    from graders.batch.measure.child import timed

    with pytest.raises(UsageError, match="nothing was measured"):
        timed("grade", tmp_path)
