"""`seniorkit bench all` writes one page with its charts, and the figures wherever they stand."""

from __future__ import annotations

import xml.etree.ElementTree as xml
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import pytest

from graders.cli.bench.key import key_figures
from graders.cli.bench.speed import section
from graders.cli.bench.tables import filled
from graders.training.attacks import AttackResult, AttackRow
from graders.training.levels import LevelsResult
from graders.training.measure import Agreement
from graders.training.mohler import MohlerResult
from graders.training.reference_fit import Fit
from graders.training.speed import Run as SpeedRun
from graders.training.speed import SpeedResult
from graders.training.sureness import Sureness
from graders.training.throughput import Run as Throughput
from tests.cli.bench.conftest import Run, table_under

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "benchmarks.md"
FAST = SpeedResult(SpeedRun(1000, 2.0, 2.5, 1.8, 4.0, 250.0, 0.5), 0.6, 0.7)
ASKED = Throughput(640, 16, 0.3, 12.6, 1.0, 640, 120.0)


class Here:
    """A pool whose tasks run in this process, where their parts can be replaced."""

    def __init__(self, *arguments: object, **more: object) -> None:
        pass

    def __enter__(self) -> Here:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def submit(self, task: Callable[..., object], *arguments: object) -> Future[object]:
        future: Future[object] = Future()
        future.set_result(task(*arguments))
        return future


def test_one_page_with_charts_and_the_places_filled(
    small_set: Path,
    tmp_path: Path,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)  # where there are no templates of our own
    monkeypatch.setattr("graders.training.speed.measure", lambda folder: FAST)
    monkeypatch.setattr("graders.training.throughput.measure", lambda *run, **how: ASKED)
    monkeypatch.setattr("graders.cli.bench.all.ProcessPoolExecutor", Here)
    card = tmp_path / "card.md"
    card.write_text("<!-- bench: key -->\n<!-- bench end -->\n", encoding="utf-8")
    out = tmp_path / "docs" / "page.md"
    out.parent.mkdir()
    out.write_text("<!-- bench: box -->\n\nThe box, measured.\n\n<!-- bench end -->\n")
    status = run("all", small_set, "--out", out, "--fill", card, "--data", tmp_path)
    assert status == 0
    said = capsys.readouterr()
    assert "mohler: skipped, there is no mohler*.csv" in said.err
    assert str(out) in said.out
    page = out.read_text(encoding="utf-8")
    for title in ("## Levels", "## Reference answers", "## Attempts", "## Speed", "## Throughput",
                  "## A language model that obeys"):  # fmt: skip
        assert f"\n{title}" in page
    assert filled(page)["box"] == "The box, measured."
    assert "bench batch --full" in filled(page)["batch"]
    assert "not measured" in page
    assert filled(card.read_text(encoding="utf-8"))["key"] in page
    images = sorted((tmp_path / "docs" / "images").iterdir())
    assert len(images) == 4
    for image in images:
        assert f"](images/{image.name})" in page
        assert xml.parse(image).getroot().tag.endswith("svg")


def test_a_page_that_cannot_be_filled_is_said_before_anything_is_measured(
    small_set: Path, tmp_path: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    card = tmp_path / "card.md"
    card.write_text("no place", encoding="utf-8")
    assert run("all", small_set, "--out", tmp_path / "page.md", "--fill", card) == 2
    assert "no place to fill" in capsys.readouterr().err
    assert not (tmp_path / "page.md").exists()


def test_what_is_not_reached_says_no() -> None:
    good = Agreement(100, 0.95, 0.9, 0.97, 0.8, 1.0, 0.9)
    rows = dict.fromkeys(
        ("overall level", "uneven and borderline", "dimensions of uneven answers",
         "criteria of uneven answers"), good,
    )  # fmt: skip
    sure = Sureness(100, 0.82, 1.2, 0.3, 0.95, 0.6, ())
    levels = LevelsResult(100, 10, 0, rows, {}, {}, (), sure, {"overall level": good}, {})
    fit = Fit(10, 0.66, 0.83)
    mohler = MohlerResult(10, fit, fit, fit, fit, fit, {}, {})
    attacks = {"own": AttackResult((), AttackRow("all", 9, 0, 0, 0, 0.0, 0.0, 0.5), (), ())}
    words = [
        row[-1] for row in table_under(key_figures(levels, mohler, attacks, FAST), "| measure")
    ]
    assert "no" not in words and words.count("yes") >= 11
    bad = replace(good, kappa=0.3, bar=0.5)
    poor = replace(levels, rows=dict.fromkeys(rows, bad), heldout={"overall level": bad})
    through = {"own": AttackResult((), AttackRow("all", 9, 1, 0, 1, 0.0, 0.2, 0.5), (), ())}
    slow = SpeedResult(replace(FAST.run, seconds=10.0, median_ms=9.0, memory_mb=500.0), 2.0, 2.0)
    missed = MohlerResult(10, Fit(10, 0.66, 0.9), fit, fit, fit, fit, {}, {})
    words = [row[-1] for row in table_under(key_figures(poor, missed, through, slow), "| measure")]
    assert words.count("no") == 11
    without = key_figures(levels, None, attacks, FAST)
    assert "not measured" in without


def test_speed_is_told_beside_what_it_is_compared_with() -> None:
    shown = section(FAST)
    assert "| batch of 1,000 different answers | 500 a second | 400 a second |" in shown
    assert "2,000 a second" in shown and "| ours against it | 0.25 |" in shown


@pytest.mark.parametrize(
    "page", ["graders/judges/embedded/MODEL_CARD.md", "tests/calibration/README.md"]
)
def test_figures_in_other_pages_are_those_of_the_last_run(page: str) -> None:
    measured = PAGE.read_text(encoding="utf-8")
    places = filled((ROOT / page).read_text(encoding="utf-8"))
    for name in ("key", "readers"):
        assert name not in places or places[name] in measured, f"{name}: run `make bench`"
    assert all(places.values()), "run `make bench`"


def test_every_chart_of_the_page_is_there() -> None:
    measured = PAGE.read_text(encoding="utf-8")
    charts = [part.partition(")")[0] for part in measured.split("](images/")[1:]]
    assert len(charts) >= 4
    for name in charts:
        assert (PAGE.parent / "images" / name).is_file()
