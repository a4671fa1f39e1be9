"""`seniorkit bench`: how good judge and batch engine are; every command prints Markdown, `all` writes a page."""

from __future__ import annotations

import typer

from graders.cli.bench.all import all_command
from graders.cli.bench.attacks import attacks_command
from graders.cli.bench.batch import batch_command
from graders.cli.bench.levels import levels_command
from graders.cli.bench.llm import llm_command
from graders.cli.bench.mohler import mohler_command
from graders.cli.bench.scale import scale_command
from graders.cli.bench.speed import speed_command

bench = typer.Typer(help="Measure the judge and the batch engine.", no_args_is_help=True)


@bench.callback()
def callback() -> None:
    """Measure the judge and the batch engine."""


bench.command("levels")(levels_command)
bench.command("mohler")(mohler_command)
bench.command("attacks")(attacks_command)
bench.command("speed")(speed_command)
bench.command("llm")(llm_command)
bench.command("batch")(batch_command)
bench.command("scale")(scale_command)
bench.command("all")(all_command)
