"""`seniorkit bench`: how good the judge is, measured on labelled answers."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from graders.question import bank_ids

if TYPE_CHECKING:
    from graders.training import Agreement, Judged, Labelled

bench = typer.Typer(help="Measure the judge.", no_args_is_help=True)

ANCHORS = {
    "overall level": "simple ridge on even answers .89, exact .69, within one .99",
    "dimensions": "",
    "dimensions of uneven answers": "per-dimension ridge on best windows .30, senior or above .67",
    "uneven and borderline": "ridge trained on even answers .24",
}
"""Row -> figure to compare with, measured on another set of the same kind."""


@bench.callback()
def callback() -> None:
    """Measure the judge."""


@bench.command("levels")
def levels(
    folder: Annotated[Path, typer.Argument(help="Folder of labelled answers (*.jsonl).")] = Path(
        "tests/calibration/answers"
    ),
    shipped: Annotated[
        bool,
        typer.Option("--shipped", help="Measure the shipped weights, on answers kept from them."),
    ] = False,
) -> None:
    """Agreement with labels, leave-one-question-out, as Markdown; baselines in the same table."""
    # Imported here: other commands shall not wait for numpy and the judge.
    from graders.training import agreement, load_labelled

    answers = load_labelled(folder)
    with Console(stderr=True).status(f"judging {len(answers)} answers"):
        judged = _judge(answers, shipped)
    uneven = [one for one in judged if one.answer.shape == "uneven"]
    hard = [one for one in judged if one.answer.shape != "even"]
    questions = len({answer.question_id for answer in answers})
    print(
        f"{len(answers)} labelled answers to {questions} questions; intervals of 90% over questions.\n"
    )
    print(
        "| what | n | quadratic kappa | 90% interval | exact | within one | senior or above | anchor |"
    )
    print("|---|---:|---:|---|---:|---:|---:|---|")
    _row("overall level", agreement(judged))
    _row("uneven and borderline", agreement(hard))
    _row("dimensions", agreement(judged, parts=True))
    _row("dimensions of uneven answers", agreement(uneven, parts=True))
    _groups(judged)
    _baselines(answers)
    _confusion(judged)


def _judge(answers: list[Labelled], shipped: bool) -> list[Judged]:
    from graders.training import (
        MODEL_ANSWER_WEIGHT,
        judge_shipped,
        judge_unseen,
        model_answers,
        rows_of,
    )

    if shipped:
        return judge_shipped(answers)
    models = rows_of(model_answers(bank_ids()), MODEL_ANSWER_WEIGHT)
    return judge_unseen(answers, rows_of(answers) + models)


def _groups(judged: list[Judged]) -> None:
    from graders.training import agreement, length_band, split

    keys: dict[str, Callable[[Judged], str]] = {
        "kind": lambda one: one.answer.question_id.split("/")[0],
        "shape": lambda one: one.answer.shape,
        "length": length_band,
    }
    for group, key in keys.items():
        for name, members in split(judged, key).items():
            _row(f"{group}: {name.lstrip('123 ')}", agreement(members))


def _baselines(answers: list[Labelled]) -> None:
    from graders.training import kappa
    from graders.training.baselines import BASELINES, predict

    label = [int(answer.level) for answer in answers]
    for name in BASELINES:
        given = predict(name, answers)
        distance = [abs(a - b) for a, b in zip(label, given, strict=True)]
        exact, near = distance.count(0) / len(label), 1 - sum(d > 1 for d in distance) / len(label)
        print(
            f"| baseline: {name} | {len(label)} | {kappa(label, given):.2f} | | "
            f"{exact:.2f} | {near:.2f} | | |"
        )


def _confusion(judged: list[Judged]) -> None:
    print("\n| label | " + " | ".join(_NAMES) + " |\n|---|" + "---:|" * 5)
    for level, name in enumerate(_NAMES):
        given = [one.given for one in judged if int(one.answer.level) == level]
        print(f"| {name} | " + " | ".join(str(given.count(other)) for other in range(5)) + " |")


_NAMES = ("off", "below", "mid", "senior", "staff")


def _row(name: str, found: Agreement) -> None:
    interval = "" if math.isnan(found.low) else f"{found.low:.2f} to {found.high:.2f}"
    bar = "" if math.isnan(found.bar) else f"{found.bar:.2f}"
    print(
        f"| {name} | {found.count} | {found.kappa:.2f} | {interval} | {found.exact:.2f} | "
        f"{found.near:.2f} | {bar} | {ANCHORS.get(name, '')} |"
    )
