"""`seniorkit practice`: what to practise next, hints, and an answer judged and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from graders.errors import StoreError
from graders.judges.factory import NAMES

if TYPE_CHECKING:
    from graders.progress import Progress
    from graders.study.practice import Pick


Kind = Annotated[str | None, typer.Option(help="Only this kind, such as design.")]
Topic = Annotated[str | None, typer.Option(help="Only this topic, such as caching.")]
Weakness = Annotated[
    str | None, typer.Option(help="A dimension, such as trade-offs: your lowest on it first.")
]
Plain = Annotated[bool, typer.Option("--plain", help="Without a changed constraint on a retry.")]
Hint = Annotated[bool, typer.Option("--hint", help="The next hint; the answer is then not cold.")]
Given = Annotated[
    str | None, typer.Option(help="File with your answer, or - for the pipe: it is judged.")
]
Notes = Annotated[
    bool, typer.Option("--notes", help="You looked things up: the answer is not cold.")
]


def practice_command(
    kind: Kind = None,
    topic: Topic = None,
    weakness: Weakness = None,
    question: Annotated[str | None, typer.Option(help="This question.")] = None,
    plain: Plain = False,
    hint: Hint = False,
    answer: Given = None,
    notes: Notes = False,
    judge: Annotated[str, typer.Option(help=f"Who judges: {', '.join(NAMES)}.")] = "embedded",
) -> None:
    """Show what to practise next; with --answer, judge and keep an answer to the first of it.

    A question that you have answered before comes with a changed constraint. Status 1 if the
    answer could not be scored or kept.
    """
    from graders.cli.standing import show_question, submit_and_show
    from graders.progress import Progress
    from graders.question import load_question
    from graders.study.practice import varied
    from graders.study.session import utc_now
    from graders.study.submission import next_hint

    progress = Progress()
    picks = _picks(progress, kind, topic, weakness, question)
    first = picks[0]
    variation = None if plain else first.variation
    if answer is not None:
        kept = submit_and_show(
            progress, first.question_id, answer, judge=judge, variation=variation, cold=not notes
        )
        raise typer.Exit(0 if kept else 1)
    show_question(varied(load_question(first.question_id), variation), first.reason)
    console = Console()
    if hint:
        step, text = next_hint(progress, first.question_id, now=utc_now())
        console.print(Text(f"Hint {step}: {text}", style="yellow"))
        return
    table = Table(box=None, header_style="dim")
    for column in ("then", "why"):
        table.add_column(column)
    for each in picks[1:]:
        table.add_row(each.question_id, each.reason)
    if picks[1:]:
        console.print(table)
    asked = f"seniorkit practice --question {first.question_id}"
    console.print(
        Text(f"{asked} --answer FILE    (- to type it here; --hint: a hint)", style="cyan")
    )


def _picks(
    progress: Progress, kind: str | None, topic: str | None, weakness: str | None,
    question: str | None,
) -> list[Pick]:  # fmt: skip
    from graders.question import load_question
    from graders.study.practice import Pick, next_variation, pick
    from graders.study.session import utc_now

    if question is not None:
        asked = load_question(question)
        try:
            return [Pick(question, next_variation(asked, progress.attempts(question)), "")]
        except StoreError:
            # An answer is judged all the same; that it could not be kept is said beside it.
            return [Pick(question, None, "")]
    return pick(progress, kind=kind, topic=topic, weakness=weakness, count=4, now=utc_now())
