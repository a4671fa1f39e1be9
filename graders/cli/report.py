"""`seniorkit report`: executed report notebooks and their pages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

report = typer.Typer(help="Reports as executed notebooks and pages.", no_args_is_help=True)


@report.callback()
def _reports() -> None:
    """Reports as executed notebooks and pages."""


@report.command("cohort")
def cohort_command(
    assignment: Annotated[str, typer.Argument(help="Name of the assignment, such as week01.")],
    course: Annotated[Path, typer.Option(help="Folder of the nbgrader course.")] = Path(),
) -> None:
    """Write the cohort report of a graded assignment again, from the gradebook as it stands."""
    from graders.course import open_course
    from graders.reports import check_known, execute_report

    opened = open_course(course)
    opened.questions(assignment)
    check_known(opened, assignment)
    page = execute_report(
        "cohort_report",
        opened.reports(assignment),
        {"course": str(opened.root), "assignment": assignment},
        title=f"{assignment}: cohort report",
    )
    print(page)


@report.command("learner")
def learner_command(
    out: Annotated[Path, typer.Option(help="Folder for the page and its notebook.")] = Path(
        "my-report"
    ),
) -> None:
    """Write your own page: ready or not yet, what is missing, the next three things."""
    from graders.progress import Progress
    from graders.reports import execute_report

    # A file that cannot be used is found before a kernel is started.
    progress = Progress()
    progress.settings()
    page = execute_report(
        "learner_report",
        out.resolve(),
        {"progress": str(progress.path.resolve())},
        title="Am I ready for a senior loop?",
    )
    print(page)
