"""`seniorkit audit`: who or what gave each mark, when, and what it was before."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from graders.gradebook.audit import AuditLine


def audit_command(
    week: Annotated[str, typer.Argument(help="The assignment, such as week01, or its number.")],
    course: Annotated[Path, typer.Option(help="Folder of the nbgrader course.")] = Path(),
    learner: Annotated[str | None, typer.Option(help="Only of this learner.")] = None,
    answer: Annotated[str | None, typer.Option(help="Only of this cell.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Print the trail of the marks, oldest line first.

    Marks that were changed outside, such as in formgrader, are entered now if they were not yet.
    """
    from graders.cohorts.week import named_week
    from graders.course import open_course
    from graders.gradebook import audit
    from graders.gradebook.sessions import session_of

    opened = open_course(course)
    name = named_week(opened, week)
    with session_of(opened.db_url, writing=True) as session:
        audit.notice(session, name)
    lines = audit.read(opened.db_url, name, student=learner, grade_id=answer)
    if not as_json:
        _show(lines)
        return
    for line in lines:
        values = asdict(line)
        print(json.dumps({**values.pop("place"), **values}, ensure_ascii=False))


def _show(lines: Sequence[AuditLine]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from graders.feedback import clean

    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("when", "who", "what", "learner", "answer", "points", "level", "more"):
        table.add_column(heading)
    for line in lines:
        points = ["-" if p is None else f"{p:g}" for p in (line.points_from, line.points_to)]
        levels = [level or "-" for level in (line.level_from, line.level_to)]
        cells = (
            line.at[:16].replace("T", " "), line.actor, line.action, line.place.student,
            line.place.grade_id, " → ".join(points),
            "" if levels == ["-", "-"] else " → ".join(levels),
            " ".join((line.judge or line.detail).split())[:120],
        )  # fmt: skip
        table.add_row(*(Text(clean.terminal(cell)) for cell in cells))
    Console(highlight=False).print(table if lines else Text("No mark has been given yet."))
