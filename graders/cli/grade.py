"""`seniorkit grade`: a whole assignment, from submissions to reports."""

from __future__ import annotations

import json
import re
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from graders.judges.factory import NAMES, UNASKED, judge_named

if TYPE_CHECKING:
    from graders.course import Course
    from graders.reports import Cohort

_STEP = re.compile(r"^\[\s*(\d+)/(\d+)\] (.*)$")


_Scheduler = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="Grade on a Dask cluster: tcp://host:8786, or tls:// with Dask's own settings.",
    ),
]
_Trust = Annotated[
    bool,
    typer.Option(
        "--trust-submissions",
        help="Run learners' code also where no sandbox works. Without it, it is not run there.",
    ),
]
_BatchApi = Annotated[
    bool,
    typer.Option(
        "--batch-api",
        help="Judge with llm through the Batch API: half the price, within a day. Hands in and "
        "leaves; run it again to fetch, and to grade when all is there.",
    ),
]


def grade_command(
    assignment: Annotated[str, typer.Argument(help="Name of the assignment, such as week01.")],
    course: Annotated[Path, typer.Option(help="Folder of the nbgrader course.")] = Path(),
    judge: Annotated[str, typer.Option(help=f"Who judges: {', '.join(NAMES)}.")] = "embedded",
    workers: Annotated[int, typer.Option(min=1, max=64, help="Submissions graded at a time.")] = 2,
    scheduler: _Scheduler = None,
    trust_submissions: _Trust = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print what was done as JSON, for programs.")
    ] = False,
    batch_api: _BatchApi = False,
) -> None:
    """Grade all submissions, write feedback for every learner and the cohort report.

    Runs notebooks/reports/grade_assignment.ipynb through papermill; the executed notebook stays
    in the course's reports/ folder. What has been graded is not graded again. Status 1 if
    somebody's work could not be graded: they are listed; or if a batch is not ready yet.
    """
    from graders.course import check_assignment, open_course

    # Everything that can be wrong with the set-up is found before the long work starts.
    judge_named("llm" if batch_api else judge)
    opened = open_course(course)
    opened.questions(assignment)
    check_assignment(opened, assignment)
    if batch_api:
        from graders.cli.batches import verdicts_are_there

        if not verdicts_are_there(opened.root, assignment):
            raise typer.Exit(1)
        judge = UNASKED
    elif judge == "llm":
        from graders.cli.asking import asked_ahead

        judge = asked_ahead(opened, assignment)
    parameters = {
        "course": str(opened.root),
        "assignment": assignment,
        "judge": judge,
        "workers": workers,
        "scheduler": scheduler,
        "trust": trust_submissions,
    }
    _grade(opened, assignment, parameters, as_json)


def _grade(opened: Course, assignment: str, parameters: dict[str, object], as_json: bool) -> None:
    from graders.cli.asking import pin_settings
    from graders.cli.table import show_cohort
    from graders.gradebook import shown
    from graders.reports import execute_report, load_cohort

    if parameters["judge"] != "embedded":
        pin_settings()
    folder = opened.reports(assignment)
    with _Bar(f"Grading {assignment}") as bar:
        execute_report(
            "grade_assignment", folder, parameters, title=f"{assignment}: grading", told=bar.told
        )
        bar.say("Writing the cohort report")
        report = execute_report(
            "cohort_report", folder, parameters, title=f"{assignment}: cohort report"
        )
    outcome = json.loads((folder / "outcome.json").read_text(encoding="utf-8"))
    cohort = load_cohort(opened.root, assignment)
    failed = [row.student for row in cohort.learners if "failed" in row.flags]
    if as_json:
        print(json.dumps(_facts(cohort, outcome, report), ensure_ascii=False))
        raise typer.Exit(1 if failed else 0)
    if outcome["unsafe"]:
        print(outcome["unsafe"])
    show_cohort(cohort)
    print(f"gradebook      {shown(opened.db_url).removeprefix('sqlite:///')}")
    print(f"feedback       {opened.root / 'feedback'}/*/{assignment}/*.html")
    print(f"cohort report  {report}")
    print(_summary(outcome, cohort))
    if failed:
        print(f"seniorkit: not graded: {', '.join(failed)} (see above)", file=sys.stderr)
        raise typer.Exit(1)


def _facts(cohort: Cohort, outcome: dict[str, Any], report: Path) -> dict[str, object]:
    """What was done, and where every learner stands."""
    return {
        "assignment": cohort.assignment,
        "outcome": outcome,
        "report": str(report),
        "learners": [
            {
                "student": row.student,
                "points": row.points,
                "max_points": row.max_points,
                "open_points": row.open_points,
                "attention": list(row.attention),
            }
            for row in cohort.learners
        ],
    }


def _summary(outcome: dict[str, Any], cohort: Cohort) -> str:
    """One line: what this run did, and how many learners a person should look at."""
    attention = sum(bool(row.attention) for row in cohort.learners)
    parts = [
        f"graded {len(outcome['graded'])}",
        f"unchanged {len(outcome['unchanged'])}",
        f"need attention {attention}",
        f"skipped {len(outcome['skipped'])}",
        f"could not be graded {len(outcome['failed'])}",
    ]
    return f"{', '.join(parts)}; {outcome['seconds']:g} s"


class _Bar:
    """A progress bar that is fed by the lines the running notebook prints.

    It remembers Ctrl-C: an interrupt that comes while a library clears something away is lost.
    """

    _interrupted = False

    def __init__(self, title: str) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
            TimeElapsedColumn(), TextColumn("left:"), TimeRemainingColumn(), console=Console(stderr=True), transient=True,
        )  # fmt: skip
        self._task = self._progress.add_task(title, total=None)

    def __enter__(self) -> _Bar:
        self._before = signal.signal(signal.SIGINT, self._interrupt)
        self._progress.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._progress.stop()
        signal.signal(signal.SIGINT, self._before)

    def _interrupt(self, number: int, frame: object) -> None:
        self._interrupted = True
        raise KeyboardInterrupt

    def say(self, text: str) -> None:
        """Show what is being done now."""
        self._progress.update(self._task, description=text, total=None)

    def told(self, line: str) -> None:
        """Move on if *line* reports a finished submission."""
        if self._interrupted:
            raise KeyboardInterrupt
        match = _STEP.match(line)
        if match:
            done, total, what = match.groups()
            self._progress.update(
                self._task, completed=int(done), total=int(total), description=what[:60]
            )
