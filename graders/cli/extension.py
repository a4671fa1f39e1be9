"""`seniorkit extension`: longer time for one learner."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer

extension = typer.Typer(help="Longer time for one learner.", no_args_is_help=True)

_Learner = Annotated[str, typer.Argument(help="The learner's id.")]
_Week = Annotated[str, typer.Argument(help="The assignment, such as week01, or its number.")]
_Course = Annotated[Path, typer.Option(help="Folder of the nbgrader course.")]


@extension.command("grant")
def grant_command(
    learner: _Learner,
    week: _Week,
    until: Annotated[
        str,
        typer.Argument(
            help="A time such as 2026-03-10T18:00+01:00 (UTC if no zone is named), or how much "
            "longer than everybody: +2d, +36h."
        ),
    ],
    why: Annotated[str, typer.Option(help="The reason, for the record.")] = "",
    by: Annotated[str | None, typer.Option(help="Who grants it; this account if absent.")] = None,
    course: _Course = Path(),
) -> None:
    """Grant an extension, in the place of an earlier one.

    It counts from now on and also afterwards: what lateness costs is worked out anew. `seniorkit
    week` waits for the learner until then.
    """
    from graders.cohorts.extending import grant_extension
    from graders.cohorts.week import named_week
    from graders.course import open_course

    opened = open_course(course)
    name = named_week(opened, week)
    granted = grant_extension(opened, learner, name, until, why=why, by=by or getpass.getuser())
    print(f"{learner} has until {granted.until:%Y-%m-%d %H:%M %Z} for {name}")


@extension.command("list")
def list_command(
    week: Annotated[str | None, typer.Argument(help="Only of this assignment.")] = None,
    course: _Course = Path(),
) -> None:
    """List who has longer, until when, who granted it and why."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from graders.cohorts.week import named_week
    from graders.course import open_course
    from graders.gradebook import extensions

    opened = open_course(course)
    found = extensions(opened.db_url, None if week is None else named_week(opened, week))
    table = Table(box=None, header_style="dim", pad_edge=False)
    for title in ("assignment", "learner", "until (UTC)", "granted by", "why"):
        table.add_column(title, overflow="fold")
    for one in found:
        until = f"{one.until:%Y-%m-%d %H:%M}"
        table.add_row(*map(Text, (one.assignment, one.student, until, one.granted_by, one.why)))
    Console(width=None if Console().is_terminal else 160).print(table if found else "none")


@extension.command("revoke")
def revoke_command(learner: _Learner, week: _Week, course: _Course = Path()) -> None:
    """Take an extension back; what lateness costs is worked out anew."""
    from graders.cohorts.extending import revoke_extension
    from graders.cohorts.week import named_week
    from graders.course import open_course

    opened = open_course(course)
    name = named_week(opened, week)
    revoke_extension(opened, learner, name)
    print(f"{learner} has no extension for {name} any more")
