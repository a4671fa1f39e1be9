"""Check-yourself exercises: tests whose results are sentences, for code that a learner is writing.

    check(origin_load, case((1_000, 0.9), 100, why="one request in ten misses"))

Learners' code runs in their own kernel, so nothing is hidden and nothing is marked here.
"""

from __future__ import annotations

import copy
import math
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

MAX_SHOWN = 120


@dataclass(frozen=True)
class Case:
    """One call of the learner's function and what must come back."""

    arguments: tuple[Any, ...]
    expected: Any
    why: str
    within: float


def case(arguments: tuple[Any, ...], expected: Any, *, why: str, within: float = 1e-6) -> Case:
    """Describe one call.

    Args:
        arguments: The positional arguments.
        expected: The right result, or a function that takes the learner's result and says
            whether it will do.
        why: Why this is right, shown when the result differs: "one request in ten misses".
        within: Accepted relative difference of numbers.
    """
    return Case(arguments, expected, why, within)


@dataclass(frozen=True)
class Checked:
    """How many cases came out right, and one sentence for the learner."""

    right: int
    of: int
    message: str

    @property
    def done(self) -> bool:
        """Whether all cases came out right."""
        return self.right == self.of

    def __repr__(self) -> str:
        return self.message


def check(function: Callable[..., Any], *cases: Case) -> Checked:
    """Call *function* on all *cases*; the result prints itself as a sentence, never a traceback."""
    right, first = 0, ""
    for one in cases:
        problem = _problem(function, one)
        right += problem is None
        first = first or problem or ""
    if right == len(cases):
        return Checked(right, right, f"All {right} cases are right.")
    return Checked(right, len(cases), f"{right} of {len(cases)} cases are right. {first}")


def _problem(function: Callable[..., Any], one: Case) -> str | None:
    name = getattr(function, "__name__", "your function")
    call = _short(f"{name}({', '.join(map(repr, one.arguments))})")
    try:
        # Copies: a function that changes its arguments must not change the next case.
        given = function(*copy.deepcopy(one.arguments))
        if given is ...:
            return f"{call} gave `...`: write the body of {name} first."
        if _fits(given, one):
            return None
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        return (
            f"{call} stopped with {type(error).__name__} in line {last.lineno} of {last.name}: "
            f"{_short(str(error))}"
        )
    if given is None:
        return f"{call} gave nothing: is there a `return`? {_sentence(one.why)}"
    wanted = "" if callable(one.expected) else f", not {_short(repr(one.expected))}"
    return f"{call} gave {_short(repr(given))}{wanted}. {_sentence(one.why)}"


def _fits(given: Any, one: Case) -> bool:
    if callable(one.expected):
        return bool(one.expected(given))
    return _same(given, one.expected, one.within)


def _same(given: Any, expected: Any, within: float) -> bool:
    if isinstance(expected, bool) or isinstance(given, bool):
        return type(given) is type(expected) and given == expected
    if isinstance(expected, int | float) and isinstance(given, int | float):
        return math.isclose(given, expected, rel_tol=within, abs_tol=within)
    if isinstance(expected, list | tuple) and isinstance(given, list | tuple):
        return len(given) == len(expected) and all(
            _same(mine, right, within) for mine, right in zip(given, expected, strict=True)
        )
    return bool(given == expected)


def _short(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"


def _sentence(why: str) -> str:
    return why[:1].upper() + why[1:] + ("" if why.endswith((".", "!", "?")) else ".")
