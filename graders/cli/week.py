"""`seniorkit week`: one week of a course, as far as it can go at this moment; made for cron."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graders.errors import UsageError
from graders.judges.factory import NAMES, judge_named

if TYPE_CHECKING:
    from graders.cohorts.tally import WeekReport
    from graders.course import Course
    from graders.judges.base import Judge
    from graders.judges.llm.estimate import Estimate

SHOWN = 30
"""Names that a line lists."""


_Week = Annotated[str, typer.Argument(help="The assignment, such as week01, or its number.")]
_DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Print what would be done and its cost; do nothing.")
]
_Export = Annotated[
    list[str] | None,
    typer.Option(
        help="Write marks as csv, json, canvas, moodle or moodle-worksheet; may be repeated. "
        "csv if absent, none for nothing."
    ),
]
_Template = Annotated[
    Path | None, typer.Option(help="The learning platform's own export, where it is needed.")
]
_Workers = Annotated[int, typer.Option(min=1, max=64, help="Submissions graded at a time.")]
_Scheduler = Annotated[str | None, typer.Option(metavar="ADDRESS", help="Grade on a Dask cluster.")]
_Trust = Annotated[
    bool,
    typer.Option(
        "--trust-submissions",
        help="Run learners' code also where no sandbox works. Without it, it is not run there.",
    ),
]


def week_command(
    week: _Week,
    course: Annotated[Path, typer.Option(help="Folder of the nbgrader course.")] = Path(),
    dry_run: _DryRun = False,
    judge: Annotated[str, typer.Option(help=f"Who judges: {', '.join(NAMES)}.")] = "embedded",
    export: _Export = None,
    template: _Template = None,
    workers: _Workers = 2,
    scheduler: _Scheduler = None,
    trust_submissions: _Trust = False,
    report: Annotated[bool, typer.Option(help="Write the cohort report.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Collect, grade, queue for people, return feedback, export and report: what is due by now.

    Run it again at any time, also from cron: it does what is left, and finishes a run that was
    broken off. Whose time is not over (extensions count) is not touched. Feedback goes back as soon
    as nobody needs to look at the work any more. Status 1 if something could not be done for
    somebody: they are listed.
    """
    from graders.cli.asking import pin_settings
    from graders.cli.meter import counted
    from graders.cohorts.week import WeekOptions, named_week, run_week
    from graders.course import open_course
    from graders.exports import FORMATS

    reader = judge_named(judge)
    opened = open_course(course)
    name = named_week(opened, week)
    formats = tuple(one for one in (export or ["csv"]) if one != "none")
    _check_formats(formats, FORMATS, template)
    if judge != "embedded":
        pin_settings()
    options = WeekOptions(
        reader, workers, scheduler, None, trust_submissions, formats, template, report
    )
    if dry_run:
        done = run_week(opened.root, name, dry_run=True, options=options)
    else:
        foreseen = _foreseen(opened, name, reader)
        with counted(reader, foreseen, folder=opened.reports(name) / "runs"):
            done = run_week(opened.root, name, options=options, told=_told)
    print(done.to_json()) if as_json else _show(done)
    if done.problems:
        print(f"seniorkit: {len(done.problems)} need help (see above)", file=sys.stderr)
        raise typer.Exit(1)


def _foreseen(course: Course, assignment: str, judge: Judge) -> Estimate | None:
    """What the model will cost, as `--dry-run` tells it; `None` if *judge* costs nothing."""
    if judge.name == "embedded":  # looking ahead takes time
        return None
    from graders.cohorts.exchange import exchange_of
    from graders.cohorts.forecast import forecast
    from graders.cohorts.snapshot import take
    from graders.cohorts.week import claimed
    from graders.course import check_assignment
    from graders.gradebook import load_roster
    from graders.reports import check_known

    check_known(course, assignment)
    with claimed(course, assignment):
        check_assignment(course, assignment)  # before it, nobody knows which cells there are
    exchange = exchange_of(course)
    if exchange is not None:
        exchange.check()
    roster = load_roster(course.db_url, assignment)
    snapshot = take(course, assignment, exchange, roster, datetime.now(UTC), dry=True)
    return forecast(course, assignment, snapshot, judge).cost


def _check_formats(formats: tuple[str, ...], known: dict[str, str], template: Path | None) -> None:
    """Find a wrong format before the long work starts."""
    for one in formats:
        if one not in known:
            raise UsageError(f"there is no format {one!r}", fix=f"Formats: {', '.join(known)}")
        if template is None and one in ("canvas", "moodle-worksheet"):
            raise UsageError(
                f"the format {one} needs the other program's own file",
                fix="Export it there and give it with --template",
            )
    if template is not None and not template.is_file():
        raise UsageError("there is no such file", where=str(template), fix="Check --template")


def _told(line: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{line[:100]}", end="", file=sys.stderr, flush=True)


def _show(done: WeekReport) -> None:
    """Print the table of states, then what is left for people."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console() if sys.stdout.isatty() else Console(width=160)
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    table = Table(box=None, header_style="dim", pad_edge=False)
    table.add_column("learner", no_wrap=True)
    table.add_column("state", no_wrap=True)
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("remarks", overflow="fold")
    for one in done.standings:
        points = "" if one.points is None else f"{one.points:g} / {one.max_points:g}"
        remarks = list(one.why)
        if one.late:
            remarks.append(f"late by {_duration(one.late)}, costs {one.penalty:g}")
        if one.extended and one.due is not None:
            remarks.append(f"extension until {one.due:%Y-%m-%d %H:%M} UTC")
        table.add_row(
            Text(one.student), str(one.state), points, Text("; ".join(remarks), style="dim")
        )
    console.print(table)
    due = f"due {done.due:%Y-%m-%d %H:%M} UTC" if done.due else "no due date: all counts at once"
    counts = ", ".join(f"{number} {state}" for state, number in done.counts.items())
    console.print(Text(f"\n{done.assignment}, {due}: {counts or 'no learners'}"), soft_wrap=True)
    for line in _lines(done):
        console.print(Text(line), soft_wrap=True)


def _lines(done: WeekReport) -> list[str]:
    lines = [done.unsafe] if done.unsafe else []
    if done.dry_run:
        lines.append(f"would collect  {_names(done.collected)}")
        lines.append(f"would grade    {_names(done.to_grade)}")
        lines.append(f"would cost     {done.cost or 'nothing'}")
    else:
        lines.append(
            f"collected {len(done.collected)}, graded {len(done.graded)}, "
            f"returned {len(done.returned)}; {done.seconds:g} s"
        )
    if done.queue:
        queue = ", ".join(f"{cell} ({number})" for cell, number in sorted(done.queue.items()))
        lines.append(f"for people     {queue}: seniorkit review {done.assignment}")
    lines += [f"wrote          {path}" for path in done.files]
    lines += [f"note           {who}: {what}" for who, what in sorted(done.notes.items())]
    lines += [f"help needed    {who}: {why}" for who, why in sorted(done.problems.items())]
    return lines


def _names(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{len(names)}: {', '.join(names[:SHOWN])}{more}" if names else "nobody"


def _duration(seconds: float) -> str:
    hours, minutes = int(seconds // 3600), int(seconds // 60 % 60)
    return f"{hours // 24} d {hours % 24} h" if hours >= 24 else f"{hours} h {minutes} min"
