"""`seniorkit bench llm` and `bench levels --judge llm`: the judge that asks a language model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from graders.cli.bench.tables import agreements, percent, table

if TYPE_CHECKING:
    from graders.judges.calibration import Calibration
    from graders.training.labelled import Labelled
    from graders.training.measure import Judged
    from graders.training.throughput import Run

IDEAL = 640
"""Answers for which the speed is measured, with a server that takes its time."""

FEW, MANY = 100, 10_000
"""Answers for which the memory is measured, with a server that replies at once."""


def llm_command() -> None:
    """Throughput and memory of the language-model judge with a made-up server, as Markdown."""
    with Console(stderr=True).status("judging some thousand answers, a few minutes"):
        found = measured()
    print(section(found))


def measured() -> tuple[Run, ...]:
    """A run against a slow server, then a small and a large one against a fast one."""
    from graders.training.throughput import measure

    return measure(IDEAL), measure(FEW, latency=0.0), measure(MANY, latency=0.0)


def section(found: Sequence[Run]) -> str:
    """The table as Markdown."""
    return (
        "## Throughput of the language-model judge\n\n"
        "A server on the same machine replies to every call after a fixed time; the ideal is what "
        "it alone would take. Gates, examples, prompts, checks of quotes and the file of kept "
        "verdicts are included. To reach: 90 % of the ideal; no call when the same answers come "
        "again; memory that does not grow with their number.\n\n"
        + table(
            ["answers", "at a time", "latency", "seconds", "of the ideal", "again", "calls in both", "peak memory"],
            (
                [
                    f"{run.answers:,}", str(run.at_once), f"{run.latency:g} s",
                    f"{run.seconds:.1f}", percent(run.of_ideal) if run.latency else "",
                    f"{run.again:.1f} s", f"{run.calls:,}", f"{run.memory_mb:,.0f} MB",
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
