"""The figures of the calibration set: every answer is counted once, and nothing that was not judged."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from graders.errors import UsageError
from graders.levels import DIMENSIONS, Level
from graders.score import Score, Verdict
from graders.training import Judged, Labelled, load_labelled
from graders.training.levels import AtLevel, LevelsResult, main_rows, measure, readings
from tests.training.conftest import CALIBRATION, QUESTIONS


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A calibration set of four questions."""
    root = tmp_path_factory.mktemp("set")
    shutil.copy(CALIBRATION / "padding.txt", root)
    for name in ("answers", "heldout"):
        (root / name).mkdir()
        for question in QUESTIONS:
            path = CALIBRATION / name / f"{question.replace('/', '-')}.jsonl"
            if path.is_file():
                shutil.copy(path, root / name)
    return root


@pytest.fixture(scope="module")
def found(folder: Path) -> LevelsResult:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("graders.training.shipped.bank_ids", lambda: QUESTIONS)
        return measure(folder)


def test_every_answer_is_counted_once(folder: Path, found: LevelsResult) -> None:
    answers = load_labelled(folder / "answers")
    assert (found.answers, found.questions) == (len(answers), len(QUESTIONS))
    assert sum(at.scored + at.unscored for at in found.at) == len(answers)
    scored = len(answers) - found.unscored
    for group in ("kind", "shape", "length"):
        rows = [row for name, row in found.groups.items() if name.startswith(group)]
        assert sum(row.count for row in rows) == scored
    rows = found.rows
    assert rows["overall level"].count == scored
    assert rows["uneven and borderline"].count == sum(
        rows[f"{shape} answers"].count for shape in ("uneven", "borderline")
    )


def test_figures_are_shares_and_the_judge_is_better_than_its_baselines(
    found: LevelsResult,
) -> None:
    for row in (*found.rows.values(), *found.groups.values(), *found.heldout.values()):
        assert 0 <= row.exact <= row.near <= 1
    assert found.rows["overall level"].kappa > max(row.kappa for row in found.baselines.values())
    assert found.rows["overall level"].kappa > 0.5


def test_the_shipped_judge_is_measured_on_the_other_writer(
    folder: Path, found: LevelsResult
) -> None:
    assert found.heldout["overall level"].count <= len(load_labelled(folder / "heldout"))
    assert found.heldout["overall level"].kappa > 0.5


def one(shape: str, label: Level, verdicts: list[Level | None], level: Level | None) -> Judged:
    names = list(DIMENSIONS["concept"])
    answer = Labelled("a", "concept/caching", "", label, dict.fromkeys(names, label), shape)
    score = Score(
        question_id="concept/caching", judge="x", judge_version="1", rubric_digest="d",
        level=level, points=None if level is None else level / 4,
        verdicts=tuple(
            Verdict(criterion=f"c{n}", dimension=names[0], level=given)
            for n, given in enumerate(verdicts)
        ),
    )  # fmt: skip
    return Judged(answer, score)


def test_what_was_not_judged_is_in_no_figure() -> None:
    rows = main_rows(
        [
            one("uneven", Level.SENIOR, [Level.SENIOR, None, Level.MID], Level.SENIOR),
            one("uneven", Level.SENIOR, [], None),
            one("even", Level.MID, [Level.MID], Level.MID),
        ]
    )
    assert rows["overall level"].count == 2
    assert rows["criteria"].count == 3
    assert rows["criteria of uneven answers"].exact == 0.5
    assert "borderline answers" not in rows


def test_shares_at_a_label() -> None:
    at = AtLevel(Level.MID, (0, 1, 5, 3, 1), 2)
    assert (at.scored, at.within(0), at.within(1)) == (10, 0.5, 0.9)


def test_a_second_reading_is_compared_with_the_labels(folder: Path, tmp_path: Path) -> None:
    answers = load_labelled(folder / "answers")
    path = tmp_path / "second.jsonl"
    lines = [
        {"id": a.id, "dimensions": {name: level.label for name, level in a.dimensions.items()}}
        for a in answers
    ]
    path.write_text("\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")
    same = readings(answers, path)
    assert same["overall level"].exact == same["dimensions"].kappa == 1
    assert same["dimensions"].count == sum(len(a.dimensions) for a in answers)
    assert readings(answers, tmp_path / "none.jsonl") == {}
    path.write_text(json.dumps({"id": "nobody", "dimensions": {}}), encoding="utf-8")
    with pytest.raises(UsageError, match="no answer 'nobody'"):
        readings(answers, path)
