"""Speed is measured in a process of its own, with figures that fit together."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from graders.errors import UsageError
from graders.training.speed import SpeedResult, machine, measure
from tests.training.conftest import CALIBRATION


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> SpeedResult:
    folder = tmp_path_factory.mktemp("set")
    (folder / "answers").mkdir()
    shutil.copy(CALIBRATION / "answers" / "concept-caching.jsonl", folder / "answers")
    return measure(folder, runs=1, processes=1)


def test_figures_fit_together(found: SpeedResult) -> None:
    run = found.run
    lines = (CALIBRATION / "answers" / "concept-caching.jsonl").read_text(encoding="utf-8")
    assert run.count == len(lines.splitlines())
    assert 0 < run.median_ms <= run.p95_ms
    # One thread: the processor cannot have worked longer than the clock ran.
    assert run.seconds <= run.clock * 1.05
    assert found.rate == pytest.approx(run.count / run.seconds)
    assert run.median_ms / 1000 * run.count < 2 * run.seconds


def test_memory_is_that_of_the_judge_alone(found: SpeedResult) -> None:
    # Less than this process takes with all that tests import, more than a bare Python.
    assert 50 < found.run.memory_mb < 1000


def test_a_whole_process_takes_longer_than_one_answer(found: SpeedResult) -> None:
    assert found.process > found.run.median_ms / 1000
    assert found.process_clock > 0


def test_a_failure_of_the_process_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no labelled answers"):
        measure(tmp_path, runs=1, processes=0)


def test_the_machine_is_named_in_one_line() -> None:
    assert "cores" in machine()
    assert "\n" not in machine()
