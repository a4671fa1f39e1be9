"""The benchmark runs on a small file of the same form, out of fold, the same each time."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from graders.errors import UsageError
from graders.judges.embedded.reference_features import NAMES
from graders.training.mohler import BASELINES, COLUMNS, MohlerResult, measure
from graders.training.mohler_features import COMPANY, company, prepare_all, rarity

SHORT = Path(__file__).parents[1] / "calibration" / "reference.jsonl"
QUESTIONS, ASSIGNMENTS = 12, 3

TRIPLES = [
    ("What is a cache?", "A small fast store for results.", "a fast store that keeps results"),
    ("What is a cache?", "A small fast store for results.", "it keeps results in a fast store"),
    ("What is a cache?", "A small fast store for results.", "a green bird"),
    ("What is a queue?", "A list where the first in is the first out.", "first in, first out"),
]


def write(path: Path, rows: list[dict[str, object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return path


def small() -> list[dict[str, object]]:
    entries = [json.loads(line) for line in SHORT.read_text(encoding="utf-8").splitlines()]
    return [
        {
            "question_id": entry["id"],
            "assignment": 1 + number % ASSIGNMENTS,
            "question": entry["prompt"],
            "reference": entry["reference"],
            "answer": answer["text"],
            "score_avg": answer["points"],
        }
        for number, entry in enumerate(entries[:QUESTIONS])
        for answer in entry["answers"]
        if not answer["twisted"]
    ]


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> MohlerResult:
    return measure(write(tmp_path_factory.mktemp("mohler") / "small.csv", small()))


def test_all_answers_are_counted_in_every_protocol(result: MohlerResult) -> None:
    assert result.n == len(small())
    for fit in (result.assignment, result.question, result.assignment_company, result.shipped):
        assert fit.count + fit.unscored == result.n
        assert 0 < fit.rmse < 5
    assert result.r == result.assignment.r and result.shipped_r == result.shipped.r
    assert set(result.baselines) == set(BASELINES)
    assert any("Mohler" in name for name in result.anchors)


def test_likeness_beats_length(result: MohlerResult) -> None:
    assert result.shipped_r > result.baselines["length only"].r
    assert result.r > 0.1


def test_the_same_file_gives_the_same_figures(result: MohlerResult, tmp_path: Path) -> None:
    assert measure(write(tmp_path / "again.csv", small())) == result


def test_chance_labels_are_not_predicted(tmp_path: Path) -> None:
    """Grades drawn by lot have nothing to learn: what is found anyhow would be a leak."""
    rows = small()
    drawn = np.random.default_rng(3).permutation([float(str(row["score_avg"])) for row in rows])
    lot = [{**row, "score_avg": points} for row, points in zip(rows, drawn, strict=True)]
    found = measure(write(tmp_path / "lot.csv", lot))
    for fit in (found.assignment, found.question, found.assignment_company):
        assert fit.r < 0.3


def test_rarity_counts_only_the_training_answers() -> None:
    train = np.array([0, 3])
    one = rarity(prepare_all(TRIPLES), train)
    changed = [TRIPLES[0], (*TRIPLES[1][:2], "store store bird bird"), *TRIPLES[2:]]
    other = rarity(prepare_all(changed), train)
    np.testing.assert_array_equal(one[[0, 2, 3]], other[[0, 2, 3]])
    assert one[0, 0] > one[2, 0]


def test_an_answer_that_stands_alone_has_no_company() -> None:
    texts = prepare_all(TRIPLES)
    rows = company(texts, np.array(["cache", "cache", "cache", "queue"]))
    assert rows.shape == (4, COMPANY)
    assert not rows[3].any()
    assert np.isfinite(rows).all()
    # The two that say the same are nearer to the rest than the one about a bird.
    assert min(rows[0, 1], rows[1, 1]) > rows[2, 1]


def test_baselines_look_at_features_that_exist() -> None:
    assert all(name in NAMES for names in BASELINES.values() for name in names)


@pytest.mark.parametrize("column", COLUMNS)
def test_a_file_without_a_column_is_said(column: str, tmp_path: Path) -> None:
    rows = [{k: v for k, v in row.items() if k != column} for row in small()[:3]]
    with pytest.raises(UsageError, match=column):
        measure(write(tmp_path / "short.csv", rows))


def test_a_missing_file_or_a_wrong_number_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        measure(tmp_path / "none.csv")
    rows = [{**row, "score_avg": "five"} for row in small()[:3]]
    with pytest.raises(UsageError, match="wrong number"):
        measure(write(tmp_path / "word.csv", rows))
