"""`seniorkit release`: derive what learners get from the instructor's masters."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from graders.errors import UsageError


def release_command(
    assignments: Annotated[
        list[str] | None, typer.Argument(help="Names of assignments, such as week01.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every assignment in source/.")] = False,
    course: Annotated[Path, typer.Option(help="Folder of the nbgrader course.")] = Path(),
) -> None:
    """Write release/ without solutions, hidden tests and rubrics, and register it for grading."""
    from graders.course import known_assignments, open_course, release

    opened = open_course(course)
    names = known_assignments(opened) if everything else list(assignments or [])
    if not names:
        raise UsageError("no assignment was given", fix="Give names, or --all")
    for name in names:
        opened.questions(name)
        release(opened, name)
        print(opened.folder("release", ".", name))
