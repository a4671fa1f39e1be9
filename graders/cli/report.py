"""`seniorkit report`: executed report notebooks and their pages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

report = typer.Typer(help="Reports as executed notebooks and pages.", no_args_is_help=True)


_Course = Annotated[Path, typer.Option(help="Folder of the nbgrader course.")]
_Anonymised = Annotated[
    bool, typer.Option("--anonymised", help="Pseudonyms in the place of learners.")
]


@report.callback()
def _reports() -> None:
    """Reports as executed notebooks and pages."""


@report.command("cohort")
def cohort_command(
    assignment: Annotated[str, typer.Argument(help="Name of the assignment, such as week01.")],
    course: _Course = Path(),
    anonymised: _Anonymised = False,
) -> None:
    """Write the cohort report of a graded assignment again, from the gradebook as it stands."""
    from graders.course import open_course
    from graders.reports import check_known, execute_report

    opened = open_course(course)
    opened.questions(assignment)
    check_known(opened, assignment)
    page = execute_report(
        "cohort_report",
        _folder(opened.reports(assignment), anonymised),
        {"course": str(opened.root), "assignment": assignment, "anonymised": anonymised},
        title=f"{assignment}: cohort report",
    )
    print(page)


@report.command("term")
def term_command(course: _Course = Path(), anonymised: _Anonymised = False) -> None:
    """Write the report of the whole term: every learner's marks week by week, and the cohort's way."""
    from graders.course import open_course
    from graders.reports import execute_report, load_term_report

    opened = open_course(course)
    # What is wrong with the gradebook is told before a kernel is started.
    load_term_report(opened.root)
    page = execute_report(
        "term_report",
        _folder(opened.root / "reports", anonymised),
        {"course": str(opened.root), "anonymised": anonymised},
        title="The term so far",
    )
    print(page)


@report.command("serve")
def serve_command(
    course: _Course = Path(),
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Port of this machine.")] = 8866,
) -> None:
    """Serve the cohort's dashboard on this machine alone, with Voila.

    Voila is an extra of the package: `voila`. The dashboard shows learners' marks: put it behind your hub's login, never on an open port.
    """
    from graders.course import open_course
    from graders.reports import serve_dashboard

    serve_dashboard(open_course(course), port)


def _folder(folder: Path, anonymised: bool) -> Path:
    return folder / "anonymised" if anonymised else folder


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
