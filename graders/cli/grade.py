"""`seniorkit grade`: a whole assignment, from submissions to reports."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graders.judges.factory import NAMES, UNASKED, judge_named

if TYPE_CHECKING:
    from graders.course import Course

_STEP = re.compile(r"^\[\s*(\d+)/(\d+)\] (.*)$")


def grade_command(
    assignment: Annotated[str, typer.Argument(help="Name of the assignment, such as week01.")],
    course: Annotated[Path, typer.Option(help="Folder of the nbgrader course.")] = Path(),
    judge: Annotated[str, typer.Option(help=f"Who judges: {', '.join(NAMES)}.")] = "embedded",
    workers: Annotated[int, typer.Option(min=1, max=64, help="Submissions graded at a time.")] = 2,
    batch_api: Annotated[
        bool,
        typer.Option(
            "--batch-api",
            help="Judge with llm through the Batch API: half the price, within a day. Hands in and "
            "leaves; run it again to fetch, and to grade when all is there.",
        ),
    ] = False,
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
        from graders.cli.asking import asked_ahead, is_bounded

        judge = asked_ahead(opened, assignment)
        if judge == "llm" and is_bounded():
            workers = 1  # each process would have the whole budget
    _grade(opened, assignment, judge, workers)


def _grade(opened: Course, assignment: str, judge: str, workers: int) -> None:
    from graders.cli.asking import pin_settings
    from graders.cli.table import show_cohort
    from graders.reports import execute_report, load_cohort

    if judge != "embedded":
        pin_settings()
    folder = opened.reports(assignment)
    parameters = {
        "course": str(opened.root),
        "assignment": assignment,
        "judge": judge,
        # More than cores: some submissions only wait for their time to run out.
        "workers": workers or (os.cpu_count() or 1) + 2,
    }
    with _Bar(f"Grading {assignment}") as bar:
        execute_report(
            "grade_assignment", folder, parameters, title=f"{assignment}: grading", told=bar.told
        )
        bar.say("Writing the cohort report")
        report = execute_report(
            "cohort_report", folder, parameters, title=f"{assignment}: cohort report"
        )
    cohort = load_cohort(opened.root, assignment)
    show_cohort(cohort)
    print(f"gradebook      {opened.db_url.removeprefix('sqlite:///')}")
    print(f"feedback       {opened.root / 'feedback'}/*/{assignment}/*.html")
    print(f"cohort report  {report}")
    failed = [row.student for row in cohort.learners if "failed" in row.flags]
    if failed:
        print(f"seniorkit: not graded: {', '.join(failed)} (see above)", file=sys.stderr)
        raise typer.Exit(1)


class _Bar:
    """A progress bar that is fed by the lines the running notebook prints."""

    def __init__(self, title: str) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
        )

        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
            TimeElapsedColumn(), console=Console(stderr=True), transient=True,
        )  # fmt: skip
        self._task = self._progress.add_task(title, total=None)

    def __enter__(self) -> _Bar:
        self._progress.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._progress.stop()

    def say(self, text: str) -> None:
        """Show what is being done now."""
        self._progress.update(self._task, description=text, total=None)

    def told(self, line: str) -> None:
        """Move on if *line* reports a finished submission."""
        match = _STEP.match(line)
        if match:
            done, total, what = match.groups()
            self._progress.update(
                self._task, completed=int(done), total=int(total), description=what[:60]
            )
