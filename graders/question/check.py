"""Editorial checks: what a question must have before it may be taught and graded with.

The loader accepts any well-formed question, so that instructors can start small. The bank is
held to more: full depth, arithmetic that is right, figures with sources, words per answer.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Iterator
from typing import Any

from graders.levels import DIMENSIONS, Level
from graders.question.model import Calculation, Question

WORDS = {Level.MID: (120, 250), Level.SENIOR: (250, 500), Level.STAFF: (300, 600)}
"""Level -> shortest and longest model answer, in words without diagrams."""

MAX_EXPRESSION = 300

_DIAGRAM = re.compile(r"```mermaid\n.*?```", re.DOTALL)
_OPERATORS: dict[type[ast.AST], Callable[..., float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_FUNCTIONS: dict[str, Callable[..., float]] = {
    "ceil": math.ceil,
    "log2": math.log2,
    "log": math.log,
    "exp": math.exp,
    "sqrt": math.sqrt,
    "max": max,
    "min": min,
}


def faults(question: Question) -> Iterator[str]:
    """Yield a sentence for each thing that keeps *question* out of the bank."""
    yield from _criteria_faults(question)
    yield from _follow_up_faults(question)
    yield from _model_answer_faults(question)
    yield from _calculation_faults(question)
    if question.hints is None:
        yield "hints: the four-step ladder is missing"
    if len(question.mistakes) < 3:
        yield f"mistakes: 3 are needed, {len(question.mistakes)} found"
    if not question.sources:
        yield "sources: every figure needs its source; none is given"


def _criteria_faults(question: Question) -> Iterator[str]:
    if not 6 <= len(question.criteria) <= 10:
        yield f"criteria: 6 to 10 are needed, {len(question.criteria)} found"
    covered = {criterion.dimension for criterion in question.criteria}
    for dimension in DIMENSIONS[question.kind]:
        if dimension not in covered:
            yield f"criteria: no criterion has the dimension {dimension!r}"
    for criterion in question.criteria:
        if len(criterion.evidence.senior) < 2:
            yield f"criteria.{criterion.id}.evidence.senior: at least 2 examples are needed"
        if not criterion.evidence.mid:
            yield f"criteria.{criterion.id}.evidence.mid: at least 1 example is needed"


def _follow_up_faults(question: Question) -> Iterator[str]:
    if len(question.follow_ups) < 4:
        yield f"follow_ups: at least 4 are needed, {len(question.follow_ups)} found"
    if not any(follow_up.constraint_change for follow_up in question.follow_ups):
        yield "follow_ups: none changes a constraint (constraint_change: true)"


def _model_answer_faults(question: Question) -> Iterator[str]:
    if question.model_answers is None:
        yield "model_answers: mid, senior and staff are missing"
        return
    for level, (shortest, longest) in WORDS.items():
        answer = question.model_answers.at(level)
        count = len(_DIAGRAM.sub(" ", answer).split())
        if not shortest <= count <= longest:
            yield f"model_answers.{level.label}: {count} words, {shortest} to {longest} are needed"
        if question.kind == "design" and level > Level.MID and not _DIAGRAM.search(answer):
            yield f"model_answers.{level.label}: a Mermaid diagram is missing"


def _calculation_faults(question: Question) -> Iterator[str]:
    if question.kind in ("design", "concept") and not question.calculations:
        yield "calculations: none is marked, so no arithmetic can be checked"
    texts = list(_texts(question.model_dump(exclude={"calculations"})))
    for calculation in question.calculations:
        if not _stated(calculation.claim, texts):
            yield f"calculations: no text of the question says {calculation.claim!r}"
        yield from _arithmetic_faults(calculation)


def _texts(value: Any) -> Iterator[str]:
    """All texts within *value*, each with single spaces only."""
    if isinstance(value, str):
        yield " ".join(value.split())
    elif isinstance(value, dict | list | tuple):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


def _stated(claim: str, texts: list[str]) -> bool:
    """Whether one of *texts* says *claim* in whole words: "30 TB" is not stated by "930 TB"."""
    words = " ".join(claim.split())
    start = r"(?<!\w)(?<!\d[.,])" if words[0].isalnum() else ""
    end = r"(?!\w|[.,]\d)" if words[-1].isalnum() else ""
    pattern = re.compile(start + re.escape(words) + end)
    return any(pattern.search(text) for text in texts)


def _arithmetic_faults(calculation: Calculation) -> Iterator[str]:
    try:
        value = evaluate(calculation.expression)
    except ValueError as error:
        yield f"calculations: {calculation.expression!r} cannot be computed ({error})"
        return
    if abs(value - calculation.result) > calculation.tolerance * abs(value):
        yield (
            f"calculations: {calculation.claim!r} states {calculation.result:g}, "
            f"but {calculation.expression} is {value:g}"
        )


def evaluate(expression: str) -> float:
    """Compute plain arithmetic: `+ - * / **`, brackets, `ceil log2 log exp sqrt max min`.

    Raises:
        ValueError: If the expression holds anything else, is too long, or has no finite result.
    """
    if len(expression) > MAX_EXPRESSION:
        raise ValueError(f"longer than {MAX_EXPRESSION} characters")
    try:
        value = _evaluate(ast.parse(expression, mode="eval").body)
    except (SyntaxError, MemoryError, RecursionError):
        raise ValueError("not an arithmetic expression") from None
    except TypeError:
        raise ValueError("a function has the wrong number of arguments") from None
    except ArithmeticError as error:
        raise ValueError(str(error.args[-1])) from None
    if not math.isfinite(value):
        raise ValueError("the result is not finite")
    return value


def _evaluate(node: ast.AST) -> float:
    # In floats from the start: a tower of powers overflows at once instead of filling the memory.
    match node:
        case ast.Constant(value=bool()):
            pass
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            value = _OPERATORS[type(op)](_evaluate(left), _evaluate(right))
            if isinstance(value, complex):
                raise ValueError("a root of a negative number")
            return value
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_evaluate(operand)
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _FUNCTIONS:
            return float(_FUNCTIONS[name](*map(_evaluate, args)))
    raise ValueError("only numbers and plain arithmetic are allowed")
