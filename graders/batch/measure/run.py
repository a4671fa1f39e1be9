"""The measurements, one after the other, each on a fresh copy of the same submissions."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from graders.batch.measure.child import by_nbgrader, command, timed, two_by_nbgrader
from graders.batch.measure.compare import differing, graded
from graders.batch.measure.course import ASSIGNMENT, HALVES, build
from graders.batch.measure.filled import fill
from graders.batch.measure.result import BatchResult, Growth, Sizes
from graders.kernels import isolation

PANDAS = "import numpy as np\nimport pandas as pd"
UNSANDBOXED = "c = get_config()\nc.SeniorkitProvisioner.sandboxed = False\nc.SeniorkitProvisioner.trust = True\n"


def measure(
    sizes: Sizes, machine: str, told: Callable[[str], None] = lambda what: None
) -> BatchResult:
    """Measure everything; minutes.

    Args:
        sizes: How much.
        machine: The machine, in words.
        told: Called with what is being measured.

    Raises:
        UsageError: If one of the programs failed.
    """
    with tempfile.TemporaryDirectory(prefix="seniorkit-bench-") as folder:
        bench = _Bench(Path(folder), sizes, told)
        figures = {
            **bench.grading(), **bench.pandas(), **bench.growth(), **bench.sandbox(),
            **bench.report(),
        }  # fmt: skip
    kind = isolation()
    return BatchResult(
        sizes=sizes, machine=machine, isolation=kind.kind if kind else kind.reason, **figures
    )


class _Bench:
    def __init__(self, folder: Path, sizes: Sizes, told: Callable[[str], None]) -> None:
        self._folder = folder
        self._sizes = sizes
        self._told = told
        self._copies = 0

    def _copy(self, course: Path) -> Path:
        """A copy, at a path of the same length."""
        self._copies += 1
        target = self._folder / f"copy-{self._copies:03d}"
        shutil.copytree(course, target)
        return target

    def _grade(self, course: Path) -> tuple[float, dict[str, Any]]:
        copy = self._copy(course)
        found = timed("grade", copy)
        shutil.rmtree(copy)
        return found

    def grading(self) -> dict[str, Any]:
        """Both programs on the same submissions; then both write the feedback on them."""
        count = self._sizes.learners
        course = build(self._folder / "course", count)
        theirs, two, ours = (self._copy(course) for _ in range(3))
        self._told(f"nbgrader autograde, {count} submissions")
        one = by_nbgrader(theirs, "autograde")
        self._told("two nbgrader autograde at a time")
        both = two_by_nbgrader(two, HALVES)
        self._told("the engine")
        fast, _ = timed("grade", ours)
        rows, tables = differing(theirs, ours)
        self._told("feedback")
        slow_whole, slow = timed("their-feedback", theirs)
        quick_whole, quick = timed("feedback", ours)
        _, again = timed("feedback", ours)
        return {
            "theirs": one, "theirs_two": both, "two_complete": graded(two) == count, "ours": fast,
            "rows": rows, "differing": tables, "pages": min(slow["pages"], quick["pages"]),
            "feedback_theirs": slow["seconds"], "feedback_ours": quick["seconds"],
            "feedback_again": again["seconds"],
            "feedback_processes": (slow_whole, quick_whole),
        }  # fmt: skip

    def pandas(self) -> dict[str, Any]:
        """One more notebook of code that imports pandas; what is there anyway does not count."""
        few, many = self._sizes.pandas
        self._told("notebooks that import pandas")
        small = build(self._folder / "pandas-few", few, imports=PANDAS)
        large = build(self._folder / "pandas-many", many, imports=PANDAS)
        ours = (self._grade(large)[0] - self._grade(small)[0]) / (many - few)
        one = build(self._folder / "pandas-one", 1, imports=PANDAS)
        some = build(self._folder / "pandas-some", self._sizes.theirs + 1, imports=PANDAS)
        base = by_nbgrader(self._copy(one), "autograde")
        theirs = (by_nbgrader(self._copy(some), "autograde") - base) / self._sizes.theirs
        return {"pandas_ours": ours, "pandas_theirs": theirs}

    def growth(self) -> dict[str, Any]:
        """More and more submissions."""
        found = []
        for count in self._sizes.growth:
            self._told(f"growth: {count} submissions")
            course = build(self._folder / f"growth-{count}", count)
            seconds, said = timed("grade", course)
            found.append(Growth(count, seconds, said["memory_mb"]))
            shutil.rmtree(course)
        return {"growth": tuple(found)}

    def sandbox(self) -> dict[str, Any]:
        """With and without it, in turns, because the machine may become slower or faster."""
        count = self._sizes.learners
        safe = build(self._folder / "safe", count)
        free = build(self._folder / "free", count, config=UNSANDBOXED)
        runs: dict[Path, list[float]] = {safe: [], free: []}
        for turn in range(self._sizes.repeats):
            self._told(f"with and without sandbox, {turn + 1} of {self._sizes.repeats}")
            for course in (safe, free) if turn % 2 == 0 else (free, safe):
                runs[course].append(self._grade(course)[0])
        return {"sandboxed": median(runs[safe]), "unsandboxed": median(runs[free])}

    def report(self) -> dict[str, Any]:
        """One cohort report, executed by papermill."""
        self._told(f"cohort report of {self._sizes.report} learners")
        course = fill(self._folder / "report", self._sizes.report)
        words = ("report", "cohort", ASSIGNMENT, "--course", str(course))
        return {"report": command(course, *words)}
