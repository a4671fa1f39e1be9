"""What code put out, as a page may show it: text, tables, and pictures that are pictures."""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from graders.feedback.cells import Cell, is_test, mark_of, text_of, told
from graders.feedback.clean import foreign_html, plain, terminal

MAX_TEXT = 20_000
"""Characters of one output that are shown."""

MAX_PICTURES = 6_000_000
"""Characters of all pictures of a page together, as base64: 4.5 MB."""

MAX_PIXELS = 40_000_000
"""A picture of a few bytes can take gigabytes when it is opened."""

MAX_OUTPUTS = 50
"""Outputs of one cell that are shown."""

_SIGNS = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}


@dataclass
class Room:
    """How much of a page is left for pictures, in characters."""

    left: int = MAX_PICTURES


def shown(cell: Cell, secrets: Sequence[str], room: Room) -> Iterator[Markup]:
    """The outputs of a code cell.

    Args:
        cell: An executed code cell.
        secrets: Lines that are not for learners.
        room: What the page has left for pictures; taken from.
    """
    outputs = [one for one in cell.get("outputs", []) if isinstance(one, dict)]
    for output in outputs[:MAX_OUTPUTS]:
        kind = output.get("output_type")
        if kind == "stream":
            yield _text(text_of(output.get("text")), secrets)
        elif kind == "error":
            yield _text("\n".join(_error(output, brief=is_test(cell) or _graded(cell))), secrets)
        elif isinstance(output.get("data"), dict):
            yield _data(output["data"], secrets, room)
    if len(outputs) > MAX_OUTPUTS:
        yield plain(f"... and {len(outputs) - MAX_OUTPUTS} more outputs")


def _graded(cell: Cell) -> bool:
    return bool(mark_of(cell).get("grade"))


def _error(output: dict[str, Any], *, brief: bool) -> Iterable[str]:
    """The lines of an error; of a failed test only the last one, the others show hidden tests."""
    last = f"{text_of(output.get('ename'))}: {text_of(output.get('evalue'))}"[:400]
    lines = output.get("traceback")
    if brief or not isinstance(lines, list) or not lines:
        return [last]
    return [str(line) for line in lines]


def _text(text: str, secrets: Sequence[str]) -> Markup:
    # Colours first: they stand between the words of a line and would hide it from `told`.
    text = told(terminal(text), secrets)
    return plain(text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}\n... output cut ...")


def _data(data: dict[str, Any], secrets: Sequence[str], room: Room) -> Markup:
    if "text/html" in data:
        html = foreign_html(told(text_of(data["text/html"]), secrets))
        if html is not None and html.strip():
            return Markup('<div class="fb-html">{}</div>').format(html)
    for kind in _SIGNS:
        value = "".join(text_of(data.get(kind)).split())
        if value and len(value) <= room.left and is_picture(value, kind):
            room.left -= len(value)
            return Markup('<img src="data:{};base64,{}" alt="Picture from the code above">').format(
                kind, value
            )
    return _text(text_of(data.get("text/plain")) or "(not shown)", secrets)


def is_picture(value: str, kind: str) -> bool:
    """Whether base64 text begins like a picture of its kind, and of a size that can be opened."""
    try:
        content = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return False
    if not content.startswith(_SIGNS[kind]):
        return False
    if kind == "image/png":
        if len(content) < 24:
            return False
        width, height = struct.unpack(">II", content[16:24])
        return 0 < int(width) * int(height) <= MAX_PIXELS
    return True
