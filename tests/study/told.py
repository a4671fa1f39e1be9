"""Stories for tests: the labelled set, and a teller's version of one."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from graders.progress import StoryVersion

FILE = Path(__file__).parents[1] / "calibration" / "stories.jsonl"


@cache
def labelled() -> tuple[dict[str, Any], ...]:
    """All labelled stories; `retells` names the one that is told again in other words."""
    return tuple(json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines())


def half(name: str) -> list[dict[str, Any]]:
    """Those of the half that rules were tuned on (`tune`), or measured on (`held`)."""
    return [entry for entry in labelled() if entry["half"] == name]


def version(entry: dict[str, Any]) -> StoryVersion:
    """A labelled story as the store holds it."""
    at = datetime(2026, 3, 1, tzinfo=UTC)
    return StoryVersion(entry["id"], at, entry["title"], entry["text"], entry["when"])


def versions(ids: Iterable[str]) -> list[StoryVersion]:
    """The stories called *ids*."""
    known = {entry["id"]: entry for entry in labelled()}
    return [version(known[one]) for one in ids]
