"""`seniorkit export`: marks for Canvas, Moodle, a spreadsheet or a program."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from graders.errors import UsageError

if TYPE_CHECKING:
    from graders.exports import Exported

_Column = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ASSIGNMENT=COLUMN", help="Name of an assignment's column, if it differs."
    ),
]
_Same = Annotated[
    list[str] | None,
    typer.Option(metavar="TEXT=LEARNER", help="What a row says, and whose row it is."),
]


def export_command(
    format: Annotated[str, typer.Argument(help="canvas, moodle, moodle-worksheet, csv or json.")],
    assignments: Annotated[
        list[str] | None, typer.Argument(help="Names of assignments, such as week01; else all.")
    ] = None,
    course: Annotated[Path, typer.Option(help="Folder of the nbgrader course.")] = Path(),
    template: Annotated[
        Path | None,
        typer.Option(help="The other program's own export; canvas and moodle-worksheet need it."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="File to write. [default: exports/...]")] = None,
    missing: Annotated[
        str, typer.Option(help="What stands for work that was not handed in: blank or zero.")
    ] = "blank",
    scale: Annotated[
        bool, typer.Option("--scale", help="Convert marks where the file counts other points.")
    ] = False,
    match: Annotated[
        str | None, typer.Option(help="Column that says whose row it is.", metavar="COLUMN")
    ] = None,
    column: _Column = None,
    same: _Same = None,
) -> None:
    """Write marks for another program. Whoever has no mark yet is listed, never given a zero.

    Status 1 if a mark was left out or a learner was not found in the file: they are listed.
    """
    from graders.course import open_course
    from graders.exports import Choices, write

    if missing not in ("blank", "zero"):
        raise UsageError(f"--missing is blank or zero, not {missing!r}")
    opened = open_course(course)
    chosen = Choices(
        missing=cast(Literal["blank", "zero"], missing),
        scale=scale,
        match=match,
        columns=pairs(column, "--column"),
        same=pairs(same, "--same"),
    )
    names = list(assignments or [])
    target = out or _default(opened.root, format, names)
    done = write(opened, names, format, target, template, choices=chosen)
    show_exported(done)
    if not done.complete:
        raise typer.Exit(1)


def pairs(given: Sequence[str] | None, option: str) -> dict[str, str]:
    """`LEFT=RIGHT` of an option that may be given more than once.

    Raises:
        UsageError: If there is no equals sign, or one thing is said twice.
    """
    found: dict[str, str] = {}
    for text in given or ():
        left, sign, right = (
            part.strip()
            for part in (text.rpartition("=") if option == "--same" else text.partition("="))
        )
        if not sign or not left or not right:
            raise UsageError(f"{text!r} has no two parts", where=option, fix="Write LEFT=RIGHT")
        if left in found:
            raise UsageError(f"{left!r} is given twice", where=option, fix="Give it once")
        found[left] = right
    return found


def _default(root: Path, format: str, names: list[str]) -> Path:
    folder = root / "exports"
    folder.mkdir(mode=0o700, exist_ok=True)
    suffix = "json" if format == "json" else "csv"
    what = "-".join(names) if 0 < len(names) <= 3 else "all"
    return folder / f"{what}-{format}.{suffix}"


def show_exported(done: Exported) -> None:
    """Print what was written, then who was left out and why."""
    from graders.cli.listing import show_list

    show_list("left as they are", done.blank)
    show_list("in the file, but not in the gradebook", done.strangers)
    show_list("in the gradebook, but not in the file", done.absent)
    show_list("left alone: not clear whose row it is", done.unclear)
    for remark in done.remarks:
        print(f"note: {remark}")
    print(f"{done.marks} marks in {done.path}")
