"""`seniorkit bench scale`: how long an instructor waits when a course has become large."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from graders.cli.bench.tables import check, fill, table

if TYPE_CHECKING:
    from graders.batch.measure.large import Large

BLOCK = "scale"
"""Name of the place that is filled in a page."""


def scale_command(
    learners: Annotated[
        list[int] | None,
        typer.Option(min=1, help="Learners of a course; repeatable. 50, 500 and 5,000 if absent."),
    ] = None,
    places: Annotated[
        list[Path] | None,
        typer.Option("--fill", help="Page whose marked place gets the table; repeatable."),
    ] = None,
) -> None:
    """Pages and reports of courses with eight graded weeks, as Markdown."""
    from graders.batch.measure.large import SIZES, measure_large

    for path in places or []:
        check(path, (BLOCK,))
    with Console(stderr=True).status("building a course") as status:
        found = measure_large(tuple(sorted(learners or SIZES)), told=status.update)
    for path in places or []:
        fill(path, {BLOCK: section(found)})
    print(section(found))


def section(found: Sequence[Large]) -> str:
    """The table as Markdown."""
    from graders.batch.measure.large import WEEKS
    from graders.training.speed import machine

    sizes = [f"{one.learners:,}" for one in found]
    waited = [
        [what, *(f"{one.seconds[what]:.1f} s" for one in found), f"{found[-1].memory_mb[what]:,.0f} MB"]
        for what in found[0].seconds
    ]  # fmt: skip
    held = [
        ["rows of the gradebook", *(f"{one.rows:,}" for one in found), ""],
        ["its size", *(f"{one.gradebook_mb:,.0f} MB" for one in found), ""],
    ]
    head = ["learners", *sizes, f"peak memory at {sizes[-1]}"]
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d} with {WEEKS} graded weeks, each with a notebook "
        f"of code and one of text, on: {machine()}; gradebook: SQLite. Seconds of the clock of "
        "the whole command, with its start and, for reports, with papermill's kernel. Rows are "
        "those that the engine writes; learners beyond the fortieth are copies of the first forty "
        "under other names.\n\n" + table(head, [*held, *waited])
    )
