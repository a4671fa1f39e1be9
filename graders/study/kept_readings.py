"""What was read in a story, kept between processes, so that a bank opens at once.

Reading a story takes 8 ms and the model behind it 0.4 s to load; a kept reading takes neither. It
holds no word of the story: strengths, where the sentences stand that show them, and numbers. It
lies in the cache folder, readable by its owner alone. Whatever is wrong with the file, the stories
are read again: it saves time, and nothing else.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graders.judges.kept import cache_folder
from graders.study.retold import LEAST_WORDS, direction
from graders.study.signals import SIGNALS, Reading, Signal, read_story

FILE = "readings.sqlite3"
MOST = 2_000
"""Readings that are kept; the oldest give way."""

BUSY_SECONDS = 1.0
_TABLE = "CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, reading TEXT, direction BLOB)"
_PACKAGE = Path(__file__).parents[1]
_READERS = (
    "study/cues.py", "study/signals.py", "study/fit.py", "study/retold.py", "judges/text.py",
    "judges/embedded/*", "bank/story/*.yaml", "bank/leadership/*.yaml",
)  # fmt: skip
"""All that decides what is read in a story."""


@dataclass(frozen=True)
class Known:
    """What is known of one story.

    Attributes:
        reading: What was read in it.
        direction: Where its words point, shape (256,); `None` if it is too short to compare.
    """

    reading: Reading
    direction: NDArray[np.float32] | None


def read_all(stories: Sequence[tuple[str, str]], folder: Path | None = None) -> list[Known]:
    """Read stories, or find what was read in them before; never fails.

    Args:
        stories: Title and text of each.
        folder: Where readings are kept; the cache folder when absent.
    """
    path = (folder or cache_folder()) / FILE
    keys = [_key(title, text) for title, text in stories]
    kept = _kept(path, keys) if keys else {}
    found, new = [], {}
    for key, (title, text) in zip(keys, stories, strict=True):
        known = _decoded(kept[key], text) if key in kept else None
        if known is None:
            known = _read(title, text)
            if not known.reading.problem:
                new[key] = _encoded(known, text)
        found.append(known)
    _keep(path, new)
    return found


def _read(title: str, text: str) -> Known:
    reading = read_story(text)
    whole = f"{title}. {text}"
    comparable = not reading.problem and len(whole.split()) >= LEAST_WORDS
    return Known(reading, direction(whole) if comparable else None)


@lru_cache(maxsize=1)
def _readers() -> bytes:
    """A fingerprint of all that decides what is read: 5 ms."""
    digest = blake2b()
    for pattern in _READERS:
        for path in sorted(_PACKAGE.glob(pattern)):
            if path.is_file():
                digest.update(path.read_bytes())
    with suppress(PackageNotFoundError):
        digest.update(version("wordllama").encode())
    return digest.digest()


def _key(title: str, text: str) -> str:
    digest = blake2b(_readers(), digest_size=20)
    digest.update(json.dumps([title, text]).encode())
    return digest.hexdigest()


_Row = tuple[str, bytes | None]


def _kept(path: Path, keys: Sequence[str]) -> dict[str, _Row]:
    if not path.exists():
        return {}
    found: dict[str, _Row] = {}
    try:
        with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as database:
            for start in range(0, len(keys), 500):  # SQLite takes a thousand values at a time
                some = keys[start : start + 500]
                marks = ",".join("?" * len(some))
                query = f"SELECT key, reading, direction FROM kept WHERE key IN ({marks})"
                found.update({key: (r, d) for key, r, d in database.execute(query, some)})
    except (OSError, sqlite3.Error):
        return {}
    return found


def _keep(path: Path, new: Mapping[str, _Row]) -> None:
    if not new:
        return
    rows = [(key, *row) for key, row in new.items()]
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as database, database:
            database.execute(_TABLE)
            database.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", rows)
            last = "SELECT rowid FROM kept ORDER BY rowid DESC LIMIT ?"
            database.execute(f"DELETE FROM kept WHERE rowid NOT IN ({last})", (MOST,))
    except sqlite3.OperationalError:
        return  # in use, full or read-only: the next time, perhaps
    except sqlite3.DatabaseError:
        with suppress(OSError):
            path.unlink()  # damaged; it holds nothing that cannot be read again
    except OSError:
        return


def _encoded(known: Known, text: str) -> _Row:
    """Where the evidence stands, instead of its words."""
    reading = known.reading
    spans = [
        [signal.strength, [[text.find(quote), len(quote)] for quote in signal.evidence]]
        for signal in reading.signals
    ]
    facts = {"signals": spans, "judged": reading.judged, "nearness": reading.nearness}
    return json.dumps(facts), None if known.direction is None else known.direction.tobytes()


def _decoded(row: _Row, text: str) -> Known | None:
    """What was kept; `None` if it is no reading."""
    try:
        facts: dict[str, Any] = json.loads(row[0])
        signals = tuple(
            Signal(name, int(strength), tuple(text[a : a + size] for a, size in spans))
            for name, (strength, spans) in zip(SIGNALS, facts["signals"], strict=True)
        )
        reading = Reading(signals, dict(facts["judged"]), dict(facts["nearness"]))
        pointing = None if row[1] is None else np.frombuffer(row[1], np.float32)
        return Known(reading, pointing)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
