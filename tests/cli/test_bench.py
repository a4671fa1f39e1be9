"""`seniorkit bench levels` prints what was measured, on any folder of labelled answers."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from graders.cli import main

FOLDER = Path(__file__).parents[1] / "calibration" / "unseen"


def run(monkeypatch: pytest.MonkeyPatch, *args: str) -> int:
    monkeypatch.setattr("sys.argv", ["seniorkit", "bench", "levels", *args])
    with pytest.raises(SystemExit) as end:
        main()
    return int(end.value.code or 0)


def test_the_shipped_judge_is_measured_with_baselines_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("concept-consensus", "story-failure"):
        shutil.copy(FOLDER / f"{name}.jsonl", tmp_path)
    assert run(monkeypatch, str(tmp_path), "--shipped") == 0
    shown = capsys.readouterr().out
    assert "18 labelled answers to 2 questions" in shown
    for row in (
        "overall level | 18",
        "dimensions | 99",
        "kind: story | 9",
        "baseline: length only",
    ):
        assert f"| {row}" in shown
    # The table of labels against given levels holds every answer once.
    counts = [line.split("|")[2:8] for line in shown.splitlines()[-5:]]
    assert sum(int(cell) for row in counts for cell in row) == 18


def test_an_empty_folder_is_wrong_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, str(tmp_path), "--shipped") == 2
    assert "no labelled answers" in capsys.readouterr().err
