"""`seniorkit appeal`: what learners ask to be looked at again."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import Annotated

import typer

from graders.errors import UsageError

appeal = typer.Typer(help="What learners ask to be looked at again.", no_args_is_help=True)

_Course = Annotated[Path, typer.Option(help="Folder of the nbgrader course.")]
_Text = Annotated[str, typer.Argument(help="What the learner says; - reads it from the input.")]


@appeal.command("file")
def file_command(
    week: Annotated[str, typer.Argument(help="The assignment, such as week01, or its number.")],
    learner: Annotated[str, typer.Argument(help="The learner's id.")],
    answer: Annotated[str, typer.Argument(help="Id of the answer cell.")],
    text: _Text,
    course: _Course = Path(),
) -> None:
    """Put a learner's request into the review queue, before everything else."""
    from graders.cohorts.appeals import MAX_TEXT, file_appeal
    from graders.cohorts.week import named_week
    from graders.course import open_course

    opened = open_course(course)
    said = sys.stdin.read(MAX_TEXT + 1) if text == "-" else text
    filed = file_appeal(opened, learner, named_week(opened, week), answer, said)
    print(f"appeal {filed.id} waits; seniorkit review {week} shows it first")


@appeal.command("write")
def write_command(
    week: Annotated[str, typer.Argument(help="The assignment, such as week01.")],
    answer: Annotated[str, typer.Argument(help="Id of the answer, from the feedback page.")],
    text: _Text,
    folder: Annotated[
        Path, typer.Option(help="Folder of the assignment that is handed in next.")
    ] = Path(),
) -> None:
    """For learners: ask that an answer is looked at again.

    The request is written to appeals.json in this folder, and handed in with the next submission.
    """
    from pydantic import ValidationError

    from graders.cohorts.requests import MAX_TEXT, Request, write_request

    said = sys.stdin.read(MAX_TEXT + 1) if text == "-" else text
    try:
        request = Request(assignment=week, grade_id=answer, text=said.strip())
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        raise UsageError(f"{fault['loc'][0]}: {fault['msg']}") from None
    print(f"written to {write_request(folder, request)}; it is handed in with this folder")


@appeal.command("take")
def take_command(course: _Course = Path()) -> None:
    """File the requests that learners handed in; status 1 if one of them could not be."""
    from graders.cli.listing import show_list
    from graders.cohorts.requests import take_requests
    from graders.course import open_course

    taken = take_requests(open_course(course))
    print(f"{len(taken.filed)} new requests; seniorkit appeal list shows them")
    show_list("learners whose request could not be filed", map(": ".join, taken.problems.items()))
    if taken.problems:
        raise typer.Exit(1)


@appeal.command("list")
def list_command(
    week: Annotated[str | None, typer.Argument(help="Only of this assignment.")] = None,
    course: _Course = Path(),
) -> None:
    """List the requests that wait."""
    from graders.cohorts.appeals import open_appeals
    from graders.cohorts.week import named_week
    from graders.course import open_course
    from graders.feedback import clean

    opened = open_course(course)
    found = open_appeals(opened, None if week is None else named_week(opened, week))
    for one in found:
        place = f"{one.place.student}, {one.place.assignment}, {one.place.grade_id}"
        said = " ".join(one.text.split())
        print(clean.terminal(f"{one.id}  {one.filed_at[:16]}  {place}: {said[:200]}"))
    if not found:
        print("No request waits.")


@appeal.command("answer")
def answer_command(
    number: Annotated[int, typer.Argument(help="Its number; see: seniorkit appeal list")],
    accept: Annotated[bool, typer.Option("--accept/--decline", help="What came of it.")],
    reply: Annotated[str, typer.Option(help="What the learner is told.")],
    level: Annotated[
        list[str] | None,
        typer.Option(metavar="CRITERION=LEVEL", help="A new level; may be repeated."),
    ] = None,
    points: Annotated[
        float | None, typer.Option(help="New points, where there is no rubric.")
    ] = None,
    by: Annotated[str | None, typer.Option(help="Who answers; this account if absent.")] = None,
    course: _Course = Path(),
) -> None:
    """Answer a request; the learner reads the reply on the next feedback page."""
    from graders.cohorts.appeals import answer_appeal
    from graders.course import open_course
    from graders.levels import Level

    levels = {}
    for entry in level or ():
        name, equals, label = entry.partition("=")
        if not equals:
            raise UsageError(f"{entry!r} gives no level", fix="Write CRITERION=LEVEL")
        try:
            levels[name] = Level.from_label(label)
        except ValueError as error:
            raise UsageError(str(error)) from None
    closed = answer_appeal(
        open_course(course), number, by or getpass.getuser(), accept, reply, levels or None,
        points=points,
    )  # fmt: skip
    print(f"appeal {closed.id} is {closed.state}; the next feedback page says so")
