"""`seniorkit forget` and `seniorkit about`: one person's data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from graders.cli.listing import show_list

_Learner = Annotated[str, typer.Argument(help="The learner's id.")]
_Course = Annotated[Path, typer.Option(help="Folder of the nbgrader course.")]

ALL = 100_000


def forget_command(
    learner: _Learner,
    course: _Course = Path(),
    yes: Annotated[
        bool,
        typer.Option("--yes", help="Remove it. Without it, only what would be removed is said."),
    ] = False,
) -> None:
    """Remove a learner everywhere, and say where, and what remains and why. There is no way back.

    Gradebook, submissions, feedback, exchange, ledger, kept verdicts, reports and exports.
    """
    from graders.cohorts.privacy import forget
    from graders.course import open_course

    done = forget(open_course(course), learner, dry_run=not yes)
    show_list("removed" if yes else "would be removed", done.removed, at_most=ALL)
    show_list("remain, because nobody but you can decide", done.remains, at_most=ALL)
    show_list("commands that write the reports again" if yes else "", done.again * yes)
    if not yes:
        print("Nothing was removed. Add --yes to remove it; there is no way back.")


def about_command(
    learner: _Learner,
    course: _Course = Path(),
    archive: Annotated[
        Path | None, typer.Option(help="Zip archive to write, with the learner's files, too.")
    ] = None,
) -> None:
    """All data about one learner, as JSON: what a person may ask for."""
    from graders.cohorts.privacy import about, own_files
    from graders.course import open_course

    opened = open_course(course)
    text = json.dumps(about(opened, learner), ensure_ascii=False, indent=1)
    if archive is None:
        print(text)
        return
    from graders.cohorts.handing_over import pack

    pack(archive, text, own_files(opened, learner))
    print(archive)
