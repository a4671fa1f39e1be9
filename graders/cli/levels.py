"""`seniorkit levels`: which level is which where, and what it asks of a story."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from graders.study.ladder import Target


def levels_command(
    company: Annotated[str | None, typer.Option(help="Company, such as Google.")] = None,
    level: Annotated[
        str | None, typer.Option(help="Its level, such as L5, or a stage, such as senior.")
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Aim at it: stories are held against it from now on.")
    ] = False,
) -> None:
    """Show the map of levels and the bar of the one that you aim at, with sources."""
    from graders.study.ladder import target
    from graders.study.story_desk import StoryDesk

    desk, console = StoryDesk(), Console()
    aim = desk.aim() if company is None and level is None else target(
        company or "generic", level or "senior"
    )  # fmt: skip
    if keep:
        aim = desk.aim_at(aim.company, aim.grade)
    console.print(_map(aim))
    _show_bar(console, aim)
    if company and not aim.known:
        console.print(Text(_unknown(company), style="yellow"))
    if keep:
        said = (
            "Kept: stories, mock interviews and `seniorkit ready` are held against it from now on."
        )
        console.print(Text(said, style="green"))
    else:
        named = _as_options(aim) if aim.known else "--company Google --level L5"
        console.print(Text(f"Aim at one: seniorkit levels {named} --keep", style="cyan"))


def _map(aim: Target) -> Table:
    from graders.study.ladder import companies, grades, stages
    from graders.study.ladder_map import is_generic

    table = Table(box=None, header_style="dim", caption="* our reading of a description")
    for column in ("company", *stages()):
        table.add_column(column)
    for key, name in companies().items():
        if is_generic(key) and name != aim.company:
            continue
        cells = []
        for stage in stages():
            shown = " or ".join(
                dict.fromkeys(g.text + ("*" if g.derived else "") for g in grades(key, stage))
            )
            here = stage == aim.stage.name
            chosen = here and name == aim.company
            cells.append(Text(shown or "-", style="bold reverse" if chosen else "bold" * here))
        table.add_row(name, *cells)
    return table


def _show_bar(console: Console, aim: Target) -> None:
    from graders.study.ladder import bars, bars_source

    title = aim.words if aim.grade == aim.stage.name else f"{aim.words}: {aim.stage.name}"
    console.print(Text(f"\nAim: {title}", style="bold"))
    console.print(Text(f"Reach: {aim.stage.reach}; horizon: {aim.stage.horizon}."))
    for signal, bar in bars(aim.level).items():
        console.print(Text.assemble((f"  {signal:<16}", "dim"), bar))
    console.print(Text(f"  {bars_source()}", style="dim"))
    for note in aim.notes if aim.known else ():
        console.print(Text(f"- {note}", style="dim"))


def _as_options(aim: Target) -> str:
    from shlex import quote

    return f"--company {quote(aim.company)} --level {quote(aim.grade)}"


def _unknown(company: str) -> str:
    from difflib import get_close_matches

    from graders.study.ladder import companies

    near = get_close_matches(company.casefold(), [n.casefold() for n in companies().values()], n=1)
    meant = next((n for n in companies().values() if near and n.casefold() == near[0]), None)
    hint = f" Did you mean {meant}?" if meant else ""
    return f"{_printable(company)} is not in the map, so the generic ladder is used.{hint}"


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text[:60])
