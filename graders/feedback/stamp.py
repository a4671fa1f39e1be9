"""How a page tells from what it was made, so that it need not be made again."""

from __future__ import annotations

import hashlib
import json
import re
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from graders.cards import TEMPLATES

NAME = "seniorkit-made-from"
_STAMP = re.compile(rf'<meta name="{NAME}" content="([0-9a-f]{{64}})">')
_HEAD = 2_000
"""Bytes of a page in which the stamp stands."""


@lru_cache(maxsize=1)
def _looks() -> str:
    """Fingerprint of all that decides how pages look."""
    files = [*Path(__file__).parent.glob("*.py"), *TEMPLATES.glob("*.*")]
    digest = hashlib.sha256(version("seniorkit").encode())
    for path in sorted(files):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def stamp(notebook: bytes, facts: object) -> str:
    """Fingerprint of a page: the notebook, the *facts* as JSON can hold them, and the looks."""
    digest = hashlib.sha256(notebook)
    digest.update(json.dumps([_looks(), facts], sort_keys=True, default=str).encode())
    return digest.hexdigest()


def stamp_of(page: Path) -> str | None:
    """The fingerprint that stands in a page; `None` without page or stamp."""
    try:
        with page.open("rb") as file:
            head = file.read(_HEAD).decode("utf-8", "replace")
    except OSError:
        return None
    found = _STAMP.search(head)
    return found[1] if found else None
