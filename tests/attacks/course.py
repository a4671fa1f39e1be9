"""A small course to attack: standard tests, hidden tests, hidden checks and an essay."""

from __future__ import annotations

import copy
import hashlib
import json
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from graders.course import check_assignment, open_course
from graders.gradebook import CellGrade

ROOT = Path(__file__).parents[2]
HW = "hw"
TESTS = {"tests-mean": 4.0, "tests-middle": 3.0}
"""The cells with tests -> their points; the first has hidden checks, the second hidden tests."""

GIVEN = '''
import math

def close(a, b):
    """Whether two numbers are the same but for rounding."""
    return math.isclose(a, b, rel_tol=1e-9)
'''
MEAN = '''
def mean(values):
    """The mean of *values*."""
    ### BEGIN SOLUTION
    return sum(values) / len(values)
    ### END SOLUTION
'''
TESTS_MEAN = """
# 4 points: the mean.
assert mean([1, 2, 3]) == 2, "the mean of 1, 2 and 3 is 2"
assert close(mean([0.1, 0.2]), 0.15), "numbers need not be whole"
"""
MIDDLE = '''
def middle(values):
    """The middle one of *values*, which are an odd number."""
    ### BEGIN SOLUTION
    return sorted(values)[len(values) // 2]
    ### END SOLUTION
'''
TESTS_MIDDLE = """
# 3 points: the middle. More tests run at grading.
assert middle([3, 1, 2]) == 2, "2 is in the middle"
### BEGIN HIDDEN TESTS
assert middle([9, 7, 5, 3, 1]) == 5, "five values"
assert isinstance(middle([4]), int) and sum([middle([4]), 1]) == 5, "one value"
### END HIDDEN TESTS
"""
CHECKS = """
assignment: hw
checks:
  - grade_id: tests-mean
    expression: "[mean([1, 2, 3, 6]), mean([5]), mean([-1, 1]), mean([90210.0625, 30408.0625])]"
    expected: [3, 5, 0, 60309.0625]
    points: 1
    message: more and fewer values, and negative ones
  - grade_id: tests-mean
    given: |
      import random
      values = [random.Random(7).randrange(100) for _ in range(9)] + [4177]
    expression: mean(values)
    property: "abs(value * 10 - 9 * __import__('random').Random(7).randrange(100) - 4177) < 1.25e-6"
    points: 1
    message: ten values
"""
QUESTION = "90210.0625"
"""Text that learners' code meets in what hidden checks ask, and nowhere else."""

SECRETS = ("sk-live-7Qx", "60309.0625", "1.25e-6", "SOLUTION-OF-ANOTHER-LEARNER")
"""Texts that learners' code must never see.

The key, an expected value, what a hidden check demands, and the submission of somebody else.
"""


def _mark(grade_id: str, **said: Any) -> dict[str, Any]:
    mark = {"schema_version": 3, "grade": False, "solution": False, "locked": False, "task": False}
    return {"nbgrader": mark | {"grade_id": grade_id} | said}


