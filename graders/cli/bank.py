"""`seniorkit bank`: look at the questions and check them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table

from graders.errors import RubricError, UsageError
from graders.levels import DIMENSIONS
from graders.question import BANK, bank_ids, load_bank, load_question, stray_files
from graders.question.check import faults

bank = typer.Typer(help="The question bank: list, show, check.", no_args_is_help=True)


@bank.command("list")
def list_questions(
    kind: Annotated[str | None, typer.Option(help="Only this kind, such as design.")] = None,
) -> None:
    """List the questions with their topic, minutes and number of criteria."""
    if kind is not None and kind not in DIMENSIONS:
        raise UsageError(
            f"there is no kind {kind[:80]!r} of questions", fix=f"Allowed: {', '.join(DIMENSIONS)}"
        )
    table = Table(box=None, header_style="dim")
    for column in ("id", "topic", "minutes", "criteria", "prompt"):
        table.add_column(column, no_wrap=column == "id")
    for question in load_bank():
        if kind is None or question.kind == kind:
            row = (question.id, question.topic, str(question.minutes), str(len(question.criteria)))
            table.add_row(*row, question.prompt)
    Console().print(table)


@bank.command("show")
def show_question(
    question_id: Annotated[str, typer.Argument(help="Id of the question.")],
    answers: Annotated[
        bool, typer.Option("--answers", help="Also show the model answers: answer first!")
    ] = False,
) -> None:
    """Show one question: prompt, criteria, follow-ups."""
    question = load_question(question_id)
    lines = [
        f"# {question.id} ({question.minutes} minutes)",
        "",
        question.prompt,
        "",
        "## Criteria",
    ]
    for c in question.criteria:
        lines += [f"### {c.asks} ({c.dimension}, weight {question.weight(c):g})", ""]
        lines += [f"- **mid**: {c.mid}", f"- **senior**: {c.senior}", f"- **staff**: {c.staff}", ""]
    lines += ["## Follow-ups", ""]
    lines += [f"- {follow_up.ask}" for follow_up in question.follow_ups]
    if answers and question.model_answers:
        for level in ("mid", "senior", "staff"):
            lines += ["", f"## Model answer: {level}", "", getattr(question.model_answers, level)]
    Console().print(Markdown("\n".join(lines)))


@bank.command("check")
def check_bank(
    folder: Annotated[Path, typer.Option(help="Another bank than the one that ships.")] = BANK,
) -> None:
    """Check every question: schema, depth, sources, arithmetic. Status 1 if anything is wrong."""
    if not folder.is_dir():
        raise UsageError("there is no such folder", where=str(folder), fix="Check --folder")
    ids, strays = bank_ids(folder), stray_files(folder)
    wrong = len(strays)
    for path in strays:
        print(
            f"{path}: never loaded; a question lies at KIND/NAME.yaml in the bank (kinds: "
            f"{', '.join(DIMENSIONS)}; names in small letters, digits and hyphens)",
            file=sys.stderr,
        )
    for question_id in ids:
        try:
            found = list(faults(load_question(question_id, folder)))
        except RubricError as error:
            found = [str(error)]
        for fault in found:
            print(f"{question_id}: {fault}", file=sys.stderr)
        wrong += bool(found)
    total = len(ids) + len(strays)
    print(f"{total - wrong} of {total} questions are complete")
    if not total:
        print(f"{folder}: there are no questions in this folder", file=sys.stderr)
    if wrong or not total:
        raise typer.Exit(1)
