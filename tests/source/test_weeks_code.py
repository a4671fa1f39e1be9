"""Every week: the master earns every code point, plausible mistakes do not, the release none."""

from __future__ import annotations

import re

import nbformat
import pytest

from tests.source.weeks import WEEKS, Solution, checks, failures, points, read, solutions

RIGHT, WRONG = solutions("right"), solutions("wrong")


def test_there_are_eight_weeks() -> None:
    assert [f"week{number:02d}" for number in range(1, 9)] == WEEKS


@pytest.mark.parametrize("week", WEEKS)
def test_the_master_passes_every_cell(week: str) -> None:
    assert failures(week) == {}


@pytest.mark.parametrize("solution", RIGHT, ids=lambda solution: solution.name)
def test_another_right_solution_passes(solution: Solution) -> None:
    assert failures(solution.week, {solution.cell: solution.source}) == {}


@pytest.mark.parametrize("solution", WRONG, ids=lambda solution: solution.name)
def test_a_wrong_solution_fails(solution: Solution) -> None:
    failed = failures(solution.week, {solution.cell: solution.source})
    assert failed
    assert set(failed) <= checks(solution.week), failed
    assert all(len(message) < 1_000 for message in failed.values())


@pytest.mark.parametrize("solution", WRONG, ids=lambda solution: solution.name)
def test_learners_see_what_the_visible_tests_find_and_nothing_else(solution: Solution) -> None:
    seen = failures(solution.week, {solution.cell: solution.source}, released=True)
    # The other tasks are not solved in a release; only this solution's own tests count.
    unsolved = failures(solution.week, {solution.cell: read_solution(solution)}, released=True)
    assert bool(set(seen) - set(unsolved)) is (solution.found_by == "visible")


def read_solution(solution: Solution) -> str:
    """The master's own solution of the same cell."""
    return next(cell.source for cell in read(solution.week).cells if cell.id == solution.cell)


@pytest.mark.parametrize("week", WEEKS)
def test_each_code_task_has_wrong_solutions_that_only_hidden_tests_find(week: str) -> None:
    coded = {
        cell.id
        for cell in read(week).cells
        if cell.cell_type == "code" and cell.metadata.nbgrader.solution
    }
    tried = {solution.cell for solution in WRONG if solution.week == week}
    hidden = {s.cell for s in WRONG if s.week == week and s.found_by == "hidden"}
    assert tried <= coded
    assert len(hidden) >= (1 if week == "week01" else 2)


@pytest.mark.parametrize("week", WEEKS)
def test_the_release_passes_no_test(week: str) -> None:
    failed = failures(week, released=True)
    assert checks(week) <= set(failed)


@pytest.mark.parametrize("week", WEEKS)
def test_the_release_tells_nothing(week: str) -> None:
    released = read(week, released=True)
    text = nbformat.writes(released)
    for secret in ("BEGIN SOLUTION", "HIDDEN TESTS", "MODEL_ANSWER"):
        assert secret not in text
    for cell in released.cells:
        if cell.cell_type == "markdown" and cell.metadata.nbgrader.grade:
            assert cell.source == "YOUR ANSWER HERE"


@pytest.mark.parametrize("week", WEEKS)
def test_points_and_minutes_are_as_announced(week: str) -> None:
    notebook = read(week)
    total = re.search(r"\*\*Total\*\*.*?\*\*(\d+)\*\* \| \*\*(\d+)\*\*", notebook.cells[0].source)
    assert total, "the first cell announces tasks, points and minutes in a table"
    assert sum(points(week).values()) == int(total[1])
    assert 60 <= int(total[2]) <= 90
    rows = re.findall(r"^\| \d\. .*\| *(\d+) \| *(\d+) \|$", notebook.cells[0].source, re.M)
    assert sum(int(row[0]) for row in rows) == int(total[1])
    assert sum(int(row[1]) for row in rows) == int(total[2])


@pytest.mark.parametrize("week", WEEKS)
def test_cells_have_stable_ids_and_are_what_nbgrader_expects(week: str) -> None:
    for cell in read(week).cells:
        assert cell.metadata.nbgrader.grade_id == cell.id
        assert cell.metadata.nbgrader.schema_version == 3
        assert cell.cell_type == "markdown" or (not cell.outputs and cell.execution_count is None)
