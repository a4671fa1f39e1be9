"""`seniorkit daily`: the question of the day."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from graders.judges.factory import NAMES


def daily_command(
    cohort: Annotated[
        str | None, typer.Option(help="Study group: all of it get the same question.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Your name, for your own order.")] = None,
    date: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Another day than today.")
    ] = None,
    answer: Annotated[
        str | None, typer.Option(help="File with your answer, or - for the pipe: it is judged.")
    ] = None,
    judge: Annotated[str, typer.Option(help=f"Who judges: {', '.join(NAMES)}.")] = "embedded",
) -> None:
    """Show the question of the day; with --answer, judge and keep an answer to it.

    The same date and name, or date and group, give the same question on every machine. Status 1
    if the answer could not be scored or kept.
    """
    from graders.cli.standing import show_question, submit_and_show
    from graders.progress import Progress
    from graders.question import load_question
    from graders.study.daily import daily
    from graders.study.session import utc_now

    progress, now = Progress(), utc_now()
    day = date.date() if date else None
    today = daily(progress, now=now, day=day, name=name, cohort=cohort)
    if answer is not None:
        kept = submit_and_show(progress, today.question_id, answer, judge=judge, day=today.day)
        raise typer.Exit(0 if kept else 1)
    show_question(load_question(today.question_id), today.reason)
    console = Console()
    when = today.until(now) if today.changes > now else ""
    said = [
        f"{today.day:%A, %d %B}" + (f"; {when}" if when else ""),
        "answered" if today.done else "",
        f"{today.streak} days in a row" if today.streak > 1 else "",
    ]
    console.print(Text(" · ".join(filter(None, said)), style="dim"))
    if not today.done and today.changes > now:
        console.print(Text("seniorkit daily --answer FILE    (- to type it here)", style="cyan"))
    if today.due:
        names = ", ".join(review.question_id for review in today.due[:3])
        more = f" and {len(today.due) - 3} more" if len(today.due) > 3 else ""
        console.print(Text(f"Also due for review: {names}{more}", style="dim"))
