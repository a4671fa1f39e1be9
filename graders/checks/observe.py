"""What is asked of a kernel, and what comes back: the only values that cross its border."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from graders.checks.literals import MAX_CHARS
from graders.question.model import Value


class Probe(Value):
    """One question to the learner's code. It holds nothing of the answer.

    Attributes:
        number: Its place among the checks of its notebook.
        given: Python that runs first, in a copy of the notebook's names; may be empty.
        expression: The Python expression whose value is looked at.
    """

    number: int = Field(ge=0)
    given: str = ""
    expression: str


class Observation(Value):
    """What one probe found.

    Attributes:
        number: Of the probe.
        kind: `value` (*text* is its `repr`), `raised` (*text* holds the names of the error's
            classes, most special first), `late` (took too long), `gone` (the kernel had died, or
            was too slow for anything).
        text: See *kind*.
    """

    number: int = Field(ge=0)
    kind: Literal["value", "raised", "late", "gone"]
    text: str = Field("", max_length=MAX_CHARS)


# Runs in the kernel, in a copy of the notebook's names, so that it leaves none behind. What the
# learner's code does to it does not matter: it can only send another text, and does not know
# which. The answer is raised, because errors alone reach us as they are, whatever formatters
# for values a notebook has set.
_OBSERVER = """
class Answer(Exception):
    pass

def plain(value, depth):
    if hasattr(type(value), "tolist"):
        value = value.tolist()
    if depth and isinstance(value, dict):
        return {plain(key, depth - 1): plain(item, depth - 1) for key, item in value.items()}
    for kind in (tuple, list, set, frozenset):
        if depth and isinstance(value, kind):
            return kind([plain(item, depth - 1) for item in value])
    return value

def look(given, expression, names):
    try:
        if given:
            exec(compile(given, "<check>", "exec"), names)
        value = eval(compile(expression, "<check>", "eval"), names)
        text = "value " + repr(plain(value, DEPTH))
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        text = "raised " + " ".join(kind.__name__ for kind in type(error).__mro__)
    raise Answer(text[:SIZE])
""".replace("DEPTH", "20").replace("SIZE", str(MAX_CHARS))


def probe_expression(probe: Probe) -> str:
    """The expression to be sent as one of the `user_expressions` of an execute request.

    It never has a value: it raises an `Answer` whose text `observation_of` understands.
    """
    return (
        "(lambda names, own: (__import__('builtins').exec("
        f"{_OBSERVER!r}, own), own['look']({probe.given!r}, {probe.expression!r}, names)))"
        "({**globals()}, {})"
    )


def observation_of(number: int, answer: Any) -> Observation:
    """What a kernel answered to `probe_expression`; never raises, whatever *answer* is.

    Args:
        number: Of the probe.
        answer: The entry of the reply's `user_expressions`, or `None` if there was none.
    """
    kind, text = "", ""
    if isinstance(answer, dict) and answer.get("ename") == "Answer":
        kind, _, text = str(answer.get("evalue", "")).partition(" ")
    if kind == "value" and len(text) < MAX_CHARS - len("value "):
        return Observation(number=number, kind="value", text=text)
    if kind == "raised":
        return Observation(number=number, kind="raised", text=text[:1_000])
    # The kernel answered something else: a text that is no value, which no check expects.
    return Observation(number=number, kind="value", text="...")


def look(probe: Probe, names: dict[str, object]) -> Observation:
    """Ask *probe* in this process, of code that is trusted: a master, or a solution to try."""
    try:
        eval(probe_expression(probe), names)
    except Exception as error:
        answer = {"ename": type(error).__name__, "evalue": str(error)}
        return observation_of(probe.number, answer)
    raise AssertionError("a probe always raises")
