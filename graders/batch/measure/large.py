"""How long pages and reports take when a course has become large."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from graders.batch.measure.course import learner
from graders.batch.measure.multiplied import multiply
from graders.errors import UsageError
from graders.gradebook import let_nbgrader_find_alembic

WEEKS = 8
SIZES = (50, 500, 5000)
"""Learners of the courses that are measured."""

_MANAGE = """
import sys, time
from pathlib import Path
from graders.course import open_course
from nbgrader.apps.api import NbGraderAPI
course = open_course(Path(sys.argv[1]))
api = NbGraderAPI(course.directory)
assert len(api.{call}) >= int(sys.argv[2])
"""

JOBS: dict[str, tuple[str, ...]] = {
    "the week's cohort report": ("report", "cohort", "week08"),
    "the term's report": ("report", "term"),
    "the week's quality report": ("quality", "week08"),
    "what waits for a person, by week": ("review",),
    "who stands where in a week (`week --dry-run`)": ("week", "week08", "--dry-run"),
    "marks of all weeks as CSV": ("export", "csv", "--out", "marks.csv"),
    "all data of one learner": ("about", learner(3)),
}
"""What an instructor waits for -> the command."""

PAGES: dict[str, str] = {
    "formgrader's page of assignments": "get_assignments()",
    "formgrader's page of a week's submissions": "get_submissions('week08')",
}
"""nbgrader's own pages -> what they ask its program for."""


@dataclass(frozen=True)
class Large:
    """One course.

    Attributes:
        learners: How many, each with `WEEKS` graded weeks.
        rows: Rows of the gradebook.
        gradebook_mb: Its size in 10^6 bytes.
        seconds: What was waited for -> seconds of the clock of the whole process.
        memory_mb: The same -> peak memory of all its processes together, in 10^6 bytes.
    """

    learners: int
    rows: int
    gradebook_mb: float
    seconds: dict[str, float]
    memory_mb: dict[str, float]


def measure_large(
    sizes: tuple[int, ...] = SIZES, told: Callable[[str], None] = lambda what: None
) -> list[Large]:
    """Measure courses of all *sizes*; minutes.

    Raises:
        UsageError: If a command failed.
    """
    found = []
    for learners in sizes:
        folder = Path(tempfile.mkdtemp(prefix="seniorkit-large-"))
        try:
            told(f"a course of {learners:,} learners")
            weeks = tuple(f"week{number:02}" for number in range(1, WEEKS + 1))
            course = multiply(folder / "course", learners, weeks)
            found.append(_measured(course, learners, told))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return found


def _measured(course: Path, learners: int, told: Callable[[str], None]) -> Large:
    let_nbgrader_find_alembic()
    seconds: dict[str, float] = {}
    memory: dict[str, float] = {}
    for what, words in JOBS.items():
        told(f"{learners:,} learners: {what}")
        line = [sys.executable, "-c", "from graders.cli import main; main()", *words]
        seconds[what], memory[what] = _waited(line, course, (0, 1))
    for what, call in PAGES.items():
        told(f"{learners:,} learners: {what}")
        least = WEEKS if call.startswith("get_assignments") else learners
        line = [sys.executable, "-c", _MANAGE.format(call=call), str(course), str(least)]
        seconds[what], memory[what] = _waited(line, course, (0,))
    book = course / "gradebook.db"
    return Large(learners, _rows(book), book.stat().st_size / 1e6, seconds, memory)


def _waited(line: list[str], course: Path, fine: tuple[int, ...]) -> tuple[float, float]:
    """Seconds of a process, and the peak memory of it and all that it started."""
    started = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(line, cwd=course, stdout=said, stderr=said)
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, _held(process.pid))
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.05)
        took = time.perf_counter() - started
        if process.returncode not in fine:
            said.seek(0)
            last = (said.read().decode(errors="replace").strip().splitlines() or ["nothing"])[-1]
            raise UsageError(
                f"{' '.join(line[3:6])} failed, so nothing was measured ({last[:300]})"
            )
    return took, peak


def _held(pid: int) -> float:
    """Memory of a process and its descendants now, in 10^6 bytes."""
    total = 0
    with contextlib.suppress(psutil.NoSuchProcess):
        first = psutil.Process(pid)
        for process in [first, *first.children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                total += process.memory_info().rss
    return total / 1e6


def _rows(book: Path) -> int:
    with contextlib.closing(sqlite3.connect(book)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return sum(
            int(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])
            for (name,) in names
        )
