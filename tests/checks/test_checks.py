"""The file of hidden checks, the comparison, and the points that come of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.checks import (
    Check,
    Observation,
    load_checks,
    load_probes,
    passes,
    settle,
    write_probes,
)
from graders.errors import RubricError

FILE = """
assignment: hw
given: "clock = 5"
checks:
  - grade_id: tests
    given: "seen = [clock]"
    expression: seen
    expected: [SECRET]
    points: 1
    message: the clock
  - grade_id: tests
    expression: f(1)
    raises: ValueError
    points: 1
    message: f of one
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "hw"
    folder.mkdir()
    mark = {"grade": True, "solution": False, "points": 3, "grade_id": "tests"}
    cells = [
        {"cell_type": "code", "metadata": {"nbgrader": mark}, "source": ""},
        {"cell_type": "code", "metadata": {}, "source": ""},
        {"cell_type": "markdown", "metadata": {"nbgrader": {**mark, "grade_id": "essay"}}},
    ]
    (folder / "hw.ipynb").write_text(json.dumps({"cells": cells}))
    (folder / "hw.checks.yaml").write_text(FILE)
    return folder


def test_checks_are_read_with_what_is_given_to_all_of_them(source: Path) -> None:
    checks = load_checks(source)["hw"]
    assert [check.points for check in checks.checks] == [1, 1]
    assert [probe.given for probe in checks.probes] == ["clock = 5\nseen = [clock]", "clock = 5"]
    assert [probe.number for probe in checks.probes] == [0, 1]


def test_what_workers_get_holds_the_questions_and_no_answer(source: Path, tmp_path: Path) -> None:
    probes = load_checks(source)["hw"].probes
    write_probes(tmp_path, "hw", probes)
    written = (tmp_path / "hw.probes.json").read_text()
    assert load_probes(tmp_path, "hw") == probes == load_probes(source, "hw")
    for secret in ("SECRET", "ValueError", "the clock", "points"):
        assert secret not in written
    assert load_probes(tmp_path, "other") == ()


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("assignment: hw", "assignment: other", "other"),
        ("grade_id: tests\n    expr", "grade_id: essay\n    expr", "no graded code cell 'essay'"),
        ("points: 1\n    message: f", "points: 2.5\n    message: f", "3.5 points"),
        ("points: 1\n    message: f", "points: 0\n    message: f", "points"),
        ("raises: ValueError", "raises: ValueError\n    expected: 1", "one of expected"),
        ("    raises: ValueError\n", "", "one of expected"),
        ("raises: ValueError", "rises: ValueError", "rises"),
        ("expression: f(1)", "expression: f(1) == 2", "tell the kernel"),
        ("expression: f(1)", "expression: f(", "not Python"),
        ("expression: f(1)", "expression: f = 1", "one Python expression"),
        ('"seen = [clock]"', '"assert clock == 5"', "tell the kernel"),
        ("raises: ValueError", "property: x = 1", "last line"),
        ("raises: ValueError", "tolerance: -1\n    raises: ValueError", "tolerance"),
    ],
)
def test_a_broken_file_stops_with_one_clear_error(
    source: Path, old: str, new: str, complaint: str
) -> None:
    assert old in FILE
    (source / "hw.checks.yaml").write_text(FILE.replace(old, new, 1))
    with pytest.raises(RubricError, match=r"hw.checks.yaml") as error:
        load_checks(source)
    assert complaint in str(error.value)


def test_checks_without_their_notebook_stop_the_run(source: Path) -> None:
    (source / "hw.ipynb").unlink()
    with pytest.raises(RubricError, match=r"hw.ipynb"):
        load_checks(source)


def check(**said: Any) -> Check:
    return Check.model_validate(
        {"grade_id": "tests", "expression": "f()", "points": 1, "message": "wrong"} | said
    )


def seen(text: str, kind: Any = "value") -> Observation:
    return Observation(number=0, kind=kind, text=text)


