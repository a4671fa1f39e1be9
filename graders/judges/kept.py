"""The file in which verdicts are kept, so that nothing is asked, and paid for, twice.

SQLite in WAL mode: each verdict is on disk the moment it is put there, whatever happens to the
process afterwards, and several processes may use the file at a time. It holds no key and no
quotes of learners, only where the quotes stand; the model's reasons may use a learner's words,
so the file is its owner's alone.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from pathlib import Path

from pydantic import ValidationError

from graders.errors import StoreError
from graders.judges.llm.quotes import relocated
from graders.judges.text import Document, read
from graders.score import Verdict

FILE = "verdicts.sqlite3"
SCHEMA_VERSION = 1
MAX_ENTRY = 200_000
"""Characters; verdicts that are longer are not kept. Ordinary ones have a few thousand."""

BUSY_SECONDS = 30.0

Entry = tuple[dict[str, object], list[tuple[int, int]]]
"""A verdict without its quotes, and where they stand in the answer's words."""


def cache_folder(named: str | None = None) -> Path:
    """Where verdicts, calibrations and records of runs are kept.

    Args:
        named: The folder that the settings name; else `$SENIORKIT_CACHE`, or else the user's
            cache folder.
    """
    found = named or os.environ.get("SENIORKIT_CACHE")
    if found:
        return Path(found).expanduser()
    from platformdirs import user_cache_path

    return user_cache_path("seniorkit")


class VerdictStore:
    """Key -> verdicts, in one file.

    Args:
        path: The file; made when the first verdict is kept.

    Raises:
        StoreError: If the file is there and damaged, or cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._database: sqlite3.Connection | None = None
        self._owner = 0
        if path.exists():
            # What is wrong with it is told before anything is judged.
            with self._lock:
                self._opened()

    def __reduce__(self) -> tuple[object, ...]:
        return (VerdictStore, (self.path,))

    def has(self, key: str) -> bool:
        """Whether verdicts are kept under *key*.

        Raises:
            StoreError: If the file cannot be read.
        """
        return self._text(key) is not None

    def get(self, key: str, text: str) -> list[Verdict] | None:
        """The verdicts kept under *key*, with the quotes as they stand in *text*.

        Raises:
            StoreError: If the file cannot be read or the entry is damaged.
        """
        kept = self._text(key)
        if kept is None:
            return None
        # What a judge's `key` is made of: the normalised answer with single spaces.
        words = " ".join(read(text).text.split())
        try:
            entries: list[Entry] = json.loads(kept)
            verdicts = [
                Verdict.model_validate({**fields, "evidence": [words[a:b] for a, b in spans]})
                for fields, spans in entries
            ]
        except (ValueError, TypeError, ValidationError) as error:
            raise self._damaged(str(error).splitlines()[0]) from None
        return relocated(verdicts, text)

    def put(self, key: str, text: str, verdicts: Sequence[Verdict]) -> None:
        """Keep *verdicts* on the answer *text*; what is kept already stays.

        Raises:
            StoreError: If the file cannot be written.
        """
        document = read(text)
        words = " ".join(document.text.split())
        entries = [
            (
                verdict.model_dump(mode="json", exclude={"evidence"}),
                _spans(document, words, verdict.evidence),
            )
            for verdict in verdicts
        ]
        entry = json.dumps(entries)
        if len(entry) > MAX_ENTRY:
            return
        with self._lock:
            try:
                # One statement is one transaction: on disk, or not there at all. The first of
                # two processes wins, so that every later run reads the same.
                self._opened().execute("INSERT OR IGNORE INTO kept VALUES (?, ?)", (key, entry))
            except sqlite3.Error as error:
                raise self._fault(error) from None

    def forget(self, keys: Iterable[str]) -> int:
        """Remove what is kept under *keys*; returns how many verdicts were.

        Raises:
            StoreError: If the file cannot be written.
        """
        removed = 0
        with self._lock:
            if self._database is None and not self.path.exists():
                return 0
            try:
                database = self._opened()
                # What is removed is overwritten, not only unlinked.
                database.execute("PRAGMA secure_delete = ON")
                for key in keys:
                    removed += database.execute("DELETE FROM kept WHERE key = ?", (key,)).rowcount
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            except sqlite3.Error as error:
                raise self._fault(error) from None
        return removed

    def close(self) -> None:
        """Close the file; a later call opens it again."""
        with self._lock:
            if self._database is not None:
                self._database.close()
            self._database = None

    def _text(self, key: str) -> str | None:
        with self._lock:
            if self._database is None and not self.path.exists():
                return None
            try:
                query = "SELECT verdicts FROM kept WHERE key = ?"
                with closing(self._opened().execute(query, (key,))) as rows:
                    row = rows.fetchone()
            except sqlite3.Error as error:
                raise self._fault(error) from None
        if row is not None and not isinstance(row[0], str):
            raise self._damaged("an entry is no text")
        return None if row is None else row[0]

    def _opened(self) -> sqlite3.Connection:
        """The connection of this process; one that was open before a fork is not used after it."""
        if self._database is not None and self._owner == os.getpid():
            return self._database
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # SQLite gives its side files the rights of this one.
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            with suppress(OSError):
                self.path.chmod(0o600)
        except OSError as error:
            raise self._unusable(str(error.strerror)) from None
        database = sqlite3.connect(
            self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            self._prepare(database)
        except sqlite3.Error as error:
            database.close()
            raise self._fault(error) from None
        except StoreError:
            database.close()
            raise
        self._database, self._owner = database, os.getpid()
        return database

    def _prepare(self, database: sqlite3.Connection) -> None:
        database.execute("PRAGMA journal_mode = WAL")
        # In WAL mode this is safe against the end of the process at any moment.
        database.execute("PRAGMA synchronous = NORMAL")
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if version > SCHEMA_VERSION:
            raise self._unusable("it was written by a newer version of the kit")
        (found,) = database.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise self._damaged(str(found).splitlines()[-1])
        database.execute(
            "CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, verdicts TEXT NOT NULL) "
            "WITHOUT ROWID"
        )
        database.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def _fault(self, error: sqlite3.Error) -> StoreError:
        if isinstance(error, sqlite3.OperationalError):
            return self._unusable(str(error))
        return self._damaged(str(error))

    def _damaged(self, why: str) -> StoreError:
        return StoreError(
            f"the kept verdicts are damaged ({why})",
            where=str(self.path),
            fix="Move the file away; the model is then asked again about what it held",
        )

    def _unusable(self, why: str) -> StoreError:
        return StoreError(
            f"the kept verdicts cannot be used ({why})",
            where=str(self.path),
            fix="Check the disk and the file's rights, or name another folder: [judge] cache",
        )


def _spans(document: Document, words: str, quotes: Sequence[str]) -> list[tuple[int, int]]:
    """Where *quotes* stand in the answer's words; a quote that it does not hold is no evidence."""
    spans = []
    for quote in quotes:
        start = document.raw.find(quote)
        if start < 0:
            continue
        first = bisect_left(document.starts, start)
        last = bisect_right(document.starts, start + len(quote) - 1)
        piece = " ".join(document.text[first:last].split())
        begin = words.find(piece) if piece else -1
        if begin >= 0:
            spans.append((begin, begin + len(piece)))
    return spans
