"""Decides, on the instructor's side, whether what a kernel sent is right."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from graders.checks.literals import read_value, same
from graders.checks.model import Check
from graders.checks.observe import Observation


@dataclass(frozen=True)
class CheckResult:
    """Whether one check passed, and what the learner is told if not: never what is right."""

    passed: bool
    message: str = ""


def passes(check: Check, observation: Observation) -> CheckResult:
    """Compare *observation* with what *check* expects; never raises, whatever was observed."""
    if observation.kind == "gone":
        return _failed(check, "the program had ended before it could be asked")
    if observation.kind == "late":
        return _failed(check, "it took too long")
    if check.raises is not None:
        raised = observation.kind == "raised" and check.raises in observation.text.split()
        return CheckResult(True) if raised else _failed(check)
    if observation.kind == "raised":
        # The name of an error is the learner's own text; only plain ones are repeated.
        name = observation.text.partition(" ")[0]
        return _failed(check, f"{name} was raised" if name.isidentifier() else "an error")
    try:
        value = read_value(observation.text)
    except ValueError:
        return _failed(check, "the result was no plain value")
    if check.property is not None:
        return _by_property(check, value)
    return CheckResult(True) if same(value, check.expected, check.tolerance) else _failed(check)


def _failed(check: Check, why: str = "") -> CheckResult:
    return CheckResult(False, f"{check.message}: {why}"[:500] if why else check.message)


def _by_property(check: Check, value: object) -> CheckResult:
    """Run the instructor's own code over a plain value."""
    tree = ast.parse(check.property or "")
    last = tree.body.pop()
    names: dict[str, object] = {"value": value}
    try:
        exec(compile(tree, "<property>", "exec"), names)
        said = eval(compile(ast.Expression(last.value), "<property>", "eval"), names)  # type: ignore[attr-defined]
        if isinstance(said, str):
            return _failed(check, said)
        # What the comparison of odd values gives may refuse to be true or false.
        return CheckResult(True) if bool(said) else _failed(check)
    except Exception:
        return _failed(check)