@pytest.mark.parametrize(
    ("said", "observed", "passed"),
    [
        ({"expected": 42}, seen("42"), True),
        ({"expected": 42}, seen("41"), False),
        ({"expected": None}, seen("None"), True),
        ({"expected": [1, {"a": 2}]}, seen("(1, {'a': 2})"), True),
        ({"expected": 0.5, "tolerance": 0.1}, seen("0.55"), True),
        ({"expected": "..."}, seen("..."), False),
        ({"raises": "ValueError"}, seen("ValueError Exception object", "raised"), True),
        ({"raises": "LookupError"}, seen("KeyError LookupError Exception", "raised"), True),
        ({"raises": "ValueError"}, seen("TypeError Exception object", "raised"), False),
        ({"raises": "ValueError"}, seen("'ValueError'"), False),
        ({"expected": "ValueError"}, seen("ValueError", "raised"), False),
        ({"property": "0 < value < 1"}, seen("0.5"), True),
        ({"property": "0 < value < 1"}, seen("2"), False),
        ({"property": "0 < value < 1"}, seen("'text'"), False),
        ({"property": "import math\nx = math.sqrt(value)\nx == 3"}, seen("9"), True),
        ({"property": "value.nothing"}, seen("9"), False),
        ({"property": "raise SystemError\nTrue"}, seen("9"), False),
        ({"property": "True"}, seen("", "late"), False),
        ({"property": "True"}, seen("", "gone"), False),
    ],
)
def test_what_passes(said: dict[str, Any], observed: Observation, passed: bool) -> None:
    result = passes(check(**said), observed)
    assert result.passed is passed
    assert bool(result.message) is not passed


@given(st.text(max_size=200), st.sampled_from(["value", "raised", "late", "gone"]))
def test_no_observation_breaks_the_comparison_or_repeats_the_answer(text: str, kind: Any) -> None:
    for said in ({"expected": 731_927}, {"raises": "Q731927"}, {"property": "value == 731927"}):
        result = passes(check(**said), seen(text, kind))
        assert "731927" not in result.message.replace(text, "")


def test_a_property_may_say_what_is_wrong() -> None:
    said = passes(check(property="'too low' if value < 5 else True"), seen("3"))
    assert (said.passed, said.message) == (False, "wrong: too low")


TWO = [(0, check(expected=1, points=1.5)), (1, check(expected=2, points=0.5, message="two"))]
RIGHT = {0: seen("1"), 1: seen("2")}


@pytest.mark.parametrize(
    ("observed", "tests", "points", "review"),
    [
        (RIGHT, 3.0, 3.0, False),
        (RIGHT, 0.0, 2.0, False),
        (RIGHT, 1.5, 2.5, False),
        (RIGHT, None, 2.0, True),
        ({0: seen("1"), 1: seen("9")}, 3.0, 2.5, False),
        ({0: seen("9"), 1: seen("9")}, 0.0, 0.0, False),
        ({0: seen("1")}, 3.0, 2.5, True),
        ({}, None, None, True),
    ],
)
def test_checks_and_tests_share_the_points(
    observed: dict[int, Observation], tests: float | None, points: float | None, review: bool
) -> None:
    outcome = settle(TWO, observed, tests=tests, max_points=3.0)
    assert (outcome.points, outcome.needs_review) == (points, review)


def test_the_learner_is_told_each_message_once() -> None:
    outcome = settle(
        [*TWO, (2, check(expected=3, points=0.5, message="two"))],
        {0: seen("1"), 1: seen("0"), 2: seen("0")},
        tests=3.0,
        max_points=3.0,
    )
    assert outcome.comment == "- two"


@given(
    st.lists(st.sampled_from([seen("1"), seen("2"), seen("x"), None]), min_size=2, max_size=2),
    st.none() | st.floats(0, 3),
)
def test_points_never_leave_their_range(found: list[Observation | None], tests: float) -> None:
    observed = {number: one for number, one in enumerate(found) if one is not None}
    outcome = settle(TWO, observed, tests=tests, max_points=3.0)
    assert outcome.points is None or 0 <= outcome.points <= 3
