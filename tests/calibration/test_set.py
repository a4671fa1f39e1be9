"""The calibration set keeps its own rules: complete labels, the documented overall level, fair lengths."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graders.levels import DIMENSIONS, Level
from graders.question import load_question
from graders.score import overall

FOLDER = Path(__file__).parent / "answers"
FILES = sorted(FOLDER.glob("*.jsonl"))


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


ENTRIES = [entry for path in FILES for entry in read(path)]


def test_ids_are_unique_and_texts_are_not_repeated() -> None:
    assert max(Counter(entry["id"] for entry in ENTRIES).values()) == 1
    assert max(Counter(" ".join(entry["text"].split()) for entry in ENTRIES).values()) == 1


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_answer_has_a_level_for_each_dimension_and_the_overall_one_follows(
    path: Path,
) -> None:
    for entry in read(path):
        kind = load_question(entry["question_id"]).kind
        assert entry["question_id"].replace("/", "-") == path.stem
        levels = {name: Level.from_label(label) for name, label in entry["dimensions"].items()}
        assert set(levels) == set(DIMENSIONS[kind]), entry["id"]
        found = overall(kind, {name: float(level) for name, level in levels.items()})
        assert found is not None
        assert found[0].label == entry["level"], entry["id"]
        assert entry["shape"] in ("even", "uneven", "borderline")
        assert entry["voice"].strip()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_length_does_not_give_the_level_away(path: Path) -> None:
    entries = read(path)
    lengths = [len(entry["text"].split()) for entry in entries]
    levels = [int(Level.from_label(entry["level"])) for entry in entries]
    assert abs(np.corrcoef(lengths, levels)[0, 1]) < 0.3


def test_over_the_whole_set_length_says_nothing_and_half_of_it_is_uneven() -> None:
    lengths = [len(entry["text"].split()) for entry in ENTRIES]
    levels = [int(Level.from_label(entry["level"])) for entry in ENTRIES]
    assert abs(np.corrcoef(lengths, levels)[0, 1]) < 0.2
    shapes = Counter(entry["shape"] for entry in ENTRIES)
    assert shapes["uneven"] + shapes["borderline"] >= len(ENTRIES) / 2
