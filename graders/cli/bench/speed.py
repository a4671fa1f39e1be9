"""`seniorkit bench speed`: answers a second on one core, one answer, one process, memory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from graders.cli.bench.drawing import Drawing, Mark
from graders.cli.bench.levels import SET
from graders.cli.bench.tables import table

if TYPE_CHECKING:
    from graders.training.speed import SpeedResult


def speed_command(
    folder: Annotated[Path, typer.Argument(help="The calibration set.")] = SET,
) -> None:
    """Speed and memory on one core, as Markdown."""
    from graders.training.speed import measure

    with Console(stderr=True).status("grading on one core"):
        found = measure(folder)
    print(section(found))


def section(found: SpeedResult, drawing: Drawing | None = None) -> str:
    """The table as Markdown, with a chart if there is a *drawing*."""
    from graders.training.speed import COMPETITOR, PROCESSES, RUNS, machine

    run = found.run
    rows = [
        [
            f"batch of {run.count:,} different answers", f"{found.rate:,.0f} a second",
            f"{run.count / run.clock:,.0f} a second", "≥ 300 a second",
        ],
        ["one answer, question prepared, median", f"{run.median_ms:.1f} ms", "", "≤ 5 ms"],
        ["the same, 95 of 100 stay below", f"{run.p95_ms:.1f} ms", "", ""],
        [
            "whole `seniorkit score` process", f"{found.process:.2f} s",
            f"{found.process_clock:.2f} s", "≤ 1 s",
        ],
        ["peak memory of the batch", f"{run.memory_mb:,.0f} MB", "", "≤ 300 MB"],
        [
            f"to compare: {COMPETITOR}, same answers, overall level only",
            f"{found.competitor_rate:,.0f} a second", "", "",
        ],
        ["ours against it", f"{found.rate / found.competitor_rate:.2f}", "", ""],
    ]  # fmt: skip
    text = (
        "## Speed\n\n"
        f"One thread of: {machine()}. Answers of the calibration set go one by one through "
        "`graders.grade`, the gates and the preparation of each question included. The first "
        "column counts time of the processor, which on an idle machine is the time on the clock; "
        "what else the machine did shows in the second. "
        f"Batch: median of {RUNS} runs; process: median of {PROCESSES}.\n\n"
    )
    chart = ""
    if drawing is not None:
        chart = "\n" + drawing.rows(
            "benchmark-speed", "Answers a second on one core", "answers a second",
            [
                Mark("the embedded judge", found.rate, f"{found.rate:,.0f}"),
                Mark("to reach", 300, "300", ours=False),
                Mark("TF-IDF and ridge", found.competitor_rate, f"{found.competitor_rate:,.0f}", ours=False),
            ],
        )  # fmt: skip
    return text + table(["what", "processor", "clock", "to reach"], rows) + chart
