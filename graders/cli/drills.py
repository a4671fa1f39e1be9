"""`seniorkit drills`: ten capacity drills a day as a quick game."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.markdown import Markdown
from rich.text import Text

if TYPE_CHECKING:
    from graders.study.drills import Drill


def drills_command() -> None:
    """Play today's ten capacity drills; stop with Ctrl-C or Ctrl-D and go on later."""
    from graders.progress import Progress
    from graders.study.drill_game import DrillGame

    console = Console(highlight=False)
    game = DrillGame(Progress())
    if game.current is not None:
        said = "A number and its unit, without a calculator; then the decision that it changes."
        console.print(Text(f"{said} Ctrl-D stops; go on later.", style="dim"))
    while (drill := game.current) is not None:
        console.rule(f"{game.number} of {len(game.drills)}: {drill.family}", align="left")
        console.print(Markdown(drill.text))
        start = time.monotonic()
        try:
            answer, option = _asked(console, drill)
        except (EOFError, KeyboardInterrupt, typer.Abort):
            console.print()
            break
        result = game.answer(answer, option, seconds=time.monotonic() - start)
        console.print(Text(result.message, style="green" if result.right else "yellow"))
    console.print(Text(f"Today: {game.tally()}.", style="bold"))
    if game.current is None:
        console.print(Text("Ten others come tomorrow.", style="dim"))


def _asked(console: Console, drill: Drill) -> tuple[str, int | None]:
    """Number and decision; asked again until the one holds a figure and the other exists."""
    from graders.study.drill_game import holds_number

    answer = ""
    while not holds_number(answer):
        answer = console.input("[bold]Number and unit: [/bold]")
        if not holds_number(answer):
            console.print(Text("One number and its unit, such as 30 TB/day.", style="dim"))
    places = [str(place) for place in range(1, len(drill.task.options) + 1)]
    while True:
        chosen = console.input(f"[bold]Decision ({' or '.join(places)}): [/bold]").strip()
        if chosen in places:
            return answer, int(chosen)
        if not chosen:
            return answer, None
        console.print(Text("Its number, or nothing to leave it open.", style="dim"))
