"""Reads the checks of an assignment, and writes what workers may know of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from graders.checks.model import NotebookChecks
from graders.checks.observe import Probe
from graders.errors import RubricError
from graders.question.load import place, read_yaml

CHECKS_SUFFIX = ".checks.yaml"
PROBES_SUFFIX = ".probes.json"

_PROBES = TypeAdapter(tuple[Probe, ...])


def load_checks(source: Path) -> dict[str, NotebookChecks]:
    """Read every `NOTEBOOK.checks.yaml` in an assignment's source folder.

    Args:
        source: The assignment's folder, such as `source/week01`.

    Returns:
        Notebook name -> its checks. Empty for an assignment without hidden checks.

    Raises:
        RubricError: If a file is broken, names an assignment, notebook or cell that does not
            exist, or gives a cell's checks more points than the cell has.
    """
    found: dict[str, NotebookChecks] = {}
    for path in sorted(source.glob(f"*{CHECKS_SUFFIX}")):
        checks = read_yaml(path, NotebookChecks)
        if checks.assignment != source.name:
            raise RubricError(
                f"the file says assignment {checks.assignment!r}, but it lies in {source.name!r}",
                where=place(path, ["assignment"]),
                fix="Correct the key or move the file",
            )
        name = path.name.removesuffix(CHECKS_SUFFIX)
        _check_points(path, checks, source / f"{name}.ipynb")
        found[name] = checks
    return found


def load_probes(source: Path, notebook: str) -> tuple[Probe, ...]:
    """What the kernel is asked about *notebook*; from the checks, or from `write_probes`.

    Raises:
        RubricError: If the file of checks is broken.
    """
    path = source / f"{notebook}{CHECKS_SUFFIX}"
    if path.is_file():
        return read_yaml(path, NotebookChecks).probes
    try:
        return _PROBES.validate_json((source / f"{notebook}{PROBES_SUFFIX}").read_bytes())
    except FileNotFoundError:
        return ()
    except (OSError, ValidationError) as error:
        raise RubricError(
            f"the probes cannot be read ({type(error).__name__})",
            where=str(source / f"{notebook}{PROBES_SUFFIX}"),
            fix="Run again: this file is written for each run",
        ) from None


def write_probes(source: Path, notebook: str, probes: tuple[Probe, ...]) -> None:
    """Write the probes of *notebook* where `load_probes` finds them: all that a worker gets."""
    (source / f"{notebook}{PROBES_SUFFIX}").write_bytes(_PROBES.dump_json(probes))


def _check_points(path: Path, checks: NotebookChecks, notebook: Path) -> None:
    """Refuse checks of cells that have no tests, or too few points for them."""
    known = _graded_code(notebook)
    given: dict[str, float] = {}
    for number, check in enumerate(checks.checks):
        if check.grade_id not in known:
            raise RubricError(
                f"{notebook.name} has no graded code cell {check.grade_id!r}",
                where=place(path, ["checks", number, "grade_id"]),
                fix=f"Known: {', '.join(sorted(known)) or 'none'}",
            )
        given[check.grade_id] = given.get(check.grade_id, 0.0) + check.points
        if given[check.grade_id] > known[check.grade_id] + 1e-9:
            raise RubricError(
                f"the checks of {check.grade_id!r} have {given[check.grade_id]:g} points, "
                f"but the cell has {known[check.grade_id]:g}",
                where=place(path, ["checks", number, "points"]),
                fix="Divide the cell's points among its checks",
            )


def _graded_code(notebook: Path) -> dict[str, float]:
    """`grade_id` -> points of the cells with tests; the master is the instructor's own."""
    try:
        cells: list[dict[str, Any]] = json.loads(notebook.read_bytes())["cells"]
        marks = [c["metadata"].get("nbgrader", {}) for c in cells if c["cell_type"] == "code"]
        return {
            mark["grade_id"]: float(mark["points"])
            for mark in marks
            if mark.get("grade") and not mark.get("solution")
        }
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise RubricError(
            f"there is no readable notebook {notebook.name!r} beside these checks",
            where=str(notebook),
            fix="Name the file of checks after the notebook",
        ) from None
