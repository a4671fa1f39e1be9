"""`seniorkit bench all`: every table on one page, and the key figures wherever they stand."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from graders.cli.bench import attacks, levels, llm, mohler, speed
from graders.cli.bench.data import found_in
from graders.cli.bench.drawing import Drawing
from graders.cli.bench.key import NOT_MEASURED, key_figures
from graders.cli.bench.levels import SET
from graders.cli.bench.tables import agreements, check, fill, filled, table

if TYPE_CHECKING:
    from graders.training.attacks import AttackResult
    from graders.training.levels import LevelsResult
    from graders.training.mohler import MohlerResult
    from graders.training.obeying import Obeyed, Waiting
    from graders.training.speed import SpeedResult
    from graders.training.throughput import Run

BLOCKS = ("key", "set", "readers")
"""The places of other pages that are filled."""

ELSEWHERE = {
    "live": "make live",
    "batch": "seniorkit bench batch --full --fill docs/benchmarks.md",
    "box": "python -m tests.browser.figures --fill docs/benchmarks.md",
}
"""The places of the page itself that other commands fill."""


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
) -> None:
    """Measure the judges and write one page; what it tells of other things stays in it."""
    for path in places or []:
        check(path, BLOCKS)
    short = _found(data, mohler.PATTERN, "mohler")
    _found(data, attacks.PATTERN, "templates of attacks")
    found = _measured(folder, data, short)
    key = key_figures(found.levels, found.mohler, found.attacks, found.speed)
    out.parent.mkdir(parents=True, exist_ok=True)
    sections = [*_sections(found, Drawing(out.parent / "images")), *_kept(out)]
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


def _measured(folder: Path, data: Path | None, short: Path | None) -> _Measured:
    """Speeds one after the other; then agreement and attempts, on two processors."""
    from graders.training.levels import measure as measure_levels
    from graders.training.speed import measure as measure_speed

    console = Console(stderr=True)
    with console.status("speed"):
        fast = measure_speed(folder)
    with console.status("throughput of the language-model judge"):
        asked = llm.throughput()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as beside:
        referring = beside.submit(mohler.measured, short) if short else None
        attacking = beside.submit(attacks.measured, folder, data)
        holding = beside.submit(llm.memory)
        with console.status("levels"):
            levelled = measure_levels(folder)
        with console.status("a language model that obeys"):
            obeyed = llm.obeyed(folder, data)
        with console.status("reference answers, attempts to raise the mark"):
            referred = referring.result() if referring else None
            attacked, held = attacking.result(), holding.result()
    return _Measured(levelled, referred, attacked, fast, (asked, *held), obeyed)


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
    ]


def _kept(page: Path) -> Iterator[str]:
    """The places of *page* that other commands fill."""
    there = filled(page.read_text(encoding="utf-8")) if page.is_file() else {}
    for name, made_by in ELSEWHERE.items():
        content = there.get(name) or f"({NOT_MEASURED}; `{made_by}`)"
        yield f"<!-- bench: {name} -->\n\n{content}\n\n<!-- bench end -->\n"


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
        "# How good the judges, the batch engine and the answer box are\n\n"
        "<!-- Written by `make bench`; changes by hand get lost. -->\n\n"
        f"Measured on {datetime.now(UTC):%Y-%m-%d} with the weights {shipped_model().version}, on: "
        f"{machine()}. `make bench` measures the judges again, `make bench FULL=1` the engine and the box, too. What the judge is and where it "
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
