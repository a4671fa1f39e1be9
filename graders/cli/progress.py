"""`seniorkit progress`: the file with what you have answered: look at it, copy it, delete it."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from graders.errors import StoreError, UsageError

progress = typer.Typer(
    help="What you have answered so far: show, export, import, delete.", no_args_is_help=True
)

MAX_BYTES = 200_000_000
"""Larger than any export that a person could write."""


@progress.command("show")
def show_command() -> None:
    """Say where the file lies and what is in it."""
    from graders.progress import Progress

    mine = Progress()
    console = Console()
    console.print(Text(f"file      {mine.path}"), soft_wrap=True)
    if not mine.exists():
        console.print("Nothing yet: it is made by the first thing you do.")
        return
    exported = mine.export()
    for name in ("attempts", "looks", "mocks", "stories", "drills"):
        what = f"{name} (all versions)" if name == "stories" else name
        console.print(f"{len(exported[name]):>6}  {what}")
    for path in mine.copies():
        console.print(Text(f"copy from before an update  {path}"), soft_wrap=True)


@progress.command("settings")
def settings_command(
    name: Annotated[str | None, typer.Option(help="Gives the daily question your order.")] = None,
    cohort: Annotated[
        str | None, typer.Option(help="Study group with the same daily question; '' for none.")
    ] = None,
    focus: Annotated[
        list[str] | None,
        typer.Option(help="Topic or kind to practise more; may be repeated; '' for none."),
    ] = None,
) -> None:
    """Show or change your name, study group and focus."""
    from graders.progress import Progress
    from graders.study.ladder import kept_target

    mine = Progress()
    settings = mine.settings()
    given: dict[str, Any] = {
        "name": name,
        "cohort": cohort,
        "focus": _focus(focus) if focus else None,
    }
    changes = {key: value for key, value in given.items() if value is not None}
    if changes:
        settings = replace(settings, **changes)
        mine.save_settings(settings)
    console = Console()
    aim = kept_target(settings.company, settings.level).words
    shown = {"name": settings.name, "cohort": settings.cohort, "aim": aim}
    for key, value in {**shown, "focus": ", ".join(settings.focus)}.items():
        console.print(Text(f"{key:<8}  {value or '-'}"))
    if not changes:
        said = "Change them: seniorkit progress settings --help; the aim: seniorkit levels --keep"
        console.print(Text(said, style="dim"))


def _focus(named: list[str]) -> tuple[str, ...]:
    """Topics and kinds of the bank; "" alone clears them.

    Raises:
        UsageError: If there is no such topic or kind.
    """
    from graders.levels import DIMENSIONS
    from graders.question import load_bank

    known = sorted({*DIMENSIONS, *(question.topic for question in load_bank())})
    for name in named:
        if name and name not in known:
            raise UsageError(
                f"there is no topic or kind {name[:60]!r}", fix=f"One of: {', '.join(known)}"
            )
    return tuple(name for name in named if name)


@progress.command("export")
def export_command(
    out: Annotated[str, typer.Argument(help="File to write, or - for the pipe.")] = "-",
) -> None:
    """Write everything as JSON."""
    from graders.progress import Progress

    text = json.dumps(Progress().export(), ensure_ascii=False, indent=1)
    if out == "-":
        sys.stdout.write(text + "\n")
        return
    path = Path(out)
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_text(text + "\n", encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise StoreError(
            f"the export cannot be written ({error.strerror})", where=out, fix="Check the path"
        ) from None


@progress.command("import")
def import_command(
    source: Annotated[str, typer.Argument(help="An export, or - for the pipe.")],
) -> None:
    """Add what an export holds and this machine does not; nothing comes twice."""
    from graders.progress import Progress

    merged = Progress().merge(_read(source))
    added = ", ".join(f"{count} {name}" for name, count in merged.added.items()) or "nothing"
    print(f"added {added}; {merged.known} were there already")


def _read(source: str) -> dict[str, Any]:
    try:
        if source == "-":
            raw = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with Path(source).open("rb") as stream:
                raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(
            f"the export cannot be read ({error.strerror})", where=source, fix="Check the path"
        ) from None
    if len(raw) > MAX_BYTES:
        raise UsageError("too large to be an export", where=source)
    try:
        read: dict[str, Any] = json.loads(raw)
    except (ValueError, RecursionError):
        raise UsageError("not JSON", where=source, fix="Make an export again") from None
    return read


@progress.command("delete")
def delete_command(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete the file and the copies beside it. This cannot be undone."""
    from graders.progress import Progress

    mine = Progress()
    if not mine.exists():
        print(f"{mine.path}: nothing to delete")
        return
    if not yes:
        doomed = [mine.path, *mine.copies()]
        print("\n".join(map(str, doomed)))
        typer.confirm("Delete this for good?", abort=True)
    for path in mine.delete():
        print(f"deleted {path}")
