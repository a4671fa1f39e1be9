"""What a cell of a graded notebook is, and which of its lines are not for learners."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

Cell = dict[str, Any]

HIDDEN = "# ... and checks that are not shown."
MIN_SECRET = 12
"""Shorter lines of hidden tests say nothing, and stand anywhere."""


def mark_of(cell: Cell) -> dict[str, Any]:
    """The mark that nbgrader put on *cell*; empty if it has none."""
    mark = cell.get("metadata", {}).get("nbgrader")
    return mark if isinstance(mark, dict) else {}


def is_test(cell: Cell) -> bool:
    """Whether the cell holds tests: graded code that is not the learner's."""
    mark = mark_of(cell)
    return cell.get("cell_type") == "code" and bool(mark.get("grade")) and not mark.get("solution")


def text_of(value: object) -> str:
    """Text as notebooks keep it: a string or a list of lines."""
    if isinstance(value, list):
        return "".join(str(line) for line in value)
    return "" if value is None else str(value)


def without_hidden_tests(source: str) -> tuple[str, list[str]]:
    """The tests without the hidden ones, and the lines of those.

    As in nbgrader, a line that names the mark anywhere begins or ends the hidden part.
    """
    kept: list[str] = []
    hidden: list[str] = []
    into = kept
    for line in source.split("\n"):
        if "BEGIN HIDDEN TESTS" in line:
            into = hidden
        elif "END HIDDEN TESTS" in line:
            into = kept
        else:
            into.append(line)
    if not hidden:
        return source, []
    shown = {line.strip() for line in kept}
    secret = [
        line.strip()
        for line in hidden
        if len(line.strip()) > MIN_SECRET and line.strip() not in shown
    ]
    return "\n".join(kept).rstrip() + f"\n{HIDDEN}", secret


def secrets_of(cells: Iterable[Cell]) -> tuple[str, ...]:
    """Lines of hidden tests, in every way in which they may stand in an output."""
    found: dict[str, None] = {}
    for cell in cells:
        if cell.get("cell_type") == "code" and mark_of(cell).get("grade"):
            for line in without_hidden_tests(text_of(cell.get("source")))[1]:
                # As it is, as in a list of strings, and as in the notebook's own file.
                for written in (line, repr(line)[1:-1], json.dumps(line)[1:-1]):
                    found[written] = None
    return tuple(found)


def told(text: str, secrets: Iterable[str]) -> str:
    """*text* without the lines of hidden tests."""
    for line in secrets:
        text = text.replace(line, "(not shown)")
    return text
