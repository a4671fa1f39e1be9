"""Tests made of tests fail, or pass, as they are meant to."""

from __future__ import annotations

import ast
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.preprocessors.mutants import (
    caught_test,
    defined,
    false_test,
    guard,
    results_of,
    used,
    wrong_test,
)

TEST = """# 2 points: doubling.
calls.append(1)
assert double(2) == 4, "twice two"
assert double("a") == "aa"
assert double([1]) == [1, 1] and len(double((1,))) == 2
"""
SOURCES = st.sampled_from([TEST, "", "# nothing but words", "%magic\n!ls", "x = 1\nx", "def f(:"])


@given(SOURCES, st.randoms(use_true_random=False))
def test_a_false_test_fails_with_its_own_words_before_anything_happens(
    source: str, chance: random.Random
) -> None:
    code, words = false_test(source, chance)
    calls: list[int] = []
    if source.startswith(("%", "def f(:")):
        assert words in code
        return
    with pytest.raises(AssertionError, match=words):
        exec(compile(code, "test", "exec"), {"calls": calls})
    assert calls == []


@given(SOURCES, st.randoms(use_true_random=False))
def test_a_caught_test_passes_and_leaves_no_name(source: str, chance: random.Random) -> None:
    names: dict[str, object] = {}
    code = caught_test(source, chance)
    exec(compile(code, "test", "exec"), names)
    assert set(names) == {"__builtins__"}
    without = ast.parse(code)
    for node in ast.walk(without):
        if isinstance(node, ast.Try):
            node.body = [ast.Pass()]
    with pytest.raises(LookupError):
        exec(compile(ast.fix_missing_locations(without), "test", "exec"), {})


@given(st.randoms(use_true_random=False), st.booleans())
def test_guards_are_what_they_say(chance: random.Random, true: bool) -> None:
    text = guard(chance, true=true)
    assert eval(text, {"__builtins__": {}}) is true
    assert used(text) == set()


@given(st.randoms(use_true_random=False))
def test_a_wrong_test_fails_for_right_answers_and_passes_only_for_who_looks_it_up(
    chance: random.Random,
) -> None:
    code = wrong_test(TEST, chance)
    with pytest.raises(AssertionError):
        exec(code, {"double": lambda value: value * 2})
    asked = ast.parse(code).body[0].test.comparators[0].value  # type: ignore[attr-defined]
    exec(code, {"double": lambda value: asked})


def test_only_tests_that_stand_alone_become_wrong_tests() -> None:
    chance = random.Random(1)
    assert wrong_test("assert cache.get('a') == 1", chance) == ""
    assert wrong_test("assert f(cache) == 1", chance) == ""
    assert wrong_test("assert f(g(1)) == 1", chance) == ""
    assert wrong_test("assert f(1) is True", chance) == ""
    assert wrong_test("assert f(n=-1, m=[1, {'a': (2,)}]) == 1.5", chance) != ""


@pytest.mark.parametrize(
    ("source", "shown", "results"),
    [
        ("x = 1", "last_expr", 0),
        ("x", "last_expr", 1),
        ("f()\nassert x", "last_expr", 0),
        ("f()\nassert x\nx", "all", 2),
        ("x = 1", "last_expr_or_assign", 1),
    ],
)
def test_how_many_results_a_cell_shows(source: str, shown: str, results: int) -> None:
    assert results_of(source, shown) == results


def test_names_that_are_defined_and_used() -> None:
    assert defined("import a.b as c, d.e\nfrom f import g\ndef h():\n    i = 1\nx = 2") == {
        "c", "d", "g", "h",
    }  # fmt: skip
    assert used("y = math.isclose(f(x), len([]))") == {"math", "math.isclose", "f", "x", "len"}
