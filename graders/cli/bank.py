"""`seniorkit bank`: look at the questions and check them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table

from graders.errors import RubricError, UsageError
from graders.levels import DIMENSIONS
from graders.question import BANK, Question, bank_ids, load_bank, load_question, stray_files
from graders.question.check import faults
from graders.question.duplicates import near_duplicates

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


@bank.command("count")
def count_bank() -> None:
    """Count what the bank holds, by kind, as a Markdown table."""
    print(f"| kind | {' | '.join(_COUNTED)} |\n|---|{'---:|' * len(_COUNTED)}")
    questions = list(load_bank())
    for kind in (*DIMENSIONS, "all"):
        mine = [question for question in questions if kind in (question.kind, "all")]
        row = (f"{sum(map(count, mine)):,}" for count in _COUNTED.values())
        print(f"| {kind} | {' | '.join(row)} |")


_COUNTED: dict[str, Callable[[Question], int]] = {
    "questions": lambda question: 1,
    "criteria": lambda question: len(question.criteria),
    "follow-ups": lambda question: len(question.follow_ups),
    "hints": lambda question: len(question.hints.ladder()) if question.hints else 0,
    "mistakes": lambda question: len(question.mistakes),
    "model answers": lambda question: 3 if question.model_answers else 0,
    "checked sums": lambda question: len(question.calculations),
    "sources": lambda question: len(question.sources),
}


@bank.command("check")
def check_bank(
    folder: Annotated[Path, typer.Option(help="Another bank than the one that ships.")] = BANK,
) -> None:
    """Check every question: schema, depth, sources, arithmetic, texts that are not its own.

    Status 1 if anything is wrong.
    """
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
    found: dict[str, list[str]] = {question_id: [] for question_id in ids}
    questions = []
    for question_id in ids:
        try:
            question = load_question(question_id, folder)
        except RubricError as error:
            found[question_id].append(str(error))
        else:
            questions.append(question)
            found[question_id] += faults(question)
    for one, other in near_duplicates(questions):
        found[one.question].append(
            f"{one.where}: nearly the same as {other.question} {other.where}"
        )
    for question_id, listed in found.items():
        for fault in listed:
            print(f"{question_id}: {fault}", file=sys.stderr)
        wrong += bool(listed)
    total = len(ids) + len(strays)
    print(f"{total - wrong} of {total} questions are complete")
    if not total:
        print(f"{folder}: there are no questions in this folder", file=sys.stderr)
    if wrong or not total:
        raise typer.Exit(1)