def master() -> Any:
    """The instructor's notebook."""
    tests = {"grade": True, "locked": True}
    cells = [
        new_code_cell(GIVEN.strip(), id="given", metadata=_mark("given", locked=True)),
        new_code_cell(MEAN.strip(), id="mean", metadata=_mark("mean", solution=True)),
        new_code_cell(
            TESTS_MEAN.strip(), id="tests-mean", metadata=_mark("tests-mean", points=4, **tests)
        ),
        new_code_cell(MIDDLE.strip(), id="middle", metadata=_mark("middle", solution=True)),
        new_code_cell(
            TESTS_MIDDLE.strip(),
            id="tests-middle",
            metadata=_mark("tests-middle", points=3, **tests),
        ),
        new_markdown_cell(
            "A good answer.",
            id="essay",
            metadata=_mark("essay", grade=True, solution=True, points=5),
        ),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


@dataclass
class Target:
    """The course, and what it looked like before anybody attacked it."""

    root: Path
    before: dict[str, str] = field(default_factory=dict)

    @classmethod
    def build(cls, root: Path, timeout: int = 3) -> Target:
        """Make the course in *root*, release and register the assignment.

        Args:
            root: Where.
            timeout: Seconds that one cell may run; attacks that use them up need few.
        """
        source = root / "source" / HW
        source.mkdir(parents=True)
        nbformat.write(master(), source / f"{HW}.ipynb")
        (source / f"{HW}.checks.yaml").write_text(CHECKS, encoding="utf-8")
        (source / f"{HW}.rubric.yaml").write_text(
            f"assignment: {HW}\nanswers:\n  - grade_id: essay\n    question: concept/caching\n"
        )
        config = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
        limits = (
            f"\nc.ExecuteBounded.timeout = {timeout}"
            "\nc.SeniorkitProvisioner.max_memory_bytes = 600 << 20\n"
        )
        (root / "nbgrader_config.py").write_text(config + limits, encoding="utf-8")
        check_assignment(open_course(root), HW)
        return cls(root)

    def released(self) -> dict[str, Any]:
        """The notebook as a learner gets it."""
        notebook: dict[str, Any] = json.loads(
            (self.root / "release" / HW / f"{HW}.ipynb").read_text(encoding="utf-8")
        )
        for entry in notebook["cells"]:
            entry["source"] = "".join(entry["source"])
        return notebook

    def solved(self) -> dict[str, Any]:
        """The notebook of a learner whose code is right."""
        notebook = self.released()
        write(notebook, "mean", "def mean(values):\n    return sum(values) / len(values)")
        write(
            notebook, "middle", "def middle(values):\n    return sorted(values)[len(values) // 2]"
        )
        return notebook

    def wrong(self, learner: str) -> dict[str, Any]:
        """The notebook of a learner whose code is wrong: what attacks start from."""
        notebook = self.released()
        write(notebook, "mean", f"def mean(values):\n    return -77  # {learner}")
        write(notebook, "middle", "def middle(values):\n    return -77")
        return notebook

    def hand_in(self, learner: str, notebook: object) -> Path:
        """Put a submission into `submitted/`; a notebook may be text, bytes, or JSON."""
        folder = self.root / "submitted" / learner / HW
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{HW}.ipynb"
        if isinstance(notebook, bytes):
            path.write_bytes(notebook)
        else:
            path.write_text(
                notebook if isinstance(notebook, str) else json.dumps(notebook), encoding="utf-8"
            )
        return folder

    def grades(self, learner: str) -> dict[str, CellGrade]:
        """`grade_id` -> what the gradebook says; empty for a learner it does not know."""
        with open_course(self.root).gradebook() as gradebook:
            entries = {entry.student: entry for entry in gradebook.learners(HW)}
        return {c.grade_id: c for c in entries[learner].cells} if learner in entries else {}

    def autograded(self, learner: str) -> str:
        """The text of everything that is in the learner's autograded folder."""
        folder = self.root / "autograded" / learner / HW
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        return "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in files)

    def digests(self) -> dict[str, str]:
        """File -> digest, of all that no run may change."""
        kept = [self.root / "nbgrader_config.py"]
        kept += [p for top in ("source", "release") for p in sorted((self.root / top).rglob("*"))]
        return {
            str(path.relative_to(self.root)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in kept
            if path.is_file()
        }

    def schema(self) -> list[tuple[str, str]]:
        """Tables, indexes, triggers and views of the gradebook."""
        with sqlite3.connect(self.root / "gradebook.db") as database:
            return list(database.execute("SELECT type, name FROM sqlite_master ORDER BY name"))


def write(notebook: dict[str, Any], cell_id: str, source: str) -> None:
    """Put *source* into one cell."""
    next(cell for cell in notebook["cells"] if cell["id"] == cell_id)["source"] = source


def with_code(
    notebook: dict[str, Any], source: str, *, before: str = "tests-mean"
) -> dict[str, Any]:
    """*notebook* with a code cell of the learner's own in front of the cell *before*."""
    changed = copy.deepcopy(notebook)
    own = {
        "cell_type": "code", "id": "own", "metadata": {}, "source": source,
        "outputs": [], "execution_count": None,
    }  # fmt: skip
    place = [cell["id"] for cell in changed["cells"]].index(before)
    changed["cells"].insert(place, own)
    return changed
