"""`seniorkit collect`: submissions without a hub."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from graders.cli.export import pairs
from graders.cli.listing import show_list
from graders.errors import UsageError

collect = typer.Typer(
    help="Collect submissions without a hub, from a download or from attachments.",
    no_args_is_help=True,
)

_Assignment = Annotated[str, typer.Argument(help="Name of the assignment, such as week01.")]
_Course = Annotated[Path, typer.Option(help="Folder of the nbgrader course.")]
_Roster = Annotated[
    Path | None,
    typer.Option(
        help="CSV with id, first_name, last_name, email, lms_user_id; else the gradebook."
    ),
]
_Same = Annotated[
    list[str] | None,
    typer.Option(
        metavar="TEXT=LEARNER", help="What file names say, and who it is; may be repeated."
    ),
]
_HandedIn = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="When all was handed in, ISO 8601; else each file's time."),
]
_DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")]


@collect.command("zip")
def zip_command(
    assignment: _Assignment,
    archive: Annotated[Path, typer.Argument(help="What Canvas or Moodle gave: a zip archive.")],
    course: _Course = Path(),
    roster: _Roster = None,
    same: _Same = None,
    handed_in: _HandedIn = None,
    dry_run: _DryRun = False,
) -> None:
    """Collect a platform's "download all submissions". Status 1 if a file has no place."""
    if archive.is_dir():
        raise UsageError("this is a folder", where=str(archive), fix="seniorkit collect folder")
    _collect(assignment, archive, course, roster, same, handed_in, dry_run)


@collect.command("folder")
def folder_command(
    assignment: _Assignment,
    folder: Annotated[Path, typer.Argument(help="Attachments: a folder each, or LEARNER_file.")],
    course: _Course = Path(),
    roster: _Roster = None,
    same: _Same = None,
    handed_in: _HandedIn = None,
    dry_run: _DryRun = False,
) -> None:
    """Collect a folder of attachments. Status 1 if a file has no place."""
    if not folder.is_dir():
        raise UsageError("there is no such folder", where=str(folder), fix="Check its name")
    _collect(assignment, folder, course, roster, same, handed_in, dry_run)


def _collect(
    assignment: str, source: Path, course: Path, roster: Path | None, same: list[str] | None,
    handed_in: str | None, dry_run: bool,
) -> None:  # fmt: skip
    from graders.cohorts.collect import collect as collected
    from graders.course import open_course

    done = collected(
        open_course(course), assignment, source, roster=roster, same=pairs(same, "--same"),
        handed_in=_time(handed_in), dry_run=dry_run,
    )  # fmt: skip
    show_list("refused", done.refused)
    show_list("of nobody known; decide with --same", done.strangers)
    show_list("came more than once; the last counts", done.duplicates)
    show_list("older than what lies there; left alone", done.older)
    show_list("to know", done.remarks)
    would = "would be collected" if dry_run else "collected"
    print(
        f"{len(done.taken)} {would} ({len(done.replaced)} handed in again), "
        f"{len(done.unchanged)} unchanged"
    )
    if not done.complete:
        raise typer.Exit(1)


def _time(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"{text!r} is no time", where="--handed-in", fix="Write 2026-03-08T23:59+01:00"
        ) from None
    return at.astimezone(UTC)
