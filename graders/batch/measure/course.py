"""A course to measure with: honest learners, code and text, every submission a little different."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from graders.course import check_assignment, open_course

ASSIGNMENT = "hw"
HALVES = ("a", "b")
"""First letters of the learners' ids: two processes of nbgrader take one half each."""

_CODE = (
    "def moving_average(values, window):\n    total, out = 0.0, []\n"
    "    for i, value in enumerate(values):\n        total += value\n"
    "        if i >= window:\n            total -= values[i - window]\n"
    "        if i >= window - 1:\n            out.append(total / window)\n    return out",
    "def moving_average(values, window):\n"
    "    return [sum(values[i:i + window]) / window for i in range(len(values) - window + 1)]",
    "def moving_average(values, window):\n"
    "    return [sum(values[i:i + window]) // window for i in range(len(values) - window + 1)]",
    "def moving_average(values, window):\n    return values[window]",
)
"""Two that are right, one that is wrong for some values, one that fails."""

_TEXT = (
    "I would put the product pages behind cache-aside with an age limit of {n} seconds, because "
    "a stale price is harmless until checkout, and hold a stampede back by one rebuild per key.",
    "We ran {n} services. I would write to an outbox in the same transaction and let a relay "
    "publish, since a broker and a database cannot commit together.",
    "My first step is to measure: with {n} requests per second the index fits in memory, so one "
    "replica and a connection pool are enough, and sharding would only add failures.",
)


def build(folder: Path, learners: int, *, imports: str = "", config: str = "") -> Path:
    """Make a course in which *learners* have handed in two notebooks, one of code, one of text.

    Args:
        folder: The course's folder; it must not exist.
        learners: How many.
        imports: First cell of the notebook of code.
        config: The course's `nbgrader_config.py`; none if empty.
    """
    source = folder / "source" / ASSIGNMENT
    source.mkdir(parents=True)
    nbformat.write(_code_master(imports), source / "code.ipynb")
    nbformat.write(_text_master(), source / "text.ipynb")
    if config:
        (folder / "nbgrader_config.py").write_text(config, encoding="utf-8")
    check_assignment(open_course(folder), ASSIGNMENT)
    for number in range(learners):
        _hand_in(folder, number)
    return folder


def _mark(grade_id: str, points: float, **more: bool) -> dict[str, Any]:
    usual = {"grade": False, "grade_id": grade_id, "locked": False, "points": points,
             "schema_version": 3, "solution": False, "task": False}  # fmt: skip
    return {"nbgrader": usual | more}


def _code_master(imports: str) -> Any:
    tests = (
        ("constant", 1, "assert moving_average([2, 2, 2, 2], 2) == [2, 2, 2]"),
        ("fraction", 2, "assert moving_average([1, 2, 4], 2) == [1.5, 3.0]"),
        ("whole", 2, "assert len(moving_average(list(range(100)), 100)) == 1"),
    )
    cells = [
        new_markdown_cell("# Moving averages\n\nWrite `moving_average(values, window)`."),
        new_code_cell(imports or "import math"),
        new_code_cell(
            f"### BEGIN SOLUTION\n{_CODE[0]}\n### END SOLUTION",
            metadata=_mark("moving-average", 0, solution=True),
        ),
    ]
    cells += [
        new_code_cell(code, metadata=_mark(f"test-{name}", points, grade=True, locked=True))
        for name, points, code in tests
    ]
    return _master(cells)


def _text_master() -> Any:
    cells = [new_markdown_cell("# Trade-offs\n\nAnswer each in two or three sentences.")]
    for number in range(2):
        cells += [
            new_markdown_cell(f"**{number + 1}.** What would you build, and what would you leave?"),
            new_markdown_cell(
                "YOUR ANSWER HERE", metadata=_mark(f"essay-{number}", 4, grade=True, solution=True)
            ),
        ]
    return _master(cells)


def _master(cells: list[Any]) -> Any:
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def learner(number: int) -> str:
    """The id of a learner; the two halves of a cohort begin differently."""
    return f"{HALVES[number % 2]}-{number:04d}"


def _hand_in(folder: Path, number: int) -> None:
    released = folder / "release" / ASSIGNMENT
    target = folder / "submitted" / learner(number) / ASSIGNMENT
    target.mkdir(parents=True)
    for name in ("code", "text"):
        notebook = json.loads((released / f"{name}.ipynb").read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
            if grade_id == "moving-average":
                cell["source"] = f"{_CODE[number % len(_CODE)]}\n\nNUMBER = {number}"
            elif grade_id.startswith("essay-"):
                own = number + int(grade_id.removeprefix("essay-"))
                cell["source"] = _TEXT[own % len(_TEXT)].format(n=number + 2)
        (target / f"{name}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
