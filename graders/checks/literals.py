"""Reads values from the text that a kernel sent, and compares them; neither ever raises on text.

The text is hostile: it may be huge, nested without end, or no Python at all. It is parsed, never
evaluated, and what is not a plain value is refused.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

MAX_CHARS = 65_536
"""How long the text of a value may be."""

MAX_DEPTH = 40
"""How deep values may be nested."""

_NAMES: dict[str, object] = {
    "nan": math.nan, "NaN": math.nan, "inf": math.inf, "Infinity": math.inf,
}  # fmt: skip
_KINDS: dict[str, Callable[[Any], object]] = {
    "array": lambda value: value,
    "frozenset": frozenset,
    "set": set,
    "OrderedDict": dict,
    "deque": list,
}
"""Calls that the text of a value may hold, each with one argument: `set()` with none."""


def read_value(text: str) -> object:
    """The value whose `repr` is *text*: numbers, text, bytes, `None`, and collections of them.

    Also understood: `nan`, `inf`, `set()`, `frozenset(...)`, and how numpy writes its values
    (`np.float64(0.5)`, `array([1, 2])`).

    Raises:
        ValueError: If *text* is no such value. No other error, whatever *text* is.
    """
    if len(text) > MAX_CHARS:
        raise ValueError(f"longer than {MAX_CHARS:,} characters")
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError("not the text of a value") from None
    try:
        return _value(tree.body, MAX_DEPTH)
    except (TypeError, RecursionError, OverflowError):
        raise ValueError("not a plain value") from None


def _value(node: ast.expr, depth: int) -> object:
    if depth == 0:
        raise ValueError(f"nested more than {MAX_DEPTH} levels deep")
    match node:
        case ast.Constant(value=value) if value is not Ellipsis:
            return value
        case ast.Name(id=name) if name in _NAMES:
            return _NAMES[name]
        case ast.List(elts=items):
            return [_value(item, depth - 1) for item in items]
        case ast.Tuple(elts=items):
            return tuple(_value(item, depth - 1) for item in items)
        case ast.Set(elts=items):
            return {_value(item, depth - 1) for item in items}
        case ast.Dict(keys=keys, values=values):
            pairs = [(key, value) for key, value in zip(keys, values, strict=True) if key]
            return {_value(k, depth - 1): _value(v, depth - 1) for k, v in pairs}
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_number(_value(operand, depth - 1))
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as sign, right=ast.Constant() as right):
            imaginary = right.value
            if not isinstance(imaginary, complex):
                break_off(node)
            real = _number(_value(left, depth - 1))
            return real + imaginary if isinstance(sign, ast.Add) else real - imaginary
        case ast.Call(func=func, args=arguments):
            return _call(func, [_value(argument, depth - 1) for argument in arguments])
        case ast.Attribute(value=ast.Name(id="np"), attr="True_" | "False_" as name):
            return name == "True_"
        case ast.Attribute(value=ast.Name(id="np"), attr="nan" | "inf" as name):
            return _NAMES[name]
        case _:
            return break_off(node)


def break_off(node: ast.expr) -> Any:
    """Refuse *node*, which stands for something else than a plain value."""
    raise ValueError(f"a value may not hold a {type(node).__name__}")


def _number(value: object) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | complex):
        raise ValueError("a sign before something that is no number")
    return value


def _call(func: ast.expr, values: list[object]) -> object:
    match func:
        case ast.Name(id=name) if name in _KINDS and len(values) <= 1:
            return _KINDS[name](*values) if values else _KINDS[name](())
        case ast.Attribute(value=ast.Name(id="np")) if len(values) == 1:
            return values[0]
        case _:
            raise ValueError("a value may not hold a call")


def same(value: object, expected: object, tolerance: float) -> bool:
    """Whether *value* is *expected*; never raises.

    Lists and tuples are alike, and so are whole and other numbers (`3` and `3.0`), but a truth
    value is not a number. Numbers may differ by *tolerance*, relative to the expected one, and
    absolutely where that is below 1. NaN is the same as NaN.
    """
    try:
        return _same(value, expected, tolerance)
    except (TypeError, ValueError, OverflowError, RecursionError):
        return False


def _same(value: object, expected: object, tolerance: float) -> bool:
    if isinstance(expected, bool) or isinstance(value, bool):
        return value is expected
    if _is_number(expected):
        return _is_number(value) and _close(value, expected, tolerance)
    if isinstance(expected, list | tuple):
        return (
            isinstance(value, list | tuple)
            and len(value) == len(expected)
            and all(_same(v, e, tolerance) for v, e in zip(value, expected, strict=True))
        )
    if isinstance(expected, Mapping):
        return (
            isinstance(value, Mapping)
            and len(value) == len(expected)
            and all(key in value and _same(value[key], e, tolerance) for key, e in expected.items())
        )
    if isinstance(expected, AbstractSet):
        return isinstance(value, AbstractSet) and value == expected
    return type(value) is type(expected) and value == expected


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | complex)


def _close(value: Any, expected: Any, tolerance: float) -> bool:
    if value == expected or (value != value and expected != expected):
        return True
    if isinstance(value, int) and isinstance(expected, int) and tolerance < 1:
        # Whole numbers are exact unless the allowance reaches the next one.
        return bool(abs(value - expected) <= int(tolerance * max(1, abs(float(expected)))))
    if isinstance(value, complex) or isinstance(expected, complex):
        return bool(abs(value - expected) <= tolerance * max(1.0, abs(expected)))
    if math.isinf(value) or math.isinf(expected):
        return False
    return bool(abs(value - expected) <= tolerance * max(1.0, abs(expected)))
