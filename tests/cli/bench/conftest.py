"""A calibration set that is measured in a few seconds."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from graders.cli import main

CALIBRATION = Path(__file__).parents[2] / "calibration"
QUESTIONS = ("concept/consensus", "story/ambiguity", "design/rate-limiter")

Run = Callable[..., int]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `seniorkit bench` with the arguments; returns the exit status."""

    def started(*args: object) -> int:
        monkeypatch.setattr("sys.argv", ["seniorkit", "bench", *map(str, args)])
        with pytest.raises(SystemExit) as end:
            main()
        return int(end.value.code or 0)

    monkeypatch.setattr("graders.training.shipped.bank_ids", lambda: QUESTIONS)
    return started


@pytest.fixture(scope="session")
def small_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three questions, second readings of their answers, a few attempts and look-alikes."""
    root = tmp_path_factory.mktemp("set")
    (root / "answers").mkdir()
    shutil.copy(CALIBRATION / "padding.txt", root)
    ids = set()
    for question in QUESTIONS:
        path = CALIBRATION / "answers" / f"{question.replace('/', '-')}.jsonl"
        shutil.copy(path, root / "answers")
        ids |= {json.loads(line)["id"] for line in lines(path)}
    (root / "heldout").mkdir()
    shutil.copy(CALIBRATION / "heldout" / "concept-consensus.jsonl", root / "heldout")
    second = lines(CALIBRATION / "second_reader.jsonl")
    write(root / "second_reader.jsonl", [line for line in second if json.loads(line)["id"] in ids])
    for name in ("hostile.jsonl", "lookalikes.jsonl"):
        write(root / name, lines(CALIBRATION / name)[:4])
    return root


def lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line]


def write(path: Path, content: list[str]) -> None:
    path.write_text("\n".join(content) + "\n", encoding="utf-8")


def table_under(page: str, title: str) -> list[list[str]]:
    """The cells of the first table after *title*, without its head."""
    rows = []
    for line in page[page.index(title) :].splitlines():
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
        elif rows:
            break
    return rows[2:]
