"""The weekly masters as tests see them: cells, points, and a namespace to run them in.

Solutions to try lie in files whose first comments say what they are:

    # Wrong: evicts in the order of storing          (or "# Right: ...")
    # Replaces: lru-solution                         the id of the cell they stand in for
    # Found by: hidden tests                         (or "visible tests"; wrong ones only)
"""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions

from graders.checks import load_checks, look, passes

ROOT = Path(__file__).parents[2]
WEEKS = sorted(path.name for path in (ROOT / "source").iterdir() if path.is_dir())


@dataclass(frozen=True)
class Solution:
    """A solution to try in place of the master's.

    Attributes:
        path: Its file.
        week: The assignment it belongs to.
        cell: Id of the cell that it replaces.
        found_by: "visible" or "hidden" tests; "" for a right one.
        source: Its code.
    """

    path: Path
    week: str
    cell: str
    found_by: str
    source: str

    @property
    def name(self) -> str:
        """For the test's name."""
        return f"{self.week}-{self.path.stem}"


def solutions(kind: str) -> list[Solution]:
    """All solutions of one kind, `right` or `wrong`."""
    found = []
    for path in sorted((Path(__file__).parent / f"{kind}_solutions").rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        header = dict(
            line[2:].split(": ", 1) for line in source.splitlines()[:4] if line.startswith("# ")
        )
        assert kind.capitalize() in header, path
        by = header.get("Found by", "").removesuffix(" tests")
        assert by in (("visible", "hidden") if kind == "wrong" else ("",)), path
        found.append(Solution(path, path.parent.name, header["Replaces"], by, source))
    return found


def read(week: str, *, released: bool = False) -> Any:
    """The master of *week*, or what nbgrader makes of its cells for learners."""
    path = ROOT / "source" / week / f"{week}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    if released:
        for step in (ClearSolutions(), ClearHiddenTests()):
            notebook, _ = step.preprocess(notebook, {})
    return notebook


def points(week: str) -> dict[str, float]:
    """Cell id -> points of all graded cells of *week*."""
    return {
        cell.id: cell.metadata.nbgrader.points
        for cell in read(week).cells
        if cell.metadata.nbgrader.grade
    }


def checks(week: str) -> set[str]:
    """Ids of the cells of *week* whose tests give points."""
    return {
        cell.id
        for cell in read(week).cells
        if cell.cell_type == "code" and cell.metadata.nbgrader.grade
    }


def failures(
    week: str, replaced: dict[str, str] | None = None, *, released: bool = False
) -> dict[str, str]:
    """Run all code cells in order, going on after errors; cell id -> message of its error.

    They run in one namespace of this process, as a kernel would run them, without a kernel. Of a
    master, the hidden checks are asked after the last cell.
    """
    namespace: dict[str, object] = {"__name__": "__main__"}
    failed: dict[str, str] = {}
    for cell in read(week, released=released).cells:
        if cell.cell_type != "code" or "AnswerBox(" in cell.source:
            continue  # the box needs a page; it has tests of its own
        source = (replaced or {}).get(cell.id, cell.source)
        try:
            with redirect_stdout(io.StringIO()):
                exec(compile(source, cell.id, "exec"), namespace)
        except Exception as error:
            failed[cell.id] = f"{type(error).__name__}: {error}"
    hidden = None if released else load_checks(ROOT / "source" / week).get(week)
    for check, probe in zip(hidden.checks, hidden.probes, strict=True) if hidden else ():
        with redirect_stdout(io.StringIO()):
            result = passes(check, look(probe, namespace))
        if not result.passed:
            failed.setdefault(check.grade_id, f"AssertionError: {result.message}")
    return failed
