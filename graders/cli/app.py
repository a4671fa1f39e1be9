"""The commands, each in the module that carries its name."""

from __future__ import annotations

import typer

from graders.cli.bank import bank
from graders.cli.bench import bench
from graders.cli.grade import grade_command
from graders.cli.judge import judge
from graders.cli.release import release_command
from graders.cli.report import report
from graders.cli.score import score_command

app = typer.Typer(
    name="seniorkit",
    help="Study for senior software engineering interviews, and grade answers to them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("score")(score_command)
app.command("grade")(grade_command)
app.command("release")(release_command)
app.add_typer(report, name="report")
app.add_typer(bank, name="bank")
app.add_typer(bench, name="bench")
app.add_typer(judge, name="judge")
