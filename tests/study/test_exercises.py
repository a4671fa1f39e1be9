"""Exercises answer in sentences, whatever a learner's function does."""

from __future__ import annotations

from typing import Any

import pytest

from graders.study.exercises import Checked, case, check

CASES = (
    case((1_000, 0.9), 100, why="one request in ten misses"),
    case((1_000, 1.0), 0, why="nothing misses"),
)


def run(function: Any) -> Checked:
    return check(function, *CASES)


def test_right_is_right_also_a_rounding_away() -> None:
    def load(rate: float, hit: float) -> float:
        return rate * (1 - hit)

    checked = run(load)
    assert checked.done
    assert repr(checked) == "All 2 cases are right."


def _raises(rate: float, hit: float) -> float:
    return rate / 0


def _recurses(rate: float, hit: float) -> float:
    return _recurses(rate, hit)


@pytest.mark.parametrize(
    ("function", "part"),
    [
        (lambda rate, hit: rate * hit, "gave 900.0, not 100. One request in ten misses."),
        (lambda rate, hit: ..., "write the body"),
        (lambda rate, hit: None, "is there a `return`? One request in ten misses."),
        (lambda rate, hit: "100", "gave '100', not 100"),
        (lambda rate, hit: True, "gave True, not 100"),
        (lambda rate, hit: float("nan"), "gave nan, not 100"),
        (lambda rate: 1, "stopped with TypeError"),
        (_raises, "stopped with ZeroDivisionError in line"),
        (_recurses, "stopped with RecursionError"),
        (lambda rate, hit: "x" * 10_000, "…"),
    ],
)
def test_whatever_is_wrong_is_said_in_a_sentence(function: Any, part: str) -> None:
    checked = run(function)
    assert not checked.done
    assert part in checked.message
    assert len(checked.message) < 500


def test_it_counts_what_is_right_already() -> None:
    assert run(lambda rate, hit: 0 if hit == 1 else 7).message.startswith("1 of 2 cases are right.")


def test_a_function_may_change_its_arguments_without_harm() -> None:
    rows = [3, 1, 2]

    def smallest(numbers: list[int]) -> int:
        numbers.sort()
        return numbers.pop(0)

    assert check(smallest, *[case((rows,), 1, why="one is smallest")] * 3).done
    assert rows == [3, 1, 2]


def test_a_rule_may_stand_in_for_a_result() -> None:
    near = case((0.5,), lambda given: 0 <= given <= 1, why="a share lies between 0 and 1")
    assert check(lambda x: x, near).done
    assert check(lambda x: -x, near).message.endswith("gave -0.5. A share lies between 0 and 1.")


@pytest.mark.parametrize(
    ("given", "done"),
    [([1.0, (2, 3)], True), ([1, (2, 4)], False), ([1], False), ((1, (2, 3)), True)],
)
def test_lists_are_compared_item_by_item(given: Any, done: bool) -> None:
    assert check(lambda: given, case((), [1, (2, 3)], why="so")).done is done
