"""One measured job in a process of its own, so that its memory and its start are its own.

python -m graders.batch.measure.child grade COURSE      # prints JSON
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from graders.batch.measure.course import ASSIGNMENT
from graders.errors import UsageError
from graders.gradebook import let_nbgrader_find_alembic
from graders.peak import peak_memory

MODULE = "graders.batch.measure.child"


def timed(job: str, course: Path) -> tuple[float, dict[str, Any]]:
    """Run *job* on *course*; seconds of the whole process, and what it says.

    Raises:
        UsageError: If it failed.
    """
    return _seconds([sys.executable, "-m", MODULE, job, str(course)], course)


def by_nbgrader(course: Path, command: str, *options: str) -> float:
    """Seconds of a whole nbgrader command.

    Raises:
        UsageError: If it failed.
    """
    line = [sys.executable, "-m", "nbgrader", command, ASSIGNMENT, *options]
    return _seconds(line, course, says=False)[0]


def two_by_nbgrader(course: Path, halves: tuple[str, str]) -> float:
    """Seconds of two `nbgrader autograde` at a time, each for the learners of one half."""
    started = time.perf_counter()
    let_nbgrader_find_alembic()
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "nbgrader", "autograde", ASSIGNMENT, f"--student={half}-*"],
            cwd=course, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        for half in halves
    ]  # fmt: skip
    for process in running:
        process.wait()
    return time.perf_counter() - started


def command(course: Path, *words: str) -> float:
    """Seconds of a whole `seniorkit` command."""
    line = [sys.executable, "-c", "from graders.cli import main; main()", *words]
    return _seconds(line, course, says=False)[0]


def _seconds(line: list[str], course: Path, *, says: bool = True) -> tuple[float, dict[str, Any]]:
    let_nbgrader_find_alembic()
    started = time.perf_counter()
    done = subprocess.run(line, cwd=course, capture_output=True, text=True, env={**os.environ})
    took = time.perf_counter() - started
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1][:300]
        raise UsageError(f"{' '.join(line[2:5])} failed, so nothing was measured ({last})")
    return took, json.loads(done.stdout.splitlines()[-1]) if says else {}


def _grade(course: Path) -> dict[str, Any]:
    from graders.batch import start_early

    start_early()  # as the command does
    from graders.batch import grade_assignment

    outcome = grade_assignment(course, ASSIGNMENT, workers=2, trust=True)
    if outcome.failed:
        raise UsageError(f"not graded: {outcome.failed}")
    return {"graded": len(outcome.graded)}


def _feedback(course: Path) -> dict[str, Any]:
    from graders.batch.feedback import write_feedback

    started = time.perf_counter()
    pages = write_feedback(course, ASSIGNMENT)
    return {"pages": len(pages), "seconds": time.perf_counter() - started}


def _their_feedback(course: Path) -> dict[str, Any]:
    from nbgrader.converters import GenerateFeedback

    from graders.course import NbgraderLog, open_course

    opened = open_course(course)
    started = time.perf_counter()
    opened.directory.assignment_id = ASSIGNMENT
    converter = GenerateFeedback(coursedir=opened.directory, config=opened.config)
    NbgraderLog.of(converter)
    converter.start()
    seconds = time.perf_counter() - started
    return {"pages": len(list((course / "feedback").rglob("*.html"))), "seconds": seconds}


JOBS: dict[str, Callable[[Path], dict[str, Any]]] = {
    "grade": _grade,
    "feedback": _feedback,
    "their-feedback": _their_feedback,
}


def main() -> None:
    """Run the job that the arguments name, on the course that they name."""
    said = JOBS[sys.argv[1]](Path(sys.argv[2]))
    said["memory_mb"] = peak_memory()
    print(json.dumps(said))


if __name__ == "__main__":
    main()
