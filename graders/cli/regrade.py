"""`seniorkit regrade`: one question graded again for everybody; looked at first, then applied."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graders.errors import UsageError
from graders.judges.factory import NAMES, judge_named

if TYPE_CHECKING:
    from rich.console import Console

    from graders.answers import Answer
    from graders.cohorts.regrade import Applied, Change, Regrade
    from graders.course import Course
    from graders.judges.base import Judge
    from graders.judges.llm.estimate import Estimate
    from graders.question import Question


def regrade_command(
    week: Annotated[str, typer.Argument(help="The assignment, such as week01, or its number.")],
    answer: Annotated[
        str | None, typer.Argument(help="Id of the answer cell; all judged answers if absent.")
    ] = None,
    course: Annotated[Path, typer.Option(help="Folder of the nbgrader course.")] = Path(),
    apply: Annotated[
        bool, typer.Option("--apply", help="Write it; without this, it is only shown.")
    ] = False,
    judge: Annotated[str, typer.Option(help=f"Who judges: {', '.join(NAMES)}.")] = "embedded",
    by: Annotated[str | None, typer.Option(help="Who decides; this account if absent.")] = None,
) -> None:
    """Judge the answers to a question again, after its rubric was changed.

    Shows whose mark would change, from what to what. With --apply it is written, and each learner
    whose mark changes finds a notice on the next feedback page. A person's mark stays; where the
    new verdicts are far from it, it is listed and waits for review. Status 1 if an answer could
    not be judged: it keeps its mark.
    """
    from rich.console import Console

    from graders.cli.meter import counted
    from graders.cohorts.regrade import apply as write
    from graders.cohorts.regrade import preview
    from graders.cohorts.week import named_week
    from graders.course import open_course

    opened = open_course(course)
    name = named_week(opened, week)
    known = sorted(cell for of in opened.questions(name).values() for cell in of)
    if answer is None and not known:
        raise UsageError(f"{name} has no judged answers", where=str(opened.source(name)))
    reader = judge_named(judge)
    console = Console(highlight=False)
    unjudged = 0
    asked = [answer] if answer is not None else known
    foreseen = _foreseen(opened, name, asked, reader)
    with counted(reader, foreseen, folder=opened.reports(name) / "runs"):
        for cell in asked:
            found = preview(opened, name, cell, reader)
            _show(console, found)
            unjudged += len(found.unjudged)
            if apply:
                _tell(cell, write(opened, found, by or getpass.getuser()))
    if not apply:
        again = " ".join(["seniorkit regrade", name, *([answer] if answer else []), "--apply"])
        print(f"Nothing was written. To write it: {again}")
    if unjudged:
        print(f"seniorkit: {unjudged} answers could not be judged again", file=sys.stderr)
        raise typer.Exit(1)


def _foreseen(
    course: Course, assignment: str, asked: Sequence[str], judge: Judge
) -> Estimate | None:
    """What the answers to *asked* will cost; `None` if *judge* costs nothing."""
    if judge.name == "embedded":  # the rest need not be imported
        return None
    from graders.judges.llm.estimate import estimate
    from graders.reports import check_known

    check_known(course, assignment)
    return estimate(judge, _to_judge(course, assignment, asked, judge))


def _to_judge(
    course: Course, assignment: str, asked: Sequence[str], judge: Judge
) -> Iterator[tuple[Question, Answer]]:
    """The answers of which no score is kept, as the judge will be given them."""
    from graders.batch.ledger import Ledger, verdict_key
    from graders.batch.nameless import Nameless
    from graders.gradebook.sessions import session_of
    from graders.gradebook.stored import stored_answers
    from graders.judged import answer_to

    names = Nameless.of_course(course)
    questions = course.questions(assignment)
    with session_of(course.db_url) as session, Ledger(course.root, assignment) as ledger:
        for cell in asked:
            for place, (text, _) in stored_answers(session, assignment, grade_id=cell).items():
                question = questions.get(place.notebook, {}).get(cell)
                if question is None or ledger.verdict(verdict_key(judge, question, text)):
                    continue
                yield question, answer_to(question, names.hidden(place.student, text), ())


def _tell(cell: str, done: Applied) -> None:
    changed = len(done.changed)
    print(f"{cell}: {changed} marks changed, {changed} notices written")
    if done.left:
        print(f"changed meanwhile, left as they are: {', '.join(done.left)}")


def _show(console: Console, found: Regrade) -> None:
    from rich.text import Text

    summary = (
        f"{found.grade_id}: {len(found.changes)} marks change, {len(found.same)} stay,"
        f" {len(found.kept)} persons' marks differ ({found.judge})"
    )
    console.print(Text(summary, style="bold"))
    if found.changes:
        console.print(_table(found.changes))
    if found.kept:
        console.print(Text("Marked by a person, and kept; the new verdicts differ:"))
        console.print(_table(found.kept))
    if found.unjudged:
        console.print(Text(f"Could not be judged: {', '.join(found.unjudged)}", style="magenta"))


def _table(changes: Sequence[Change]) -> object:
    from rich.table import Table
    from rich.text import Text

    from graders.cards import level_text
    from graders.feedback import clean

    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("learner", "points", "", "level", ""):
        table.add_column(heading)
    for change in changes:
        points = ["-" if p is None else f"{p:g}" for p in (change.points_from, change.points_to)]
        levels = [level_text(change.level_from), level_text(change.level_to)]
        table.add_row(
            Text(clean.terminal(change.place.student)), points[0], f"→ {points[1]}", levels[0],
            f"→ {levels[1]}",
        )  # fmt: skip
    return table
