"""The calibration set keeps its own rules: complete labels, the documented overall level, fair lengths."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graders import grade
from graders.levels import DIMENSIONS, Level
from graders.question import load_question
from graders.score import overall
from graders.training import kappa

HERE = Path(__file__).parent
FILES = sorted([*HERE.glob("answers/*.jsonl"), *HERE.glob("unseen/*.jsonl")])


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


def test_trained_and_unseen_questions_do_not_overlap() -> None:
    trained, unseen = (
        {path.stem for path in HERE.glob(f"{name}/*")} for name in ("answers", "unseen")
    )
    assert trained and unseen and not trained & unseen


def test_two_readers_agree_as_published() -> None:
    labels = {entry["id"]: entry for entry in ENTRIES}
    parts: list[tuple[int, int]] = []
    wholes: list[tuple[int, int]] = []
    for reading in read(HERE / "second_reader.jsonl"):
        entry = labels[reading["id"]]
        second = {name: Level.from_label(label) for name, label in reading["dimensions"].items()}
        for name, label in entry["dimensions"].items():
            parts.append((Level.from_label(label), second[name]))
        found = overall(load_question(entry["question_id"]).kind, second)
        assert found is not None
        wholes.append((Level.from_label(entry["level"]), found[0]))
    assert (len(wholes), len(parts)) == (162, 1044)
    readme = (HERE / "README.md").read_text(encoding="utf-8")
    for name, pairs in (("overall level", wholes), ("dimensions (1,044)", parts)):
        agreed = f"{kappa(*zip(*pairs, strict=True)):.2f}".lstrip("0")
        exact = f"{np.mean([a == b for a, b in pairs]):.2f}".lstrip("0")
        assert f"| {name} | {agreed} | {exact} |" in readme


def test_no_trick_makes_a_weak_answer_senior() -> None:
    hostile = read(HERE / "hostile.jsonl")
    assert len(hostile) == 100 and len({entry["kind"] for entry in hostile}) >= 25
    for entry in hostile:
        assert entry["level"] in ("off", "below")
        assert (grade(entry["question_id"], entry["text"]).level or Level.OFF) < Level.SENIOR


def test_an_honest_answer_that_looks_suspicious_keeps_its_level_within_one() -> None:
    lookalikes = read(HERE / "lookalikes.jsonl")
    assert len(lookalikes) == 30
    for entry in lookalikes:
        score = grade(entry["question_id"], entry["text"])
        assert score.level is not None, entry["id"]
        assert score.level >= Level.from_label(entry["level"]) - 1, entry["id"]
