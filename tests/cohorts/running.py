"""Runs of `seniorkit week` on small courses, and what a test looks at afterwards."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from graders.cohorts.tally import WeekReport
from graders.cohorts.week import WeekOptions, run_week
from graders.course import Course
from graders.judges.base import Judge
from graders.judges.scripted import ScriptedJudge
from graders.levels import Level
from tests.batch.nursery import AtOnce
from tests.cohorts.course import CELLS, PAIRS, plain

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LEARNERS = ("ada", "bo", "cy", "di")
SENIOR = ScriptedJudge(default=Level.SENIOR)
GOOD = [dict(zip(CELLS, pair, strict=True)) for pair in zip(*map(plain, PAIRS[0]), strict=False)]


def run(course: Course, now: Any, *, judge: Judge = SENIOR, **more: Any) -> WeekReport:
    """The first week, at that time; without files of marks, and without the report."""
    options = WeekOptions(judge, executor=AtOnce(), exports=(), report=False)
    return run_week(course.root, "week01", now=now, options=options, **more)


def states(report: WeekReport) -> dict[str, str]:
    """Learner -> state."""
    return {one.student: str(one.state) for one in report.standings}


def files(course: Course) -> dict[str, bytes]:
    """Everything a run could change; the database's own side files apart."""
    return {
        str(path.relative_to(course.root)): path.read_bytes()
        for path in sorted(course.root.rglob("*"))
        if path.is_file() and "gradebook.db-" not in path.name and "__pycache__" not in str(path)
    }


def answer(course: Course, learner: str) -> str:
    """The text that was judged."""
    with course.gradebook() as gradebook:
        return gradebook.answers("week01", learner)["answer-concept"][0]


def pages(exchange: Path) -> list[bytes]:
    """The feedback pages that learners can fetch."""
    return [path.read_bytes() for path in (exchange / "seniorkit" / "feedback").glob("*.html")]
