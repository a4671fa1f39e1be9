"""`seniorkit quality`: how fair and how good the marks of an assignment are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graders.cli.listing import show_list

if TYPE_CHECKING:
    from graders.cohorts.quality import Quality


def quality_command(
    assignment: Annotated[str, typer.Argument(help="Name of the assignment, such as week01.")],
    course: Annotated[Path, typer.Option(help="Folder of the nbgrader course.")] = Path(),
    page: Annotated[
        bool, typer.Option("--page/--no-page", help="Whether to write the report, too.")
    ] = True,
) -> None:
    """Compare judge and people, weeks, questions and answers; nothing of it changes a mark.

    Prints a summary and writes reports/ASSIGNMENT/quality_report.html and its notebook.
    """
    from graders.cohorts.quality import load_quality
    from graders.course import open_course
    from graders.reports import execute_report

    opened = open_course(course)
    show_quality(load_quality(opened.root, assignment))
    if page:
        print(
            execute_report(
                "quality_report",
                opened.reports(assignment),
                {"course": str(opened.root), "assignment": assignment},
                title=f"{assignment}: fairness and quality",
            )
        )


def show_quality(quality: Quality) -> None:
    """Print what a person should know."""
    from graders.cohorts.quality_page import alike_rows, drift_lines

    print(f"{quality.assignment}: {quality.learners} learners")
    for one in quality.agreement:
        kappa = "no kappa" if one.kappa is None else f"kappa {one.kappa:.2f}"
        print(
            f"  {one.grade_id}: {len(one.pairs)} answers marked by judge and person, {one.same} at "
            f"the same level, {one.near} within one, {kappa}, people {one.difference:+.2f} levels"
        )
    if not quality.agreement:
        print("  no answer has been marked by judge and person yet")
    for line in drift_lines(quality.weeks):
        print(f"  {line}")
    show_list(
        "questions to look at",
        [f"{one.item.grade_id}: {one.why}" for one in quality.items if one.why],
    )
    show_list(
        "pairs of nearly identical answers; ask before you conclude",
        [
            f"{grade_id}: {pair.one} and {pair.other}, {pair.share:.0%} in common"
            for grade_id, pair in alike_rows(quality)
        ],
    )
