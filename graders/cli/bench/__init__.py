"""`seniorkit bench`: how good the judge is; every command prints Markdown, `all` writes a page."""

from __future__ import annotations

import typer

from graders.cli.bench.all import all_command
from graders.cli.bench.attacks import attacks_command
from graders.cli.bench.levels import levels_command
from graders.cli.bench.llm import llm_command
from graders.cli.bench.mohler import mohler_command
from graders.cli.bench.speed import speed_command

bench = typer.Typer(help="Measure the judge.", no_args_is_help=True)


@bench.callback()
def callback() -> None:
    """Measure the judge."""


bench.command("levels")(levels_command)
bench.command("mohler")(mohler_command)
bench.command("attacks")(attacks_command)
bench.command("speed")(speed_command)
bench.command("llm")(llm_command)
bench.command("all")(all_command)
