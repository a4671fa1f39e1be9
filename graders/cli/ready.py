"""`seniorkit ready`: am I ready for a senior loop?"""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text


def ready_command(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
) -> None:
    """Say whether you are ready for a senior loop, what is missing, and what to do next."""
    from graders.progress import Progress
    from graders.study.readiness import readiness
    from graders.study.session import utc_now

    standing = readiness(Progress(), now=utc_now())
    if as_json:
        import json
        from dataclasses import asdict

        facts = {"ready": standing.ready, "verdict": standing.verdict, **asdict(standing)}
        print(json.dumps(facts, default=str, indent=1))
        return
    console = Console()
    console.print(Text(standing.verdict, style="bold green" if standing.ready else "bold yellow"))
    console.print(
        Text(f"Aim: {standing.target}. Another one: seniorkit levels --keep", style="dim")
    )
    table = Table(box=None, header_style="dim")
    for column in ("needed", "have", "need", "", "detail"):
        table.add_column(column)
    for check in standing.checks:
        mark = Text("yes", style="green") if check.met else Text("not yet", style="yellow")
        table.add_row(check.title, str(check.have), str(check.need), mark, Text(check.detail))
    console.print(table)
    console.print(Text(f"\nTrend of cold first attempts: {standing.trend.direction}"))
    for gap in standing.gaps:
        console.print(
            Text(
                f"  weak: {gap.dimension} ({gap.kind}), {gap.level:.1f} of 4. {gap.tip}",
                style="dim",
            )
        )
    console.print(Text("\nNext:", style="bold"))
    for number, step in enumerate(standing.steps, 1):
        console.print(Text.assemble((f"{number}. ", "bold"), step.do))
        console.print(Text(f"   {step.why}", style="dim"))
        console.print(Text(f"   {step.how}", style="cyan"))
