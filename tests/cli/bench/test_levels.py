"""`seniorkit bench levels` prints what was measured, on any calibration set."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.bench.conftest import Run, lines, table_under


def test_everything_that_a_reader_asks_for_is_there(
    small_set: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("levels", small_set) == 0
    shown = capsys.readouterr().out
    count = sum(len(lines(path)) for path in (small_set / "answers").iterdir())
    assert f"{count} labelled answers to 3 questions" in shown
    names = [row[0] for row in table_under(shown, "## Levels")]
    assert names[0] == "overall level"
    assert {"uneven and borderline", "dimensions of uneven answers", "criteria"} <= set(names)
    simple = table_under(shown, "### Simple means")
    assert {"length only", "vectors only", "TF-IDF and ridge"} <= {row[0] for row in simple}
    groups = {row[0] for row in table_under(shown, "### By kind")}
    assert {"kind: story", "shape: uneven"} <= groups
    # The table of labels against given levels holds every answer once.
    by_label = table_under(shown, "### By label")
    assert sum(int(cell) for row in by_label for cell in row[1:7]) == count
    sure = table_under(shown, "### When the judge is not sure")
    assert [row[0] for row in sure] == ["100 %", "80 %", "60 %", "50 %", "40 %"]
    other = table_under(shown, "### Another writer")[0]
    assert int(other[1]) <= len(lines(small_set / "heldout" / "concept-consensus.jsonl"))
    readers = table_under(shown, "### Another reader")
    assert int(readers[0][1]) == len(lines(small_set / "second_reader.jsonl")) > 0


def test_an_empty_folder_is_wrong_use(
    tmp_path: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("levels", tmp_path) == 2
    assert "no labelled answers" in capsys.readouterr().err
