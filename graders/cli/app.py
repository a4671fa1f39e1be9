"""The commands, each in the module that carries its name."""

from __future__ import annotations

import typer

from graders.cli.appeal import appeal
from graders.cli.audit import audit_command
from graders.cli.bank import bank
from graders.cli.bench import bench
from graders.cli.collect import collect
from graders.cli.daily import daily_command
from graders.cli.drills import drills_command
from graders.cli.export import export_command
from graders.cli.extension import extension
from graders.cli.grade import grade_command
from graders.cli.judge import judge
from graders.cli.levels import levels_command
from graders.cli.mock import mock_command
from graders.cli.practice import practice_command
from graders.cli.privacy import about_command, forget_command
from graders.cli.progress import progress
from graders.cli.quality import quality_command
from graders.cli.ready import ready_command
from graders.cli.regrade import regrade_command
from graders.cli.release import release_command
from graders.cli.report import report
from graders.cli.review import review_command
from graders.cli.score import score_command
from graders.cli.stories import stories
from graders.cli.week import week_command

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
app.command("export")(export_command)
app.command("quality")(quality_command)
app.command("forget")(forget_command)
app.command("about")(about_command)
app.command("week")(week_command)
app.command("review")(review_command)
app.command("regrade")(regrade_command)
app.command("audit")(audit_command)
app.command("release")(release_command)
app.command("daily")(daily_command)
app.command("practice")(practice_command)
app.command("drills")(drills_command)
app.command("mock")(mock_command)
app.command("ready")(ready_command)
app.command("levels")(levels_command)
app.add_typer(collect, name="collect")
app.add_typer(stories, name="stories")
app.add_typer(progress, name="progress")
app.add_typer(appeal, name="appeal")
app.add_typer(report, name="report")
app.add_typer(bank, name="bank")
app.add_typer(bench, name="bench")
app.add_typer(judge, name="judge")
app.add_typer(extension, name="extension")
