"""The arithmetic of scores: one rule, exact, monotone, gated; and values that survive JSON."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from graders.levels import DIMENSIONS, GATE, Kind, Level
from graders.score import Score, Tip, Verdict, dimension_levels, marks, overall

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
UNIT = st.floats(0, 1)
ORIGIN = {"question_id": "concept/x", "judge": "j", "judge_version": "1", "rubric_digest": "d"}
VERDICTS = st.builds(
    Verdict,
    criterion=TEXT,
    dimension=TEXT,
    level=st.none() | st.sampled_from(Level),
    evidence=st.lists(TEXT, max_size=3).map(tuple),
    reason=TEXT,
    confidence=UNIT,
)
TIPS = st.builds(
    Tip, criterion=TEXT, dimension=TEXT, level=st.sampled_from(Level), gap=TEXT, lift=TEXT
)
SCORES = st.builds(
    Score,
    question_id=TEXT,
    judge=TEXT,
    judge_version=TEXT,
    rubric_digest=TEXT,
    level=st.none() | st.sampled_from(Level),
    points=st.none() | UNIT,
    dimensions=st.dictionaries(TEXT, st.floats(0, 4), max_size=3),
    verdicts=st.lists(VERDICTS, max_size=3).map(tuple),
    tips=st.lists(TIPS, max_size=3).map(tuple),
    flags=st.lists(TEXT, max_size=3).map(tuple),
    needs_review=st.booleans(),
    reasons=st.lists(TEXT, max_size=3).map(tuple),
)


LEVELS = st.floats(0, 4)


@st.composite
def judged(draw: st.DrawFn, levels: st.SearchStrategy[Any] = LEVELS) -> tuple[Kind, dict[str, Any]]:
    """A kind and a level for some of its dimensions, at least one."""
    kind = draw(st.sampled_from(sorted(DIMENSIONS)))
    names = draw(st.sets(st.sampled_from(sorted(DIMENSIONS[kind])), min_size=1))
    return kind, {name: draw(levels) for name in sorted(names)}


@pytest.mark.parametrize("kind", DIMENSIONS)
def test_nothing_judged_is_unscored_and_not_zero(kind: Kind) -> None:
    assert overall(kind, {}) is None


@given(judged(st.integers(0, 4)))
def test_the_rule_is_the_gated_weighted_mean_rounded_half_up(
    case: tuple[Kind, dict[str, int]],
) -> None:
    kind, levels = case
    weights = {name: Fraction(DIMENSIONS[kind][name]) for name in levels}
    mean = sum(weights[name] * levels[name] for name in levels) / sum(weights.values())
    gate = levels.get(GATE[kind])
    if gate is not None:
        mean = min(mean, 2 if gate <= Level.BELOW else 3 if gate < Level.SENIOR else 4)
    level, points = overall(kind, levels) or pytest.fail("unscored")
    assert level == int(mean + Fraction(1, 2))
    assert points == pytest.approx(float(mean / 4))


@given(judged(), st.sampled_from(Level))
def test_an_answer_that_is_alike_everywhere_has_that_level(
    case: tuple[Kind, dict[str, float]], level: Level
) -> None:
    kind, names = case
    result = overall(kind, dict.fromkeys(names, float(level)))
    assert result == (level, pytest.approx(level / 4))


@given(judged(), st.data())
def test_a_better_dimension_never_lowers_the_result(
    case: tuple[Kind, dict[str, float]], data: st.DataObject
) -> None:
    kind, levels = case
    name = data.draw(st.sampled_from(sorted(levels)))
    better = {**levels, name: data.draw(st.floats(levels[name], 4))}
    before, after = overall(kind, levels), overall(kind, better)
    assert before is not None
    assert after is not None
    assert after[0] >= before[0]
    assert after[1] >= before[1] - 1e-9
    assert 0 <= before[1] <= 1
    assert 0 <= after[1] <= 1


@given(judged(), st.floats(0, 1.49))
def test_without_judgment_nobody_is_senior(
    case: tuple[Kind, dict[str, float]], judgment: float
) -> None:
    kind, levels = case
    level, points = overall(kind, {**levels, GATE[kind]: judgment}) or pytest.fail("unscored")
    assert level <= Level.MID
    assert points <= 1 / 2 + 1e-9


@given(judged(), st.floats(0, 2.49))
def test_staff_takes_senior_judgment(case: tuple[Kind, dict[str, float]], judgment: float) -> None:
    kind, levels = case
    level, _ = overall(kind, {**levels, GATE[kind]: judgment}) or pytest.fail("unscored")
    assert level <= Level.SENIOR


@given(st.lists(st.tuples(st.sampled_from("ab"), st.none() | st.sampled_from(Level),
                          st.floats(0.5, 6)), max_size=10))  # fmt: skip
def test_a_dimension_lies_between_its_criteria_and_unjudged_ones_do_not_count(
    rows: list[tuple[str, Level | None, float]],
) -> None:
    verdicts = [
        Verdict(criterion=str(number), dimension=dimension, level=level)
        for number, (dimension, level, _) in enumerate(rows)
    ]
    weights = {str(number): weight for number, (_, _, weight) in enumerate(rows)}
    found = dimension_levels(verdicts, weights)
    assert found == dimension_levels([v for v in verdicts if v.level is not None], weights)
    for dimension in "ab":
        levels = [level for name, level, _ in rows if name == dimension and level is not None]
        assert (dimension in found) == bool(levels)
        if levels:
            assert min(levels) - 1e-9 <= found[dimension] <= max(levels) + 1e-9


def test_a_heavier_criterion_counts_for_more() -> None:
    verdicts = [
        Verdict(criterion="heavy", dimension="impact", level=Level.STAFF),
        Verdict(criterion="light", dimension="impact", level=Level.OFF),
    ]
    assert dimension_levels(verdicts, {"heavy": 3, "light": 1}) == {"impact": 3.0}


def test_a_mean_that_floats_put_a_hair_below_the_half_counts_as_the_half() -> None:
    # (3.6 * 2 + 2.7 * 3 + 3.3 * 4) / 11.4 is 2.5, and 2.4999999999999996 in floats.
    weights = {"a": 3.6, "b": 2.7, "c": 1.8, "d": 3.3}
    verdicts = [
        Verdict(criterion=name, dimension="mechanism", level=level)
        for name, level in zip(
            weights, [Level.MID, Level.SENIOR, Level.OFF, Level.STAFF], strict=True
        )
    ]
    levels = dimension_levels(verdicts, weights)
    assert (overall("concept", levels) or pytest.fail("unscored"))[0] is Level.SENIOR


@given(UNIT, UNIT)
def test_marks_grow_with_the_points_and_are_full_from_senior_on(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0 <= marks(low) <= marks(high) <= 1
    assert (marks(high) == 1) == (high >= Level.SENIOR / Level.STAFF)
    assert [marks(points) for points in (0, 0.375, 0.75, 1)] == [0, 0.5, 1, 1]


@given(SCORES)
def test_a_score_survives_json(score: Score) -> None:
    assert Score.model_validate_json(score.model_dump_json()) == score
    assert Score.model_validate(json.loads(json.dumps(score.model_dump(mode="json")))) == score


def test_json_names_levels_and_keeps_unscored_apart_from_zero() -> None:
    unscored = json.loads(Score(**ORIGIN, level=None, points=None).model_dump_json())
    zero = json.loads(Score(**ORIGIN, level=Level.OFF, points=0).model_dump_json())
    assert (unscored["level"], unscored["points"]) == (None, None)
    assert (zero["level"], zero["points"]) == ("off", 0)


def test_a_score_must_say_whether_there_are_points() -> None:
    with pytest.raises(ValidationError, match="points"):
        Score(**ORIGIN, level=None)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    "wrong",
    [{"points": -0.1}, {"points": 1.01}, {"points": float("nan")}, {"level": "great"},
     {"level": 5}, {"marks": 3}, {"dimensions": {"scope": float("nan")}},
     {"dimensions": {"scope": 4.5}}, {"dimensions": {"scope": -1}}],
)  # fmt: skip
def test_a_score_outside_the_scale_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Score(**{**ORIGIN, "level": 3, "points": 1, **wrong})


@pytest.mark.parametrize("level", ['"great"', "5", "-1", "2.5", "true", '""', '"3"', "[]"])
def test_a_reply_with_a_level_that_does_not_exist_is_refused(level: str) -> None:
    with pytest.raises(ValidationError):
        Verdict.model_validate_json(f'{{"criterion": "c", "dimension": "d", "level": {level}}}')


@pytest.mark.parametrize("confidence", [-0.1, 1.1, float("nan"), float("inf")])
def test_confidence_lies_between_nothing_and_certainty(confidence: float) -> None:
    with pytest.raises(ValidationError):
        Verdict(criterion="c", dimension="d", level=Level.MID, confidence=confidence)


def test_a_score_cannot_be_changed_afterwards() -> None:
    score = Score(**ORIGIN, level=Level.MID, points=0.5, dimensions={"scope": 2.0})
    with pytest.raises(ValidationError):
        score.points = 1.0  # type: ignore[misc]
