"""Calibration: a monotone map from labelled answers, for one version of one judge."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.answers import Answer
from graders.errors import UsageError
from graders.grading import grade
from graders.judges.calibrated import CalibratedJudge
from graders.judges.calibration import Calibration, Rated, fit, isotonic, load, path_of, save
from graders.levels import DIMENSIONS, Level
from graders.question import load_question
from graders.score import Verdict
from tests.judges.canned import Canned, all_at

QUESTION = load_question("concept/caching")
TEXT = (
    "I would use cache-aside with a time to live, because reads dominate the writes by far here. "
    "Entries expire after five minutes with jitter, so the stale window is bounded."
)


def rated(given: int, label: int, number: int = 0) -> Rated:
    names = DIMENSIONS["concept"]
    return Rated(
        question_id=f"concept/{number % 5}",
        kind="concept",
        given=dict.fromkeys(names, float(given)),
        label=dict.fromkeys(names, Level(label)),
    )


GENEROUS = [rated(n % 5, max(0, n % 5 - 1), n // 5) for n in range(60)]
"""A judge that gives one level too much, wherever it can."""


def judge(calibration: Calibration, level: Level | None = Level.STAFF) -> CalibratedJudge:
    return CalibratedJudge(Canned(all_at(level)), calibration)


def level_of(judge: CalibratedJudge) -> Verdict:
    return judge.judge(QUESTION, Answer(question_id=QUESTION.id, text=TEXT))[0]


def test_a_generous_judge_is_brought_down_and_says_so() -> None:
    found = fit(GENEROUS, judge="canned", version="1")
    verdict = level_of(judge(found))
    assert verdict.level is Level.SENIOR
    assert "staff" in verdict.reason and "senior" in verdict.reason
    assert grade(QUESTION, TEXT, judge=judge(found)).level is Level.SENIOR


def test_the_figures_tell_of_both_on_questions_left_out() -> None:
    figures = fit(GENEROUS, judge="canned", version="1").figures["concept"]
    assert figures.answers == 60
    assert figures.raw == pytest.approx(0.8)
    assert figures.calibrated < 0.1


def test_too_few_answers_change_nothing() -> None:
    found = fit(GENEROUS[:29], judge="canned", version="1")
    assert found.maps == {}
    assert level_of(judge(found)).level is Level.STAFF
    assert level_of(judge(found)).reason == "Canned."


def test_off_stays_off_and_what_could_not_be_judged_stays_so() -> None:
    found = fit([rated(0, 4, n) for n in range(60)], judge="canned", version="1")
    assert level_of(judge(found, Level.OFF)).level is Level.OFF
    assert level_of(judge(found, None)).level is None


def test_a_level_that_was_hardly_ever_given_is_not_moved_by_one_answer() -> None:
    found = fit([*[rated(2, 2, n) for n in range(40)], rated(4, 3)], judge="c", version="1")
    assert found.level("concept", "numbers", Level.STAFF) is Level.STAFF


def test_another_version_is_refused(tmp_path: Path) -> None:
    found = fit(GENEROUS, judge="canned", version="0")
    with pytest.raises(UsageError, match="measured on 'canned 0'"):
        judge(found)


def test_it_is_kept_beside_the_verdicts(tmp_path: Path) -> None:
    found = fit(GENEROUS, judge="canned", version="1")
    save(found, tmp_path)
    assert load(tmp_path, "canned", "1") == found
    with pytest.raises(UsageError, match="no calibration was measured"):
        load(tmp_path, "canned", "2")
    path_of(tmp_path, "canned", "1").write_text("{")
    with pytest.raises(UsageError, match="cannot be read"):
        load(tmp_path, "canned", "1")


def test_another_map_is_another_version() -> None:
    one = judge(fit(GENEROUS, judge="canned", version="1"))
    other = judge(fit([], judge="canned", version="1"))
    assert one.version != other.version


PAIRS = st.lists(st.tuples(st.floats(0, 4), st.floats(0.1, 9)), min_size=1, max_size=30)


@given(PAIRS)
def test_the_isotonic_fit_never_falls_keeps_the_mean_and_is_at_rest(
    pairs: list[tuple[float, float]],
) -> None:
    values, weights = (list(column) for column in zip(*pairs, strict=True))
    fitted = isotonic(values, weights)
    assert all(a <= b + 1e-9 for a, b in pairwise(fitted))
    mean = sum(v * w for v, w in pairs)
    assert sum(v * w for v, w in zip(fitted, weights, strict=True)) == pytest.approx(mean)
    assert isotonic(fitted, weights) == pytest.approx(fitted)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=30, max_size=90))
def test_a_better_level_never_becomes_a_worse_one(pairs: list[tuple[int, int]]) -> None:
    found = fit([rated(*pair, n) for n, pair in enumerate(pairs)], judge="c", version="1")
    mapped = [found.level("concept", "numbers", level) for level in Level]
    assert mapped == sorted(mapped)
