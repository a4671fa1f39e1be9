"""The interviewer's own lines: chosen so that none is said twice in an interview."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).with_name("lines.yaml")


@lru_cache(maxsize=1)
def _all() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return loaded


def pool(*path: str) -> tuple[str, ...]:
    """The lines under *path*, such as `("closing", "time")`; empty if there are none."""
    found: Any = _all()
    for step in path:
        found = found.get(step, {}) if isinstance(found, dict) else {}
    return tuple(found) if isinstance(found, list) else ()


def topic(dimension: str) -> str:
    """What *dimension* is about, as an interviewer calls it in passing."""
    return str(_all()["topics"].get(dimension, "the rest of it"))


def plain(line: str) -> str:
    """*line* for comparing: without capitals and gaps."""
    return " ".join(line.lower().split())


def fresh(lines: Iterable[str], used: Iterable[str], seed: str) -> str | None:
    """A line that is not among those *used*, or `None` if all of them are.

    Args:
        lines: What may be said.
        used: Everything said so far, by either side; a used line may be part of a longer one.
        seed: Decides the order.
    """
    said = [plain(line) for line in used]
    options = list(lines)
    random.Random(f"seniorkit-line:{seed}").shuffle(options)
    for line in options:
        if not any(plain(line) in one for one in said):
            return line
    return None


def extended(lines: Sequence[str]) -> Iterator[str]:
    """*lines*, each also with something after it: for the candidate who asks forty times."""
    yield from lines
    for tail in pool("tails"):
        for line in lines:
            yield f"{line} {tail}"


def quoted(text: str, limit: int = 110) -> str:
    """The candidate's words in one line, cut at a word; without marks of quotation or emphasis."""
    line = " ".join(text.replace("“", "'").replace("”", "'").replace("*", "").split())
    line = "".join(character for character in line if character.isprintable())
    return line if len(line) <= limit else line[: limit - 1].rsplit(" ", 1)[0] + " …"
