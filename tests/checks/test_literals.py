"""Text from a kernel becomes a plain value or a clear refusal, never anything else."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.checks.literals import MAX_CHARS, read_value, same

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.complex_numbers(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.binary(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=4)
        | st.frozensets(st.integers() | st.text(max_size=5), max_size=4)
    ),
    max_leaves=12,
)

HOSTILE = {
    "deep brackets": "[" * 10_000 + "]" * 10_000,
    "deep dictionaries": "{1:" * 10_000,
    "deep signs": "-" * 60_000 + "1",
    "deep nots": "not " * 15_000 + "1",
    "deep lambdas": "lambda:" * 9_000 + "1",
    "long sums": "1+" * 30_000 + "1",
    "long complex sums": "1j+" * 20_000 + "1j",
    "long attributes": "a" + ".a" * 30_000,
    "long calls": "a" + "()" * 30_000,
    "long comparisons": "1<" * 30_000 + "1",
    "powers": "9**9**9**9",
    "many digits": "9" * 60_000,
    "a megabyte": "'" + "x" * 1_000_000 + "'",
    "a call": "__import__('os').system('true')",
    "a call in a list": "[1, exit()]",
    "a call of numpy": "np.fromfile('/etc/passwd', int)",
    "a comprehension": "[x for x in range(9**9)]",
    "a name": "MAX_CHARS",
    "an attribute": "().__class__",
    "an f-string": "f'{1}'",
    "an ellipsis": "...",
    "a repr of an object": "<object object at 0x7f>",
    "an unhashable key": "{[]: 1}",
    "an unhashable member": "{[], []}",
    "a set of a number": "set(1)",
    "a frozen set of lists": "frozenset([[]])",
    "a dictionary of a number": "OrderedDict(1)",
    "a sign before text": "-'x'",
    "a sign before a truth value": "-True",
    "a sum": "1 + 1",
    "a star": "[*range(9)]",
    "a null": "\0",
    "half a character": "'\ud800",
    "nothing": "",
    "two lines": "1\n2",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_plain_value_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_value(text)


@given(st.text(max_size=300) | st.text(alphabet="()[]{}'\",:-+.jnp0123456789 ", max_size=300))
def test_no_text_raises_anything_but_a_refusal(text: str) -> None:
    try:
        value = read_value(text)
    except ValueError:
        return
    same(value, value, 0.0)


@given(PLAIN)
def test_every_plain_value_is_read_back_as_it_was(value: Any) -> None:
    assert same(read_value(repr(value)), value, 0.0)


@given(PLAIN, PLAIN, st.floats(0, 1))
def test_comparison_never_raises_and_everything_is_the_same_as_itself(
    value: Any, other: Any, tolerance: float
) -> None:
    assert same(value, value, tolerance)
    assert same(value, other, tolerance) in (True, False)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("nan", math.nan),
        ("[inf, -inf]", [math.inf, -math.inf]),
        ("-0.0", 0.0),
        ("(1-2j)", 1 - 2j),
        ("set()", set()),
        ("frozenset({1, 2})", frozenset({1, 2})),
        ("deque([1, 2])", [1, 2]),
        ("OrderedDict([('a', 1)])", {"a": 1}),
        (repr(np.float64(0.5)), 0.5),
        (repr(np.array([[1, 2], [3, 4]])), [[1, 2], [3, 4]]),
        (repr([np.int64(3), np.bool_(True), np.str_("x")]), [3, True, "x"]),
        (repr(np.float32("nan")), math.nan),
    ],
)
def test_usual_texts_of_values_are_understood(text: str, value: object) -> None:
    assert same(read_value(text), value, 0.0)


@pytest.mark.parametrize(
    ("value", "expected", "tolerance", "alike"),
    [
        (3.0, 3, 0.0, True),
        ((1, 2), [1, 2], 0.0, True),
        (True, 1, 0.0, False),
        (1, True, 0.0, False),
        (0, False, 0.0, False),
        ("3", 3, 0.0, False),
        (None, 0, 0.0, False),
        (100.4, 100, 0.01, True),
        (102, 100, 0.01, False),
        (101, 100, 0.01, True),
        (0.005, 0.0, 0.01, True),
        (0.1 + 0.2, 0.3, 1e-9, True),
        (-0.0, 0.0, 0.0, True),
        (math.inf, math.inf, 0.0, True),
        (math.inf, 1e308, 1.0, False),
        (1e308, math.inf, 1.0, False),
        (math.nan, 1.0, 1.0, False),
        (10**400, 1.0, 0.5, False),
        (10**400, 10**400 + 1, 1e-9, False),
        ([1, [2.0001]], [1, [2]], 0.001, True),
        ({"a": 1.01}, {"a": 1}, 0.02, True),
        ({"a": 1}, {"a": 1, "b": 2}, 0.0, False),
        ([1, 2, 3], [1, 2], 0.0, False),
        ({1, 2}, [1, 2], 0.0, False),
        (b"x", "x", 0.0, False),
    ],
)
def test_what_counts_as_the_same(
    value: object, expected: object, tolerance: float, alike: bool
) -> None:
    assert same(value, expected, tolerance) is alike


def test_the_limit_of_length_is_exact() -> None:
    text = "'" + "x" * (MAX_CHARS - 2) + "'"
    assert read_value(text) == text[1:-1]
    with pytest.raises(ValueError, match="longer"):
        read_value(text + " ")
