"""Hidden checks, settled by the controller: workers only report what the kernel answered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from graders.batch.task import CellResult, Result, quoted
from graders.checks import load_checks, settle
from graders.gradebook import CourseGradebook

NOTE = "seniorkit"


class HiddenChecks:
    """The hidden checks of one assignment.

    Args:
        source: The instructor's folder of the assignment.
        assignment: Its name.
        gradebook: Knows what each cell is worth.

    Raises:
        RubricError: If a file of checks is broken.
    """

    def __init__(self, source: Path, assignment: str, gradebook: CourseGradebook) -> None:
        self._checks = load_checks(source)
        self._worth = {
            (name, grade_id): mark.points
            for name in self._checks
            for grade_id, mark in gradebook.marks(assignment, name).items()
        }

    def compare(self, result: Result) -> Result:
        """The result with the points of all cells that have hidden checks."""
        graded = [name for name in result.graded if name in self._checks]
        if not graded:
            return result
        cells = {(cell.notebook, cell.grade_id): cell for cell in result.cells}
        files = dict(result.files)
        for name in graded:
            observations = {seen.number: seen for seen in result.observations.get(name, ())}
            told: dict[str, str] = {}
            for grade_id, checks in self._checks[name].by_cell().items():
                cell = cells.get((name, grade_id))
                if cell is None:
                    continue
                outcome = settle(
                    checks, observations,
                    tests=cell.points, max_points=self._worth.get((name, grade_id), 0.0),
                )  # fmt: skip
                review = cell.needs_review or outcome.needs_review
                update = {"points": outcome.points, "needs_review": review}
                cells[(name, grade_id)] = cell.model_copy(update=update)
                told |= {grade_id: outcome.comment} if outcome.comment else {}
            files = _noted(files, name, told)
        return result.model_copy(update={"cells": tuple(_in_order(result, cells)), "files": files})


def _in_order(result: Result, cells: Mapping[tuple[str, str], CellResult]) -> list[CellResult]:
    return [cells[(cell.notebook, cell.grade_id)] for cell in result.cells]


def _noted(files: dict[str, bytes], name: str, told: dict[str, str]) -> dict[str, bytes]:
    """*files* with what the learner is told of failed checks in the notebook's note."""
    file = quoted(f"{name}.ipynb")
    if not told or file not in files:
        return files
    notebook = json.loads(files[file])
    notebook["metadata"].setdefault(NOTE, {})["checks"] = told
    text = json.dumps(
        notebook, ensure_ascii=False, indent=1, sort_keys=True, separators=(",", ": ")
    )
    return {**files, file: f"{text}\n".encode()}
