"""One week of a course, from the due time to the feedback: run it again until nothing is left."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent import futures
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from graders.batch import grade_assignment, write_feedback
from graders.batch.ledger import FOLDER, only_one
from graders.batch.outcome import Outcome
from graders.batch.recording import late_policy
from graders.cohorts.exchange import CourseExchange, exchange_of
from graders.cohorts.forecast import Forecast, forecast
from graders.cohorts.handout import Handout
from graders.cohorts.snapshot import Snapshot, take
from graders.cohorts.states import State, standings
from graders.cohorts.tally import WeekReport, is_as_kept, keep
from graders.course import Course, check_assignment, known_assignments, open_course
from graders.errors import StoreError, UsageError
from graders.gradebook import Roster, load_roster, settle_penalties
from graders.gradebook.looked_at import looked_at, settle_looked_at
from graders.gradebook.returned import load_returned
from graders.judges.base import Judge
from graders.judges.factory import judge_named

Told = Callable[[str], None]


@dataclass(frozen=True)
class WeekOptions:
    """How a week is done.

    Attributes:
        judge: Who reads free text: a judge, or the name of one.
        workers: How many submissions are graded at a time on this machine.
        scheduler: Address of a Dask scheduler whose workers are used instead.
        executor: Where grading tasks run instead.
        trust: Whether learners' code may run where no sandbox works.
        exports: Formats of the files of marks.
        template: The file that the learning platform exported, for formats that need one.
        report: Whether the cohort report is written.
    """

    judge: str | Judge = "embedded"
    workers: int = 2
    scheduler: str | None = None
    executor: futures.Executor | None = None
    trust: bool = False
    exports: tuple[str, ...] = ("csv",)
    template: Path | None = None
    report: bool = True


def run_week(
    root: Path, assignment: str, *, now: datetime | None = None, dry_run: bool = False,
    options: WeekOptions | None = None, told: Told | None = None,
) -> WeekReport:  # fmt: skip
    """Bring *assignment* as far as it can go at this moment.

    Whose time is over is collected, graded, and returned if nobody needs to look; then marks are
    exported and the report is written. Each step finds out by itself what is left to do: a run
    that was broken off anywhere is finished by the next one.

    Args:
        root: The course's folder.
        assignment: Name of the assignment.
        now: The time; this moment if absent.
        dry_run: Whether to look only; nothing is collected, graded or written then.
        options: How it is done.
        told: Gets a line for each step.

    Raises:
        UsageError: If course, assignment or judge do not exist, or another run is at work.
        RubricError: If a rubric is broken; nothing has been collected then.
        StoreError: If gradebook, exchange or folders cannot be used; what was done stays, and
            the same call does the rest.
    """
    started = time.monotonic()
    options = options or WeekOptions()
    course = open_course(root)
    _check(course, assignment)
    judge = judge_named(options.judge) if isinstance(options.judge, str) else options.judge
    week = _Week(
        course, assignment, (now or datetime.now(UTC)).astimezone(UTC), options, judge,
        exchange_of(course), told or (lambda line: None),
    )  # fmt: skip
    if week.exchange is not None:
        week.exchange.check()
    if dry_run:
        return week.looked(started)
    with claimed(course, assignment):
        return week.done(started)


@contextmanager
def claimed(course: Course, assignment: str) -> Iterator[None]:
    """Keep other runs away from *assignment* while this block runs.

    Raises:
        UsageError: If another run is at work.
        StoreError: If the course's folder cannot be written.
    """
    lock = course.root / FOLDER / f"week-{assignment}.lock"
    try:
        lock.parent.mkdir(exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"the course's folder cannot be written ({error.strerror})", where=str(course.root)
        ) from None
    with only_one(lock, f"another run works on {assignment!r}"):
        yield


def named_week(course: Course, week: str) -> str:
    """The assignment that is meant by *week*: its name, or the number at the end of one.

    Raises:
        UsageError: If there is none, or more than one.
    """
    known = known_assignments(course)
    if week in known or not week.isdecimal():
        return week
    found = [
        name for name in known if (digits := _digits(name)) and int(digits) == int(week)
    ]  # fmt: skip
    if len(found) == 1:
        return found[0]
    raise UsageError(
        f"there is no one assignment with the number {week}",
        where=str(course.source("*").parent),
        fix=f"Known: {', '.join(known) or 'none'}",
    )


@dataclass(frozen=True)
class _Week:
    """One run of a week."""

    course: Course
    assignment: str
    now: datetime
    options: WeekOptions
    judge: Judge
    exchange: CourseExchange | None
    told: Told

    def looked(self, started: float) -> WeekReport:
        """What would be done."""
        roster = load_roster(self.course.db_url, self.assignment)
        snapshot = take(self.course, self.assignment, self.exchange, roster, self.now, dry=True)
        ahead = forecast(self.course, self.assignment, snapshot, self.judge)
        return self._report(roster, snapshot, started, ahead=ahead)

    def done(self, started: float) -> WeekReport:
        """Do what can be done."""
        check_assignment(self.course, self.assignment)
        db_url = self.course.db_url
        roster = load_roster(db_url, self.assignment)
        snapshot = take(self.course, self.assignment, self.exchange, roster, self.now)
        self.told(f"collected {len(snapshot.collected)}, waiting {len(snapshot.waiting)}")
        outcome = self._graded(snapshot)
        changed = settle_penalties(db_url, self.assignment, late_policy(self.course))
        write_feedback(self.course.root, self.assignment)
        report = self._report(load_roster(db_url, self.assignment), snapshot, started, outcome)
        fault: StoreError | None = None
        try:
            given, problems = self._returned(report)
        except StoreError as error:
            # A full exchange keeps nobody from the marks and the report.
            given, problems, fault = [], {}, error
        report = self._report(
            load_roster(db_url, self.assignment), snapshot, started, outcome,
            problems=problems, given=tuple(given), penalties=changed,
        )  # fmt: skip
        files = self._files(report)
        seconds = round(time.monotonic() - started, 1)
        report = replace(report, files=files, seconds=seconds)
        keep(report, self.course.reports(self.assignment))
        if fault is not None:
            raise fault
        return report

    def _graded(self, snapshot: Snapshot) -> Outcome | None:
        if not snapshot.folders:
            return None
        options = self.options

        def progress(done: int, total: int, what: str) -> None:
            self.told(f"[{done}/{total}] {what}")

        before = looked_at(self.course.db_url, self.assignment)
        outcome = grade_assignment(
            self.course.root, self.assignment, judge=self.judge, workers=options.workers,
            scheduler=options.scheduler, executor=options.executor, trust=options.trust,
            progress=progress, only=set(snapshot.folders),
        )  # fmt: skip
        if outcome.graded:
            changed = snapshot.collected
            settle_looked_at(self.course.db_url, self.assignment, before, changed)
        return outcome

    def _returned(self, report: WeekReport) -> tuple[list[str], dict[str, str]]:
        ready = {s.student for s in report.standings if s.state in (State.GRADED, State.RETURNED)}
        handout = Handout(self.course, self.assignment, self.exchange)
        given, problems = handout.give(ready)
        self.told(f"returned {len(given)}")
        return given, problems

    def _files(self, report: WeekReport) -> tuple[Path, ...]:
        """Export marks and write the report, where there is something to tell."""
        if not any(one.points is not None for one in report.standings):
            return ()
        folder = self.course.reports(self.assignment)
        files = []
        if self.options.exports:
            from graders.exports import write
        for name in self.options.exports:
            ending = "json" if name == "json" else "csv"
            target = folder / f"marks-{name}.{ending}"
            template = None if name in ("csv", "json") else self.options.template
            write(self.course, [self.assignment], name, target, template)
            files.append(target)
        if self.options.report:
            files.append(self._cohort_report(report, folder))
        return tuple(files)

    def _cohort_report(self, report: WeekReport, folder: Path) -> Path:
        """The cohort's page; it is not written again where nothing has changed."""
        page = folder / "cohort_report.html"
        if page.is_file() and is_as_kept(report, folder, page):
            return page
        from graders.reports import execute_report

        self.told("writing the cohort report")
        parameters = {"course": str(self.course.root), "assignment": self.assignment}
        title = f"{self.assignment}: cohort report"
        return execute_report("cohort_report", folder, parameters, title=title)

    def _report(
        self, roster: Roster, snapshot: Snapshot, started: float, outcome: Outcome | None = None, *,
        ahead: Forecast | None = None, problems: dict[str, str] | None = None,
        given: tuple[str, ...] = (), penalties: tuple[str, ...] = (),
    ) -> WeekReport:  # fmt: skip
        handout = Handout(self.course, self.assignment, self.exchange)
        left_out = set(str(self.course.directory.student_id_exclude).split(","))
        standing = standings(
            roster, snapshot, load_returned(self.course.db_url, self.assignment).values(), handout,
            self.now, ungraded=ahead.todo if ahead else (), left_out=left_out,
        )  # fmt: skip
        failed = outcome.failed if outcome else ahead.ungradable if ahead else {}
        return WeekReport(
            assignment=self.assignment,
            at=self.now,
            due=roster.dues.due,
            dry_run=ahead is not None,
            standings=standing,
            collected=tuple(snapshot.collected),
            graded=outcome.graded if outcome else (),
            to_grade=ahead.todo if ahead else (),
            cost=None if ahead is None or ahead.cost is None else str(ahead.cost),
            problems={**snapshot.problems, **failed, **(problems or {})},
            notes=snapshot.notes,
            queue=dict(Counter(c for e in roster.entries.values() for c in e.waiting)),
            returned=given,
            penalties=penalties,
            trail=roster.trail,
            unsafe=outcome.unsafe if outcome else "",
            seconds=round(time.monotonic() - started, 1),
        )


def _check(course: Course, assignment: str) -> None:
    """Everything that can be wrong with the set-up is found before anything is collected."""
    if not assignment or "/" in assignment or assignment not in known_assignments(course):
        raise UsageError(
            f"there is no assignment {assignment!r}",
            where=str(course.source("*").parent),
            fix=f"Known: {', '.join(known_assignments(course)) or 'none'}",
        )
    course.questions(assignment)


def _digits(name: str) -> str:
    return name[len(name.rstrip("0123456789")) :]
