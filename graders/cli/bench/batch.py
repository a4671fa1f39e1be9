"""`seniorkit bench batch`: the batch engine against nbgrader, on the same submissions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from graders.cli.bench.drawing import Drawing, Mark
from graders.cli.bench.tables import check, fill, percent, table

if TYPE_CHECKING:
    from graders.batch.measure import BatchResult

BLOCK = "batch"
"""Name of the place that is filled in a page."""

Line = tuple[str, str, str, bool]
"""Measure, what was found, what was to be reached, and whether it was."""


def batch_command(
    full: Annotated[
        bool, typer.Option("--full/--quick", help="All sizes (15 minutes), or small ones (3).")
    ] = False,
    places: Annotated[
        list[Path] | None,
        typer.Option("--fill", help="Page whose marked place gets the section; repeatable."),
    ] = None,
) -> None:
    """The batch engine against nbgrader 0.9.6 on the same submissions, as Markdown."""
    for path in places or []:
        check(path, (BLOCK,))
    found = measured(full=full)
    for path in places or []:
        fill(path, {BLOCK: section(found, Drawing(path.parent / "images"))})
    print(section(found))


def measured(*, full: bool) -> BatchResult:
    """The figures, of all sizes or of small ones."""
    from graders.batch.measure import FULL, QUICK, measure
    from graders.training.speed import machine

    with Console(stderr=True).status("building submissions") as status:
        return measure(FULL if full else QUICK, machine(), told=status.update)


def section(found: BatchResult, drawing: Drawing | None = None) -> str:
    """The tables as Markdown, with a chart if there is a *drawing*."""
    sizes = found.sizes
    small = "" if sizes.name == "full" else (
        "These are the small sizes of `--quick`, where starting the programs weighs more; "
        "`seniorkit bench batch --full` measures the sizes that the bounds are meant for. "
    )  # fmt: skip
    text = (
        "## The batch engine against nbgrader\n\n"
        f"Measured on {datetime.now(UTC):%Y-%m-%d}, sizes: {sizes.name}. {small}On: {found.machine}; sandbox: {found.isolation}. Each "
        "submission has a notebook of code with three tests and one of text; both programs grade "
        "copies of the same ones, nobody attacks, and the course has no plug-ins. Times are of "
        "the clock and of whole commands, with their start, unless said otherwise. The engine has "
        "two workers.\n\n"
    )
    rows = [[what, was, reach, "yes" if good else "no"] for what, was, reach, good in lines(found)]
    parts = [
        text + table(["measure", "found", "to reach", "reached"], rows),
        _times(found),
        "### Growth\n",
        table(
            ["submissions", "seconds", "for each", "controller's peak memory"],
            [
                [
                    f"{run.submissions:,}", f"{run.seconds:.1f}",
                    f"{1000 * run.seconds / run.submissions:.0f} ms", f"{run.memory_mb:.0f} MB",
                ]
                for run in found.growth
            ],
            words=0,
        ),
    ]  # fmt: skip
    if drawing is not None:
        parts.append(_chart(found, drawing))
    return "\n".join(parts)


def lines(found: BatchResult) -> Iterator[Line]:
    """Every measure beside its bound."""
    count = found.sizes.learners
    whole = f"{count} submissions of 2 notebooks"
    yield _times_as_fast(f"{whole}: against `nbgrader autograde`", found.speedup, 10)
    half = "" if found.two_complete else ", which left some ungraded"
    yield _times_as_fast(f"against two of them at a time{half}", found.speedup_two, 8)
    differing = ", ".join(found.differing)
    yield (
        "gradebook after both, all tables but times",
        f"differs in {differing}" if differing else f"identical, {found.rows:,} rows",
        "identical",
        not differing,
    )
    yield (
        "one more notebook that imports pandas and numpy",
        f"{found.pandas_ours:.3f} s (nbgrader {found.pandas_theirs:.2f} s)",
        "≤ 0.12 s",
        found.pandas_ours <= 0.12,
    )
    few, some, many = found.growth
    yield (
        f"one more submission, {some.submissions:,} to {many.submissions:,} against "
        f"{few.submissions:,} to {some.submissions:,}",
        percent(found.bending - 1),
        "≤ 10 % more",
        found.bending <= 1.1,
    )
    yield (
        f"controller's memory, {many.submissions:,} submissions",
        f"{many.memory_mb:.0f} MB ({few.memory_mb:.0f} MB for {few.submissions:,})",
        "≤ 400 MB",
        many.memory_mb <= 400,
    )
    cost = found.cost_of_sandbox
    yield "sandbox: slower by", percent(cost), "≤ 10 %", cost <= 0.1
    pages = f"{found.pages} feedback pages, the start of the program left out"
    yield _times_as_fast(pages, found.feedback_speedup, 5)
    report = f"cohort report of {found.sizes.report:,} learners"
    yield report, f"{found.report:.1f} s", "≤ 10 s", found.report <= 10


def _times_as_fast(what: str, ratio: float, bound: int) -> Line:
    return what, f"{ratio:.1f} times as fast", f"≥ {bound}", ratio >= bound


def _times(found: BatchResult) -> str:
    rows = [
        [
            f"grading {found.sizes.learners} submissions",
            f"{found.theirs:.1f} s; two at a time {found.theirs_two:.1f} s",
            f"{found.ours:.1f} s",
        ],
        [
            "the same with and without sandbox (median)", "",
            f"{found.sandboxed:.1f} s and {found.unsandboxed:.1f} s",
        ],
        [
            f"{found.pages} feedback pages, the start of the program left out",
            f"{found.feedback_theirs:.2f} s",
            f"{found.feedback_ours:.2f} s; when nothing has changed {found.feedback_again:.2f} s",
        ],
        [
            "the same as processes of their own, with their start",
            f"{found.feedback_processes[0]:.1f} s", f"{found.feedback_processes[1]:.1f} s",
        ],
    ]  # fmt: skip
    return table(["what", "nbgrader", "the engine"], rows)


def _chart(found: BatchResult, drawing: Drawing) -> str:
    speeds = [
        ("against one nbgrader", found.speedup, 10),
        ("against two at a time", found.speedup_two, 8),
        ("a notebook with pandas", found.pandas_theirs / found.pandas_ours, None),
        ("feedback pages", found.feedback_speedup, 5),
    ]
    marks = []
    for name, ratio, bound in speeds:
        marks.append(Mark(name, ratio, f"{ratio:.1f}"))
        if bound is not None:
            marks.append(Mark(f"{name}, to reach", bound, str(bound), ours=False))
    return drawing.rows(
        "benchmark-batch", f"The batch engine against nbgrader ({found.sizes.name} sizes)",
        "times as fast", marks,
    )  # fmt: skip
