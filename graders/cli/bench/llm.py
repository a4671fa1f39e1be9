"""`seniorkit bench llm` and `bench levels --judge llm`: the judge that asks a language model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from graders.cli.bench.attacks import OWN, PATTERN
from graders.cli.bench.data import found_in, needed
from graders.cli.bench.levels import SET
from graders.cli.bench.tables import agreements, percent, table

if TYPE_CHECKING:
    from graders.judges.calibration import Calibration
    from graders.training.labelled import Labelled
    from graders.training.measure import Judged
    from graders.training.obeying import Obeyed, Waiting
    from graders.training.throughput import Run

IDEAL = 640
"""Answers for which the speed is measured, with a server that takes its time."""

FEW, MANY = 100, 10_000
"""Answers for which the memory is measured, with a server that replies at once."""


TO_REACH = 0.9
"""Share of the ideal speed."""


def llm_command(
    folder: Annotated[Path, typer.Argument(help="The calibration set.")] = SET,
    data: Annotated[
        Path | None, typer.Option(help=f"Folder that holds {PATTERN}: the public templates.")
    ] = None,
    own: Annotated[Path, typer.Option(help="Folder of more templates (*.jsonl).")] = OWN,
) -> None:
    """The language-model judge with made-up models: speed, memory, and obedience; as Markdown."""
    if data is not None:
        needed(found_in(data, PATTERN), PATTERN, data)
    console = Console(stderr=True)
    with console.status("judging some thousand answers, a few minutes"):
        runs = (throughput(), *memory())
    with console.status("obeying some thousand attempts, a few minutes"):
        found = obeyed(folder, data, own)
    print(section(runs))
    print(obeyed_section(*found))


def obeyed(folder: Path, data: Path | None, own: Path = OWN) -> tuple[tuple[Obeyed, ...], Waiting]:
    """What models that obey can do, and what the second look costs an honest one.

    Args:
        folder: The calibration set, with `hostile.jsonl`.
        data: Where the public templates are, if they are at hand.
        own: More templates.
    """
    from graders.judges.embedded.judge import EmbeddedJudge
    from graders.training.obeying import OBEDIENCES, Once, attempts, cost, measure
    from graders.training.shipped import fit_shipped

    public = found_in(data, PATTERN)
    found = attempts(folder, [*sorted(own.glob("*.jsonl")), *([public] if public else [])])
    look = Once()
    rows = tuple(measure(found, obedience, look) for obedience in OBEDIENCES)
    fitted = fit_shipped(folder)  # on answers that it was fitted to, the look would be too sharp
    return rows, cost(fitted.answers, EmbeddedJudge(fitted.predictor))


def obeyed_section(rows: Sequence[Obeyed], waiting: Waiting) -> str:
    """The table as Markdown."""
    return (
        "## A language model that obeys\n\n"
        "Each attempt is laid on a weak answer and read by a made-up model that gives people's "
        "labels to the answer alone, and to all other text what is named below, with real "
        "sentences as evidence. *Raised*: by a level or more, an answer without a level being "
        "not. *Alone*: without the second look, which is on unless it is turned off. To reach: "
        "none raised by a model that does as it is told.\n\n"
        + table(
            ["the model gives", "attempts", "raised alone", "raised", "to senior", "without a level", "reached"],
            (
                [
                    row.name, f"{row.attempts:,}", str(row.bare), str(row.raised),
                    str(row.senior), str(row.unscored), _held(row),
                ]
                for row in rows
            ),
        )
        + "\nThe last one knows the second look and is the bound of what it can hold back: one "
        "level, below *senior*. What the look costs: of "
        f"{waiting.answers:,} labelled answers, read by a model that gives people's labels, "
        f"{waiting.withheld} ({percent(waiting.withheld / max(waiting.answers, 1))}) have no level "
        f"until a person has looked, and {waiting.looked} more "
        f"({percent(waiting.looked / max(waiting.answers, 1))}) are looked at; the offline judge "
        "did not know their questions.\n"
    )  # fmt: skip


def _held(row: Obeyed) -> str:
    """Whether nothing was raised; of the model that knows the second look, that is not asked."""
    from graders.training.obeying import OBEDIENCES

    if row.name == OBEDIENCES[-1].name:
        return ""
    return "no" if row.raised else "yes"


def throughput() -> Run:
    """A run against a slow server."""
    from graders.training.throughput import measure

    return measure(IDEAL)


def memory() -> tuple[Run, Run]:
    """A small and a large run against a fast server."""
    from graders.training.throughput import measure

    return measure(FEW, latency=0.0), measure(MANY, latency=0.0)


def _fast(run: Run) -> str:
    """Whether the run was fast enough, where the server takes its time, and asked nothing twice."""
    slow = run.latency and run.of_ideal < TO_REACH
    return "no" if slow or run.calls > run.answers else "yes"


def section(found: Sequence[Run]) -> str:
    """The table as Markdown."""
    return (
        "## Throughput of the language-model judge\n\n"
        "A server on the same machine replies to every call after a fixed time; the ideal is what "
        "it alone would take. Gates, examples, prompts, checks of quotes and the file of kept "
        "verdicts are included. To reach: 90 % of the ideal; no call when the same answers come "
        "again; memory that does not grow with their number.\n\n"
        + table(
            ["answers", "at a time", "latency", "seconds", "of the ideal", "again", "calls in both", "peak memory", "reached"],
            (
                [
                    f"{run.answers:,}", str(run.at_once), f"{run.latency:g} s",
                    f"{run.seconds:.1f}", percent(run.of_ideal) if run.latency else "",
                    f"{run.again:.1f} s", f"{run.calls:,}", f"{run.memory_mb:,.0f} MB", _fast(run),
                ]
                for run in found
            ),
            words=0,
        )
    )  # fmt: skip


def levels_of_model(folder: Path, limit: int | None) -> str:
    """Ask the model that the settings name about labelled answers; tables as Markdown.

    The verdicts are kept, so a run that was interrupted goes on where it was. The map to people's
    levels is kept, too, for `calibrated = true`.

    Args:
        folder: The calibration set.
        limit: How many answers at most, spread over all questions; all if absent.

    Raises:
        UsageError: If there are no answers or no settings.
    """
    from graders.cli.meter import Bar, counted
    from graders.judges.llm.estimate import estimate
    from graders.judges.llm.settings import load_settings
    from graders.training.calibrate import asking, calibrate, judge_asked, pairs
    from graders.training.labelled import load_labelled

    settings = load_settings()
    answers = spread(load_labelled(folder / "answers"), limit)
    judge = asking(settings)
    bar = Bar("Asking the model", len(answers))
    try:
        with counted(judge, estimate(judge, pairs(answers))):
            judged = judge_asked(answers, judge, step=bar.step)
    finally:
        bar.close()
    calibration, path = calibrate(judged, settings)
    return model_section(settings.model, judged, calibration, path)


def spread(answers: Sequence[Labelled], limit: int | None) -> list[Labelled]:
    """At most *limit* of *answers*, evenly over the order of the set; the same ones every time."""
    if limit is None or limit >= len(answers):
        return list(answers)
    return [answers[index * len(answers) // limit] for index in range(limit)]


def model_section(
    model: str, judged: Sequence[Judged], calibration: Calibration, path: Path
) -> str:
    """What was measured, raw and calibrated, as Markdown."""
    from graders.training.levels import main_rows

    unscored = sum(one.given is None for one in judged)
    looked = sum(one.score.needs_review for one in judged)
    questions = len({one.answer.question_id for one in judged})
    parts = [
        f"## Levels by the language model {model}\n",
        f"{len(judged):,} labelled answers to {questions} questions; the prompt held no graded "
        f"answer to the question itself. {unscored} wait for a person without a level and are in "
        f"no figure; a person is asked to look at {looked} in all.\n",
        agreements(main_rows(judged)),
        "### Calibrated\n",
        "Mean distance of the dimensions' levels to people's, in levels. Calibrated: mapped to "
        "people's levels as the other questions show it.\n",
    ]
    if not calibration.figures:
        return "\n".join([*parts, "Too few answers were scored to fit a map for any kind.\n"])
    rows = (
        [kind, f"{found.answers:,}", f"{found.raw:.2f}", f"{found.calibrated:.2f}"]
        for kind, found in calibration.figures.items()
    )
    kept = f"The map is kept in `{path}`; `calibrated = true` in `[judge]` uses it.\n"
    return "\n".join([*parts, table(["kind", "answers", "raw", "calibrated"], rows), kept])
