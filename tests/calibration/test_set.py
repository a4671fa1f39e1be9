"""The calibration set keeps its own rules: complete labels, the documented overall level, fair lengths."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graders import grade
from graders.cli.bench.all import set_table
from graders.cli.bench.tables import agreements, filled
from graders.levels import DIMENSIONS, Level
from graders.question import bank_ids, load_question
from graders.score import overall
from graders.training import load_labelled
from graders.training.levels import readings as second_readings

HERE = Path(__file__).parent
FILES = sorted([*HERE.glob("answers/*.jsonl"), *HERE.glob("heldout/*.jsonl")])


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


ENTRIES = [entry for path in FILES for entry in read(path)]
LABELLED = {entry["id"]: entry for entry in ENTRIES}
TRAINED, HELDOUT = HERE / "answers", HERE / "heldout"
PARAMETERS = {"ids": lambda path: f"{path.parent.name}/{path.stem}"}


def runs(text: str) -> set[str]:
    """All runs of eight words: what two texts share if one was made from the other."""
    found = text.lower().split()
    return {" ".join(found[i : i + 8]) for i in range(len(found) - 7)}


def test_ids_are_unique_and_texts_are_not_repeated() -> None:
    assert max(Counter(entry["id"] for entry in ENTRIES).values()) == 1
    assert max(Counter(" ".join(entry["text"].split()) for entry in ENTRIES).values()) == 1


@pytest.mark.parametrize("path", FILES, **PARAMETERS)
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


@pytest.mark.parametrize("path", sorted(TRAINED.glob("*.jsonl")), **PARAMETERS)
def test_length_does_not_give_the_level_away(path: Path) -> None:
    assert abs(length_and_level(read(path))) < 0.3


def length_and_level(entries: list[dict[str, Any]]) -> float:
    lengths = [len(entry["text"].split()) for entry in entries]
    levels = [int(Level.from_label(entry["level"])) for entry in entries]
    return float(np.corrcoef(lengths, levels)[0, 1])


def test_over_the_whole_set_length_says_nothing_and_half_of_it_is_uneven() -> None:
    trained = [entry for path in TRAINED.glob("*.jsonl") for entry in read(path)]
    assert abs(length_and_level(trained)) < 0.2
    shapes = Counter(entry["shape"] for entry in trained)
    assert len(trained) >= 480
    assert shapes["uneven"] >= 240
    assert shapes["borderline"] >= 60
    assert shapes["uneven"] + shapes["borderline"] >= len(trained) / 2


def test_every_question_of_the_bank_has_answers_at_most_levels() -> None:
    levels: dict[str, set[str]] = {}
    for path in TRAINED.glob("*.jsonl"):
        for entry in read(path):
            levels.setdefault(entry["question_id"], set()).add(entry["level"])
    assert sorted(levels) == sorted(bank_ids())
    assert min(len(found) for found in levels.values()) >= 4


def test_nothing_that_is_held_out_is_trained_on() -> None:
    trained = [runs(entry["text"]) for path in TRAINED.glob("*.jsonl") for entry in read(path)]
    seen = set().union(*trained)
    for path in HELDOUT.glob("*.jsonl"):
        for entry in read(path):
            mine = runs(entry["text"])
            assert len(mine & seen) <= 0.1 * len(mine), entry["id"]


@pytest.mark.parametrize(
    ("name", "folder", "at_least"),
    [("second_reader.jsonl", TRAINED, 150), ("heldout_second_reader.jsonl", HELDOUT, 0)],
)
def test_a_second_reader_read_every_dimension_of_answers_that_are_there(
    name: str, folder: Path, at_least: int
) -> None:
    path = HERE / name
    readings = read(path) if path.is_file() else []
    assert len(readings) >= at_least
    assert len({reading["id"] for reading in readings}) == len(readings)
    own = {entry["id"] for file in folder.glob("*.jsonl") for entry in read(file)}
    for reading in readings:
        assert reading["id"] in own
        assert set(reading["dimensions"]) == set(LABELLED[reading["id"]]["dimensions"])
        for label in reading["dimensions"].values():
            Level.from_label(label)


def test_counts_in_the_readme_are_those_of_the_files() -> None:
    places = filled((HERE / "README.md").read_text(encoding="utf-8"))
    assert places["set"] == set_table(HERE).strip(), "run `make bench`"


def test_two_readers_agree_as_published() -> None:
    answers = load_labelled(TRAINED)
    found = second_readings(answers, HERE / "second_reader.jsonl")
    assert found["overall level"].kappa > 0.9
    published = filled((HERE / "README.md").read_text(encoding="utf-8"))["readers"]
    for row in agreements(found).splitlines()[2:]:
        assert row in published, "run `make bench`"


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
