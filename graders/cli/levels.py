"""`seniorkit levels`: which level is which where, and what it asks of a story."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text


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
    from graders.study.ladder import bars, bars_source, companies, grades, ladders, target
    from graders.study.story_desk import StoryDesk

    desk, console = StoryDesk(), Console()
    aim = desk.aim() if company is None and level is None else target(
        company or "generic", level or "senior"
    )  # fmt: skip
    if keep:
        aim = desk.aim_at(aim.company, aim.grade)
    stages = [stage.name for stage in ladders().stages]
    table = Table(box=None, header_style="dim", caption="* our reading of a description")
    for column in ("company", *stages):
        table.add_column(column)
    for key, name in companies().items():
        cells = []
        for stage in stages:
            shown = " or ".join(
                dict.fromkeys(g.text + ("*" if g.derived else "") for g in grades(key, stage))
            )
            here = stage == aim.stage.name
            chosen = here and name == aim.company
            cells.append(Text(shown or "-", style="bold reverse" if chosen else "bold" * here))
        table.add_row(name, *cells)
    console.print(table)
    console.print(Text(f"\n{aim.words}: {aim.stage.name}", style="bold"))
    if company and not aim.known:
        console.print(Text("Not in the map: the generic ladder is used.", style="yellow"))
    console.print(Text(f"Reach: {aim.stage.reach}; horizon: {aim.stage.horizon}."))
    for signal, bar in bars(aim.level).items():
        console.print(Text.assemble((f"  {signal:<16}", "dim"), bar))
    console.print(Text(f"  {bars_source()}", style="dim"))
    for note in aim.notes:
        console.print(Text(f"- {note}", style="dim"))
