"""`seniorkit review`: read what is in doubt, in the terminal, answer by answer."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from graders.errors import SeniorkitError, UsageError

if TYPE_CHECKING:
    from graders.cohorts.items import ReviewItem
    from graders.cohorts.review import ReviewQueue
    from graders.course import Course

HELP = (
    "a [comment]            the mark stands\n"
    "1=senior 3=mid [...]   other levels for criteria 1 and 3; all=mid for all of them\n"
    "p 3.5 [comment]        points, where there is no rubric\n"
    "k comment              keep a comment; #1 in a comment stands for the first one kept\n"
    "s skip   u undo   t the whole answer   q leave   ? this help"
)

_Chosen = Annotated[
    list[str] | None,
    typer.Option("--answer", metavar="LEARNER:ANSWER", help="Only this one; may be repeated."),
]


def review_command(
    week: Annotated[
        str | None,
        typer.Argument(help="The assignment, or its number; without it, what waits is listed."),
    ] = None,
    course: Annotated[Path, typer.Option(help="Folder of the nbgrader course.")] = Path(),
    by: Annotated[str | None, typer.Option(help="Who reviews; this account if absent.")] = None,
    blind: Annotated[
        bool, typer.Option("--blind", help="As second marker: the first mark is not shown.")
    ] = False,
    share: Annotated[
        float, typer.Option(help="Share of the marked answers that a second marker sees.")
    ] = 0.2,
    answer: _Chosen = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also answers that nobody doubts.")
    ] = False,
    lead: Annotated[
        bool, typer.Option("--lead", help="Decide also where you are one of two who disagree.")
    ] = False,
    agreement: Annotated[
        bool, typer.Option("--agreement", help="Show how first and second markers agree.")
    ] = False,
) -> None:
    """Read answers that wait for a person: accept the mark, or give other levels.

    Sorted by question, the most doubtful first. Your mark counts from then on, in formgrader too,
    and no later grading changes it. Everything can be undone until you leave, and is kept in the
    trail (`seniorkit audit`).
    """
    from graders.course import open_course

    opened = open_course(course)
    console = Console(highlight=False)
    if week is None:
        from graders.cli.review_show import show_waiting

        show_waiting(console, opened)
        return
    from graders.cohorts.week import named_week

    name = named_week(opened, week)
    if agreement:
        from graders.cli.review_show import show_agreement

        show_agreement(console, opened, name)
        return
    queue = _opened(opened, name, by or getpass.getuser(), blind, share, answer, everything, lead)
    _sit(console, queue)


def _opened(
    course: Course, assignment: str, by: str, blind: bool, share: float,
    answers: list[str] | None, everything: bool, lead: bool,
) -> ReviewQueue:  # fmt: skip
    from graders.cohorts.review import ReviewQueue

    chosen = []
    for named in answers or ():
        learner, colon, cell = named.partition(":")
        if not colon:
            raise UsageError(f"{named!r} names no answer", fix="Write LEARNER:ANSWER")
        chosen.append((learner, cell))
    return ReviewQueue.open(
        course, assignment, by, blind, share=share, chosen=chosen, everything=everything, lead=lead
    )


def _sit(console: Console, queue: ReviewQueue) -> None:
    """Show one answer after the other, until none is left or the reviewer leaves."""
    from graders.cli.review_show import show_item

    for student, why in queue.failed.items():
        console.print(Text(f"{student}: could not be graded at all: {why}", style="magenta"))
    console.print(Text("? shows what can be typed.", style="dim"))
    skipped: list[object] = []
    done = 0
    shown = None
    while left := [item for item in queue.items if item.place not in skipped]:
        item = left[0]
        if item != shown:
            show_item(console, item, done + len(skipped) + 1, done + len(queue.items))
            for number, kept in enumerate(queue.comments(item), 1):
                console.print(Text(f"#{number} {kept}", style="dim"))
        shown = item
        typed = _typed(console)
        if typed == "q":
            break
        if typed == "s":
            skipped.append(item.place)
        elif typed in ("?", "t"):
            console.print(Text(HELP if typed == "?" else _whole(item), style="dim"))
        else:
            try:
                done += _obey(console, queue, item, typed)
            except SeniorkitError as error:
                console.print(Text(str(error), style="magenta"))
    console.print(Text(f"{done} reviewed, {len(queue.items)} left"))


def _obey(console: Console, queue: ReviewQueue, item: ReviewItem, typed: str) -> int:
    """Do what was typed; by how much the number of reviewed answers grows."""
    from graders.cli.review_typed import comment_of, points_of, typed_levels

    word, _, rest = typed.partition(" ")
    bank = queue.comments(item)
    if word == "u":
        back = queue.undo()
        console.print(Text(f"Taken back: {back.grade_id}", style="dim"))
        return -1
    if word == "k":
        queue.keep_comment(item, rest)
        console.print(Text(f"kept as #{len(queue.comments(item))}", style="dim"))
        return 0
    if word == "a":
        queue.accept(item, comment_of(rest, bank))
    elif word == "p":
        points, words = points_of(rest)
        queue.give(item, points, comment_of(words, bank))
    elif "=" in word:
        levels, words = typed_levels(typed, item.question)
        queue.change(item, levels, comment_of(words, bank))
    else:
        raise UsageError(f"{word!r} is nothing that can be done", fix="Type ? for help")
    return 1


def _typed(console: Console) -> str:
    while True:
        try:
            line = console.input("[bold]> [/bold]").strip()
        except (EOFError, KeyboardInterrupt):
            return "q"
        if line:
            return line


def _whole(item: ReviewItem) -> str:
    from graders.feedback import clean

    return clean.terminal(item.answer)
