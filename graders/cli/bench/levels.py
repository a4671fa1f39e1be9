"""`seniorkit bench levels`: agreement with the labels of the calibration set."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from graders.cli.bench.drawing import Drawing, Mark
from graders.cli.bench.tables import agreements, percent, share, table
from graders.errors import UsageError
from graders.judges.factory import NAMES
from graders.levels import Level

if TYPE_CHECKING:
    from graders.training import Agreement
    from graders.training.levels import LevelsResult
    from graders.training.sureness import Sureness

SET = Path("tests/calibration")
"""The calibration set, as seen from the project's folder."""

ANCHORS = (
    ("overall level", "≥ .90 / ≥ .70 / ≥ .99", "ridge regression on features: .89 / .69 / .99"),
    ("uneven and borderline", "≥ .60", "ridge regression trained on even answers: .24"),
    (
        "dimensions of uneven answers",
        "≥ .50",
        "ridge regression for each dimension on best windows: .30; "
        "a language model of 1.5 billion parameters asked for each: r .25",
    ),
    (
        "criteria of uneven answers",
        "senior or above ≥ .74",
        "the same ridge regression .67, the same language model .61; "
        "large models on yes-or-no criteria .77 to .81",
    ),
)
"""Row, what is to be reached, and what others reach on sets of the same kind."""

CHART = "benchmark-levels"


def levels_command(
    folder: Annotated[
        Path, typer.Argument(help="The calibration set: holds answers/ and padding.txt.")
    ] = SET,
    judge: Annotated[str, typer.Option(help=f"Who is measured: {', '.join(NAMES)}.")] = "embedded",
    limit: Annotated[
        int | None,
        typer.Option(min=1, help="Answers that llm is asked about, spread over all questions."),
    ] = None,
) -> None:
    """Agreement with labels on questions that the judge has not seen, as Markdown.

    With --judge llm the model of [judge] is asked, which may cost money: the estimate comes first
    on standard error, and [judge.budget] holds. The map from its levels to people's is kept.
    """
    if judge not in NAMES:
        raise UsageError(
            f"there is no judge called {judge!r}", fix=f"Choose from: {', '.join(NAMES)}"
        )
    if judge == "llm":
        from graders.cli.bench.llm import levels_of_model

        print(levels_of_model(folder, limit))
        return
    if limit is not None:
        raise UsageError("--limit is for --judge llm", fix="Take it out")
    # Imported here: other commands shall not wait for numpy and the judge.
    from graders.training.levels import measure

    with Console(stderr=True).status("fitting and judging, about a minute"):
        found = measure(folder)
    print(section(found))


def section(found: LevelsResult, drawing: Drawing | None = None) -> str:
    """All tables as Markdown, with charts if there is a *drawing*."""
    parts = [
        "## Levels\n",
        f"{found.answers:,} labelled answers to {found.questions} questions. Each is judged by a "
        "model that was fitted without any answer to its question (leave-one-question-out), "
        "through the same gates and arithmetic as any other answer. Intervals: 400 resamples of "
        "whole questions. *Senior or above* is the balanced accuracy of that decision. "
        f"{found.unscored} of the answers wait for a person without a level; they are not "
        "counted as *off*, and no figure contains them.\n",
        agreements(found.rows),
        _chart(found, drawing),
        table(["to compare with", "to reach", "others on sets of this kind"], ANCHORS, words=3),
        "Criteria are compared with the label of their dimension, so a dimension with several "
        "criteria bounds what can be reached there.\n",
        "### Simple means on the same answers\n",
        "Overall level, fitted without the answer's question, too. A judge that does not beat "
        "them is not worth its code.\n",
        agreements(found.baselines),
        "### By kind, shape and length\n",
        agreements(found.groups, "overall level"),
        "### By label\n",
        _by_label(found),
        "### When the judge is not sure\n",
        _sure(found.sureness, drawing),
    ]
    if found.heldout:
        parts += [
            "### Another writer\n",
            "Answers by a writer of whom no answer was trained on, to questions that the judge "
            "knows, graded by the judge as it ships. To reach: overall kappa ≥ .85.\n",
            agreements(found.heldout),
        ]
    if found.readers:
        parts += [
            "### Another reader\n",
            "A second reader saw the answers in random order, without labels: what people reach.\n",
            agreements(found.readers),
        ]
    return "\n".join(part for part in parts if part)


def _chart(found: LevelsResult, drawing: Drawing | None) -> str:
    if drawing is None:
        return ""
    rows = ("overall level", "uneven and borderline", "dimensions", "dimensions of uneven answers")
    marks = [_mark(name, found.rows[name]) for name in rows if name in found.rows]
    readers = found.readers.get("overall level")
    marks += [_mark("second reader, overall", readers, ours=False)] if readers else []
    marks += [_mark(f"{n}, overall", row, ours=False) for n, row in found.baselines.items()]
    return drawing.rows(
        CHART,
        "Agreement with the labels, unseen questions",
        "quadratic weighted kappa; lines: 90 % intervals",
        marks,
    )


def _mark(name: str, row: Agreement, ours: bool = True) -> Mark:
    return Mark(name, row.kappa, share(row.kappa), ours, row.low, row.high)


def _by_label(found: LevelsResult) -> str:
    head = ["label", *(level.label for level in Level), "unscored", "exact", "within one"]
    return table(
        head,
        (
            [
                at.label.label, *map(str, at.given), str(at.unscored),
                share(at.within(0)), share(at.within(1)),
            ]
            for at in found.at
        ),
    )  # fmt: skip


def _sure(found: Sureness, drawing: Drawing | None) -> str:
    alone, reviewed = percent(found.right_alone), percent(found.right_reviewed)
    text = (
        "Around the mean level of each answer lies an interval that shall hold the label's mean "
        "level in 70 % of the cases; its width is set on the other questions only. It holds in "
        f"**{percent(found.coverage)}** of {found.count:,} answers and is {found.width:.2f} levels "
        f"wide in the mean. Where it spans the border to *senior*, or something else is odd, a "
        f"person is asked to look: **{percent(found.reviewed)}** of the scores. "
    )
    if not math.isnan(found.right_alone):
        text += f"Whether an answer is *senior* is decided rightly in {alone} of the others"
        text += "" if math.isnan(found.right_reviewed) else f", and in {reviewed} of these"
        text += ".\n"
    rows = table(
        ["the surest", "n", "RMSE of the mean level", "right on *senior or above*"],
        (
            [percent(kept.share), f"{kept.count:,}", f"{kept.rmse:.2f}", percent(kept.right, 1)]
            for kept in found.kept
        ),
    )
    note = (
        "For the error, those with the narrowest interval are kept; for the decision, those that "
        "stand farthest from the border in widths of their interval.\n"
    )
    chart = drawing and drawing.curve(
        "benchmark-sureness",
        "Right decisions on senior or above, by share kept",
        "share of the answers that the judge decides alone (%), the surest first",
        "right decisions (%)",
        {100 * kept.share: 100 * kept.right for kept in found.kept},
        unit="%",
    )
    return "\n".join([text, rows, note, *([chart] if chart else [])])
