"""Makes tests whose outcome is known beforehand out of the tests of a notebook."""

from __future__ import annotations

import ast
import random


def guard(chance: random.Random, *, true: bool) -> str:
    """A comparison of constants that is true, or false, and uses no name."""
    low = chance.randrange(2, 5_000)
    high = low + chance.randrange(1, 5_000)
    letter = chance.choice("abcdefghkmnprstuvwxyz")
    left, value = chance.choice(
        [
            (f"[{low}, {high}][1]", high),
            (f"{{{letter!r}: {low}}}[{letter!r}]", low),
            (f"({low} + {high})", low + high),
            (f"({high} - {low})", high - low),
        ]
    )
    right = value if true else value + chance.choice([-1, 1]) * chance.randrange(1, 900)
    return f"{left} == {right}"


def false_test(source: str, chance: random.Random) -> tuple[str, str]:
    """A test that must fail in its first statement, made of the test *source*.

    Returns:
        The code, and the words of its error, which nobody can know beforehand.
    """
    first, words = _false_assert(source, chance)
    lines = source.splitlines()
    head = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
    return "\n".join([*lines[:head], first, *lines[head:]]), words


def wrong_test(source: str, chance: random.Random) -> str:
    """A test of *source* that asks for something else; empty if none can be run on its own.

    No answer passes both, unless it looks up what is asked for.
    """
    found = [node for node in map(_call_and_value, _body(source)) if node]
    if not found:
        return ""
    call, value = chance.choice(found)
    step = chance.randrange(1, 900)
    other = f"{value}{step}" if isinstance(value, str) else value + step
    return f"assert {ast.unparse(call)} == {other!r}, 'the result must be {other}'"


def _call_and_value(node: ast.stmt) -> tuple[ast.Call, str | int | float] | None:
    """`f(1)` and `2` of `assert f(1) == 2`, where the arguments are constants."""
    match node:
        case ast.Assert(
            test=ast.Compare(
                left=ast.Call(func=ast.Name()) as call,
                ops=[ast.Eq()],
                comparators=[ast.Constant(value=str() | int() | float() as value)],
            )
        ) if not isinstance(value, bool):
            constants = (ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.UnaryOp)
            given = [*call.args, *(keyword.value for keyword in call.keywords)]
            parts = [part for one in given for part in ast.walk(one) if isinstance(part, ast.expr)]
            return (call, value) if all(isinstance(part, constants) for part in parts) else None
    return None


def caught_test(source: str, chance: random.Random) -> str:
    """A test that passes only if an assert in it fails; cheap, since nothing is shown."""
    first, words = _false_assert(source, chance)
    then = f"assert {guard(chance, true=True)}, {words!r}"
    return f"try:\n    {first}\nexcept:\n    {then}\nelse:\n    raise LookupError({words!r})"


def _false_assert(source: str, chance: random.Random) -> tuple[str, str]:
    """An assert that fails and mentions what one of *source* does; and the words of its error."""
    words = f"the total must be {chance.randrange(10**9)}"
    asserts = [node for node in _body(source) if isinstance(node, ast.Assert)]
    claim = f" and ({ast.unparse(chance.choice(asserts).test)})" if asserts else ""
    return f"assert {guard(chance, true=False)}{claim}, {words!r}", words


def _body(source: str) -> list[ast.stmt]:
    """The statements of *source*; none if it is not plain Python, such as magics."""
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def results_of(source: str, shown: str) -> int:
    """How many values the cell *source* shows as its result, at most."""
    body = _body(source)
    if not body:
        return len(source)  # magics may show what they like
    if shown in ("all", "last_expr_or_assign"):
        return sum(isinstance(node, ast.Expr | ast.Assign | ast.AnnAssign) for node in body)
    return int(bool(body) and isinstance(body[-1], ast.Expr))


def defined(source: str) -> set[str]:
    """Names that *source* imports or defines as functions and classes, at its top level."""
    found = set()
    for node in _body(source):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    return found


def used(source: str) -> set[str]:
    """Names that *source* reads, plain ones and dotted ones: `len`, `math`, `math.isclose`."""
    found = set()
    for node in ast.walk(ast.Module(_body(source), [])):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            dotted = ast.unparse(node)
            if all(part.isidentifier() for part in dotted.split(".")):
                found.add(dotted)
    return found
