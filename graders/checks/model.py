"""The file of hidden checks beside a master, `NOTEBOOK.checks.yaml`.

assignment: week01
given: |                          # optional: runs before each check
  class Clock: ...
checks:
  - grade_id: percentile-merge    # of a graded code cell
    expression: percentile([{10: 99, 500: 1}, {10: 5000, 50: 5000}], 0.99)
    expected: 50                  # or `property`, or `raises`
    points: 1                     # of the cell's; the rest is for the cell's own tests
    message: a quiet gateway must not outvote a busy one
"""

from __future__ import annotations

import ast
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from graders.checks.observe import Probe
from graders.question.model import Text, Value, inconsistent

Code = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]


def _parsed(code: str) -> ast.Module:
    try:
        return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = f", line {error.lineno} of it" if isinstance(error, SyntaxError) else ""
        raise ValueError(f"this is not Python ({error.args[0]}{line})") from None


def _statements(code: str) -> str:
    for node in ast.walk(_parsed(code)):
        if isinstance(node, ast.Assert):
            raise ValueError(
                "an assert would tell the kernel what is right; "
                "collect the values and compare them with `expected`"
            )
    return code


def _expression(code: str) -> str:
    body = _parsed(code.strip()).body
    if len(body) != 1 or not isinstance(body[0], ast.Expr):
        raise ValueError("this must be one Python expression; put statements into `given`")
    if isinstance(body[0].value, ast.Compare):
        raise ValueError(
            "a comparison would tell the kernel what is right; "
            "give the value here, and what it is compared with in `expected` or `property`"
        )
    return code.strip()


def _ends_in_expression(code: str) -> str:
    body = _parsed(code).body
    if not body or not isinstance(body[-1], ast.Expr):
        raise ValueError("the last line must be an expression over `value`")
    return code


class Check(Value):
    """One thing that is looked for in the learner's code.

    Exactly one of *expected*, *property* and *raises* says what is right. None of the three
    leaves the instructor's side, and learners are never told.

    Attributes:
        grade_id: The graded code cell whose points it shares.
        given: Python that runs before the expression, in a copy of the notebook's names.
        expression: The Python expression whose value is looked at, after all cells have run.
        expected: What the value must be; see `literals.same`.
        property: Python over `value`, run on the instructor's side; its last line gives the
            answer: true, false, or a text that says what is wrong.
        raises: Name of the error that must be raised, or of one of its base classes.
        tolerance: By how much numbers may differ from *expected*, as a share of it.
        points: How many of the cell's points it decides.
        message: What the learner is told if the check fails.
    """

    grade_id: Text
    given: Annotated[Code, AfterValidator(_statements)] | None = None
    expression: Annotated[Code, AfterValidator(_expression)]
    expected: Any = None
    property: Annotated[Code, AfterValidator(_ends_in_expression)] | None = None
    raises: Annotated[str, StringConstraints(pattern=r"^[A-Za-z_]\w*$")] | None = None
    tolerance: float = Field(1e-9, ge=0, le=1)
    points: float = Field(gt=0)
    message: Text

    @model_validator(mode="after")
    def _one_answer(self) -> Self:
        said = self.model_fields_set & {"expected", "property", "raises"}
        if len(said) != 1:
            fault = f"give one of expected, property and raises, not {len(said)} of them"
            raise inconsistent("Check", [(("expression",), fault)])
        return self


class NotebookChecks(Value):
    """All hidden checks of one notebook.

    Attributes:
        assignment: Name of the assignment, which is that of the folder.
        given: Python that runs before each check, in front of its own.
        checks: The checks, in the order in which they are asked.
    """

    assignment: Text
    given: Annotated[Code, AfterValidator(_statements)] | None = None
    checks: tuple[Check, ...] = Field(min_length=1, max_length=500)

    @property
    def probes(self) -> tuple[Probe, ...]:
        """What the kernel is asked, without what is right."""
        return tuple(
            Probe(
                number=number,
                given="\n".join(code for code in (self.given, check.given) if code),
                expression=check.expression,
            )
            for number, check in enumerate(self.checks)
        )

    def by_cell(self) -> dict[str, list[tuple[int, Check]]]:
        """`grade_id` -> the checks of that cell with their numbers."""
        found: dict[str, list[tuple[int, Check]]] = {}
        for number, check in enumerate(self.checks):
            found.setdefault(check.grade_id, []).append((number, check))
        return found
