"""`seniorkit bench mohler`: reference answers, measured as the literature does."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from graders.cli.bench.data import found_in, needed
from graders.cli.bench.drawing import Drawing, Mark
from graders.cli.bench.tables import share, table

if TYPE_CHECKING:
    from graders.training.mohler import MohlerResult
    from graders.training.reference_fit import Fit

PATTERN = "mohler*.csv"
HUMAN = "one grader against the other"
"""Row of the figure of people, r .586 (Mohler 2011)."""


def mohler_command(
    data: Annotated[Path, typer.Option(help=f"Folder that holds {PATTERN}.")],
) -> None:
    """Short answers of Mohler 2011: Pearson and RMSE beside published figures, as Markdown."""
    path = needed(found_in(data, PATTERN), PATTERN, data)
    with Console(stderr=True).status("fitting in twelve folds, about a minute"):
        found = measured(path)
    print(section(found))


def measured(path: Path) -> MohlerResult:
    """The figures on the CSV file *path*."""
    # The trees are small: on a busy machine, threads that wait for each other take six times as
    # long as one. Read when scikit-learn is first imported.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from graders.training.mohler import measure

    return measure(path)


def section(found: MohlerResult, drawing: Drawing | None = None) -> str:
    """The table as Markdown, with a chart if there is a *drawing*."""
    ours = [
        ("ours, leave-assignment-out", found.assignment),
        ("the same, other answers known", found.assignment_company),
        ("ours, leave-question-out", found.question),
        ("the same, other answers known", found.question_company),
        ("the reference judge as it ships", found.shipped),
    ]
    baselines = [(f"{name}, leave-assignment-out", fit) for name, fit in found.baselines.items()]
    rows = [_row(name, fit) for name, fit in [*ours, *baselines]]
    published = {HUMAN: "r .586", **found.anchors}
    rows += [
        [f"*{name}*", _number(text, "r"), _number(text, "RMSE"), ""]
        for name, text in published.items()
    ]
    chart = ""
    if drawing is not None:
        marks = [
            Mark("ours, leave-assignment-out", found.r, share(found.r, 3)),
            Mark("the reference judge as it ships", found.shipped_r, share(found.shipped_r, 3)),
        ]
        marks += [Mark(name, fit.r, share(fit.r, 3), ours=False) for name, fit in baselines]
        marks += [
            Mark(name, float(_number(text, "r")), _number(text, "r"), ours=False)
            for name, text in published.items()
            if _number(text, "r")
        ]
        chart = drawing.rows(
            "benchmark-mohler", "Mohler 2011, unseen questions", "Pearson correlation r", marks
        )
    return "\n".join(
        part
        for part in (
            "## Reference answers: Mohler 2011\n",
            f"{found.n:,} short answers to questions of data structures, 0 to 5, mean of two "
            "graders. Nothing that ships is trained on them. *Ours* is fitted inside the folds, "
            "on the features of the reference judge; with *other answers known* it also sees the "
            "ungraded answers to the same question. To reach: r ≥ .64, RMSE ≤ .845, "
            "leave-assignment-out.\n",
            table(["what (*published*)", "r", "RMSE", "unscored"], rows),
            chart,
        )
        if part
    )


def _row(name: str, fit: Fit) -> list[str]:
    return [name, share(fit.r, 3), share(fit.rmse, 3), str(fit.unscored)]


def _number(text: str, what: str) -> str:
    found = re.search(rf"\b{what} (\d*\.\d+)", text)
    return found[1] if found else ""
