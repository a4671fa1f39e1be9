"""The reference judge learns from its labelled short answers, and only from those it may see."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from graders import grade
from graders.errors import UsageError
from graders.judges.embedded.reference import ReferenceJudge
from graders.judges.embedded.reference_model import WEIGHTS
from graders.training.reference_fit import (
    LabelledShort,
    agreement_of,
    calibrated,
    load_short,
    points_unseen,
    train_reference,
)

FILE = Path(__file__).parents[1] / "calibration" / "reference.jsonl"


@pytest.fixture(scope="module")
def answers() -> list[LabelledShort]:
    return load_short(FILE)


def test_the_set_is_what_it_says(answers: list[LabelledShort]) -> None:
    entries = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
    assert len(entries) >= 40 and len(answers) >= 240
    for entry in entries:
        assert len(entry["answers"]) >= 6
        points = [answer["points"] for answer in entry["answers"]]
        assert max(points) >= 4 and min(points) <= 1, entry["id"]
        assert all(0 <= p <= 5 and p * 2 == int(p * 2) for p in points)
    assert max(Counter(entry["id"] for entry in entries).values()) == 1
    assert max(Counter(answer.text for answer in answers).values()) == 1


def test_length_does_not_give_the_points_away(answers: list[LabelledShort]) -> None:
    lengths = [len(answer.text.split()) for answer in answers]
    assert abs(np.corrcoef(lengths, [answer.points for answer in answers])[0, 1]) < 0.3


def test_a_twisted_answer_is_a_wrong_one(answers: list[LabelledShort]) -> None:
    twisted = [answer for answer in answers if answer.twisted]
    assert len(twisted) >= 40
    assert max(answer.points for answer in twisted) <= 1.5


def test_training_twice_gives_the_same_bytes_and_the_shipped_numbers(tmp_path: Path) -> None:
    one, other = tmp_path / "one.json", tmp_path / "other.json"
    for path in (one, other):
        train_reference(FILE, path)
    assert one.read_bytes() == other.read_bytes()
    fresh, shipped = (json.loads(path.read_text(encoding="utf-8")) for path in (one, WEIGHTS))
    for name in ("center", "scale", "coefficients", "intercept", "spread", "noise"):
        np.testing.assert_allclose(fresh[name], shipped[name], atol=2e-4)


def test_labels_of_the_held_out_question_do_not_matter(answers: list[LabelledShort]) -> None:
    few = answers[:80]
    own = few[0].question.id
    turned = [replace(a, points=5 - a.points) if a.question.id == own else a for a in few]
    first, second = calibrated(few)[own], calibrated(turned)[own]
    np.testing.assert_array_equal(first.coefficients, second.coefficients)
    assert first.intercept == second.intercept


def test_points_on_unseen_questions_follow_the_labels(answers: list[LabelledShort]) -> None:
    given = points_unseen(answers)
    fair = [i for i, answer in enumerate(answers) if not answer.twisted]
    reached = agreement_of([given[i] for i in fair], [answers[i].points for i in fair])
    assert reached.count == len(fair) and reached.unscored == 0
    assert reached.r > 0.45 and reached.rmse < 1.65
    right = [given[i] or 0 for i in fair if answers[i].points >= 4.5]
    wrong = [given[i] or 0 for i in fair if answers[i].points <= 0.5]
    assert np.mean(right) > np.mean(wrong) + 1.5


def test_an_answer_to_another_question_earns_little(answers: list[LabelledShort]) -> None:
    right = [answer for answer in answers if answer.points == 5]
    judge = ReferenceJudge()
    own, foreign = [], []
    for answer, other in zip(right, right[7:], strict=False):
        own.append(grade(answer.question, answer.text, judge=judge).points or 0)
        foreign.append(grade(other.question, answer.text, judge=judge).points or 0)
    assert np.mean(foreign) < 0.3 < 0.5 < np.mean(own)


def test_most_twisted_answers_are_shown_to_a_person_or_get_half_at_most(
    answers: list[LabelledShort],
) -> None:
    judge = ReferenceJudge()
    scores = [grade(a.question, a.text, judge=judge) for a in answers if a.twisted]
    passed = [s for s in scores if (s.points or 0) > 0.5 and not s.needs_review]
    assert len(passed) <= 0.35 * len(scores)


def test_a_reference_is_right_and_its_twisted_copy_is_not_more_than_half(
    answers: list[LabelledShort],
) -> None:
    judge = ReferenceJudge()
    for question in {answer.question.id: answer.question for answer in answers}.values():
        text = " ".join(criterion.senior for criterion in question.criteria)
        assert grade(question, text, judge=judge).points == 1, question.id
        score = grade(question, f"It is not true that {text[0].lower()}{text[1:]}", judge=judge)
        assert score.needs_review or (score.points or 0) <= 0.8, question.id


def test_agreement_leaves_out_what_waits_for_a_person() -> None:
    found = agreement_of([1, None, 3, 5], [1, 5, 3, 4])
    assert (found.count, found.unscored) == (3, 1)
    assert found.rmse == pytest.approx((1 / 3) ** 0.5)
    assert np.isnan(agreement_of([2, 2], [1, 5]).r)


def test_an_empty_file_is_said(tmp_path: Path) -> None:
    path = tmp_path / "none.jsonl"
    path.write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="no labelled answers"):
        load_short(path)
