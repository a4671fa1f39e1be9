"""`seniorkit drills`: ten capacity drills a day as a quick game."""

from __future__ import annotations

import time

import typer
from rich.console import Console
from rich.markdown import Markdown
from rich.text import Text


def drills_command() -> None:
    """Play today's ten capacity drills; stop with Ctrl-C or Ctrl-D and go on later."""
    from graders.progress import Progress
    from graders.study.drill_game import DrillGame

    console = Console()
    game = DrillGame(Progress())
    while (drill := game.current) is not None:
        console.rule(f"{game.number} of {len(game.drills)}: {drill.family}", align="left")
        console.print(Markdown(drill.text))
        start = time.monotonic()
        try:
            answer = console.input("[bold]Number and unit: [/bold]")
            chosen = console.input("[bold]Decision (number): [/bold]") if answer.strip() else ""
        except (EOFError, typer.Abort):
            console.print()
            break
        option = int(chosen) if chosen.strip().isascii() and chosen.strip().isdigit() else None
        result = game.answer(answer, option, seconds=time.monotonic() - start)
        console.print(Text(result.message))
    console.print(Text(f"Today: {game.tally()}.", style="bold"))
