"""`seniorkit bench`: how good the judge is, measured on labelled answers."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from graders.levels import Level
from graders.question import bank_ids

if TYPE_CHECKING:
    from graders.training import Agreement, Judged, Labelled

bench = typer.Typer(help="Measure the judge.", no_args_is_help=True)

ANCHORS = {
    "overall level": "simple ridge on even answers .89, exact .69, within one .99",
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
            _row(f"{group}: {name}", agreement(members))


def _baselines(answers: list[Labelled]) -> None:
    from graders.training import compare
    from graders.training.baselines import BASELINES, predict

    for name in BASELINES:
        given = predict(name, answers)
        _row(
            f"baseline: {name}",
            compare(
                [
                    (answer.question_id, int(answer.level), level)
                    for answer, level in zip(answers, given, strict=True)
                ]
            ),
        )


def _confusion(judged: list[Judged]) -> None:
    columns = [*(level.label for level in Level), "unscored"]
    print(f"\n| label | {' | '.join(columns)} |\n|---|{'---:|' * len(columns)}")
    for label in Level:
        given = [one.given for one in judged if one.answer.level == label]
        counts = [given.count(level) for level in (*map(int, Level), None)]
        print(f"| {label.label} | {' | '.join(map(str, counts))} |")


def _row(name: str, found: Agreement) -> None:
    interval = "" if math.isnan(found.low) else f"{found.low:.2f} to {found.high:.2f}"
    bar = "" if math.isnan(found.bar) else f"{found.bar:.2f}"
    print(
        f"| {name} | {found.count} | {found.kappa:.2f} | {interval} | {found.exact:.2f} | "
        f"{found.near:.2f} | {bar} | {ANCHORS.get(name, '')} |"
    )
