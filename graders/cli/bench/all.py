"""`seniorkit bench all`: every table on one page, and the key figures wherever they stand."""

from __future__ import annotations

import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from graders.cli.bench import attacks, batch, levels, llm, mohler, speed
from graders.cli.bench.data import found_in
from graders.cli.bench.drawing import Drawing
from graders.cli.bench.key import NOT_MEASURED, key_figures
from graders.cli.bench.levels import SET
from graders.cli.bench.tables import agreements, check, fill, table

if TYPE_CHECKING:
    from graders.batch.measure import BatchResult
    from graders.training.attacks import AttackResult
    from graders.training.levels import LevelsResult
    from graders.training.mohler import MohlerResult
    from graders.training.obeying import Obeyed, Waiting
    from graders.training.speed import SpeedResult
    from graders.training.throughput import Run

BLOCKS = ("key", "set", "readers")
"""Names of places that are filled: key figures, what the set holds, how a second reader agrees."""


def all_command(
    out: Annotated[Path, typer.Option(help="The page; charts go to images/ beside it.")],
    folder: Annotated[Path, typer.Argument(help="The calibration set.")] = SET,
    data: Annotated[
        Path | None,
        typer.Option(help="Folder of the public data; without them, rows are left out."),
    ] = None,
    places: Annotated[
        list[Path] | None,
        typer.Option("--fill", help="Page whose marked places get the new figures; repeatable."),
    ] = None,
    full: Annotated[
        bool, typer.Option("--full/--quick", help="Sizes at which the batch engine is measured.")
    ] = False,
) -> None:
    """Measure everything and write one page."""
    for path in places or []:
        check(path, BLOCKS)
    short = _found(data, mohler.PATTERN, "mohler")
    _found(data, attacks.PATTERN, "templates of attacks")
    found = _measured(folder, data, short, full=full)
    key = key_figures(found.levels, found.mohler, found.attacks, found.speed)
    out.parent.mkdir(parents=True, exist_ok=True)
    sections = _sections(found, Drawing(out.parent / "images"))
    out.write_text("\n".join([_head(), key, *sections]), encoding="utf-8")
    contents = (key, set_table(folder), agreements(found.levels.readers))
    for path in places or []:
        fill(path, dict(zip(BLOCKS, contents, strict=True)))
    print(f"wrote {', '.join(str(path) for path in [out, *(places or [])])}")


@dataclass(frozen=True)
class _Measured:
    levels: LevelsResult
    mohler: MohlerResult | None
    attacks: dict[str, AttackResult]
    speed: SpeedResult
    throughput: tuple[Run, ...]
    obeyed: tuple[tuple[Obeyed, ...], Waiting]
    batch: BatchResult


def _measured(folder: Path, data: Path | None, short: Path | None, *, full: bool) -> _Measured:
    from graders.training.levels import measure as measure_levels
    from graders.training.speed import measure as measure_speed

    console = Console(stderr=True)
    with console.status("speed"):
        fast = measure_speed(folder)  # alone, so that nothing disturbs it
    graded = batch.measured(full=full)
    with console.status("throughput of the language-model judge"):
        asked = llm.measured()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as beside:
        waiting = beside.submit(mohler.measured, short) if short else None
        with console.status("levels"):
            levelled = measure_levels(folder)
        with console.status("attempts to raise the mark"):
            attacked = attacks.measured(folder, data)
        with console.status("a language model that obeys"):
            obeyed = llm.obeyed(folder, data)
        with console.status("reference answers"):
            referred = waiting.result() if waiting else None
    return _Measured(levelled, referred, attacked, fast, asked, obeyed, graded)


def _sections(found: _Measured, drawing: Drawing) -> list[str]:
    answers = (
        mohler.section(found.mohler, drawing)
        if found.mohler
        else f"## Reference answers: Mohler 2011\n\n{NOT_MEASURED}; `make bench DATA=FOLDER` "
        f"names a folder with {mohler.PATTERN}.\n"
    )
    return [
        levels.section(found.levels, drawing),
        answers,
        attacks.section(found.attacks, drawing),
        speed.section(found.speed, drawing),
        llm.section(found.throughput),
        llm.obeyed_section(*found.obeyed),
        batch.place(found.batch, drawing),
    ]


def _found(data: Path | None, pattern: str, name: str) -> Path | None:
    path = found_in(data, pattern)
    if path is None:
        where = f"there is no {pattern} in {data}" if data else "no --data was given"
        print(f"seniorkit: {name}: skipped, {where}", file=sys.stderr)
    return path


def _head() -> str:
    from graders.judges.embedded.model import shipped_model
    from graders.training.speed import machine

    return (
        "# How good the embedded judge and the batch engine are\n\n"
        "<!-- Written by `make bench`; changes by hand get lost. -->\n\n"
        f"Measured on {datetime.now(UTC):%Y-%m-%d} with the weights {shipped_model().version}, on: "
        f"{machine()}. `make bench` measures everything again. What the judge is and where it "
        "fails stands in its [model card](../graders/judges/embedded/MODEL_CARD.md); how the "
        "answers were labelled, in [the calibration set](../tests/calibration/README.md).\n"
    )


def set_table(folder: Path) -> str:
    """What the calibration set in *folder* holds, as a table."""
    from graders.training.labelled import load_labelled

    rows = []
    for name in ("answers", "heldout"):
        if (folder / name).is_dir():
            answers = load_labelled(folder / name)
            shapes = Counter(answer.shape for answer in answers)
            questions = {answer.question_id for answer in answers}
            counts = [
                len(answers),
                len(questions),
                shapes["even"],
                shapes["uneven"],
                shapes["borderline"],
            ]
            rows.append([f"`{name}/`", *(f"{count:,}" for count in counts)])
    return table(["folder", "answers", "questions", "even", "uneven", "borderline"], rows)
