"""What was handed to the Batch API and what came back: on disk, so that one may leave."""

from __future__ import annotations

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from graders.errors import StoreError, UsageError
from graders.judges.llm.usage import Usage

try:
    import fcntl
except ImportError:  # Windows; two runs at a time are not kept apart there
    fcntl = None  # type: ignore[assignment]

SCHEMA_VERSION = 1

WAITING, ANSWERED, FAILED, LOST = "waiting", "answered", "failed", "lost"
"""What became of a call: under way, its reply is here, it failed, or its batch ended without it."""

KEPT = "kept"
"""The verdicts are kept elsewhere, and the reply was removed."""

_TABLES = """
CREATE TABLE IF NOT EXISTS batch (mark TEXT PRIMARY KEY, id TEXT, done INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS call (
    key TEXT PRIMARY KEY, mark TEXT NOT NULL, state TEXT NOT NULL, tries INTEGER NOT NULL,
    input INTEGER NOT NULL, output INTEGER NOT NULL, said TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS call_mark ON call (mark, state);
"""


def again(key: str) -> str:
    """`custom_id` of the call in which what was wrong in the reply to *key* is asked again."""
    return f"{key}-again"


def books(folder: Path) -> list[Path]:
    """The books in *folder*, of all servers."""
    return sorted(folder.glob("batches-*.sqlite3"))


def book_file(folder: Path, base_url: str) -> Path:
    """The book of one server: another one would not know its batches."""
    return folder / f"batches-{hashlib.sha256(base_url.encode()).hexdigest()[:8]}.sqlite3"


@dataclass(frozen=True)
class Call:
    """One call as the book has it.

    Attributes:
        state: What became of it.
        said: The body of the reply, or why there is none.
        tries: Batches that it was in.
        most: The most that it could use.
        mark: Ours for the last of these batches.
    """

    state: str
    said: str
    tries: int
    most: Usage
    mark: str


class BatchBook:
    """The calls by key, and the batches that they are in; used by one process at a time.

    Args:
        path: The file; made if it does not exist.

    Raises:
        StoreError: If it cannot be used.
        UsageError: If another process is using it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = path.with_suffix(".lock").open("w")
        except OSError as error:
            raise self._unusable(str(error.strerror)) from None
        if fcntl is not None:
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                self._lock.close()
                raise UsageError(
                    "another run is using the Batch API just now",
                    where=str(path),
                    fix="Wait until it has ended",
                ) from None
        self._database = sqlite3.connect(path)
        try:
            with self._safely():
                path.chmod(0o600)
                (version,) = self._database.execute("PRAGMA user_version").fetchone()
                if version > SCHEMA_VERSION:
                    raise self._unusable("it was written by a newer version of the kit")
                # Replies hold learners' words: what is removed is overwritten, not only unlinked.
                self._database.execute("PRAGMA secure_delete = ON")
                self._database.executescript(_TABLES)
                self._database.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        except StoreError:
            self.close()
            raise

    def close(self) -> None:
        """Let the file go."""
        self._database.close()
        self._lock.close()

    def call(self, key: str) -> Call | None:
        """What is known of the call *key*."""
        query = "SELECT state, said, tries, input, output, mark FROM call WHERE key = ?"
        with self._safely(), closing(self._database.execute(query, (key,))) as rows:
            row = rows.fetchone()
        if row is None:
            return None
        state, said, tries, given, got, mark = row
        return Call(state, said, tries, Usage(1, given, 0, got), mark)

    def counts(self, mark: str | None = None) -> Counter[str]:
        """State -> number of calls, of one batch or of all."""
        where, values = ("WHERE mark = ?", (mark,)) if mark else ("", ())
        query = f"SELECT state, COUNT(*) FROM call {where} GROUP BY state"
        with self._safely(), closing(self._database.execute(query, values)) as rows:
            return Counter(dict(rows.fetchall()))

    def most(self) -> Usage:
        """The most that all calls under way can use."""
        query = "SELECT COUNT(*), TOTAL(input), TOTAL(output) FROM call WHERE state = ?"
        with self._safely(), closing(self._database.execute(query, (WAITING,))) as rows:
            calls, given, got = rows.fetchone()
        return Usage(calls, int(given), 0, int(got))

    def open_batches(self) -> list[tuple[str, str | None]]:
        """Our mark and the server's id of each batch that has not been read to its end."""
        query = "SELECT mark, id FROM batch WHERE done = 0 ORDER BY rowid"
        with self._safely(), closing(self._database.execute(query)) as rows:
            return [(mark, name) for mark, name in rows.fetchall()]

    def begin(self, mark: str, calls: Iterable[tuple[str, Usage]]) -> None:
        """Note that *calls* are about to be handed in, before they are."""
        with self._safely(), self._database:
            self._database.execute("INSERT INTO batch (mark) VALUES (?)", (mark,))
            self._database.executemany(
                "INSERT INTO call (key, mark, state, tries, input, output) "
                "VALUES (?, ?, ?, 1, ?, ?) ON CONFLICT (key) DO UPDATE SET "
                "mark = excluded.mark, state = excluded.state, tries = tries + 1, said = ''",
                ((key, mark, WAITING, most.input_tokens, most.output_tokens)
                 for key, most in calls),
            )  # fmt: skip

    def begun(self, mark: str, batch_id: str) -> None:
        """Note the server's name for a batch."""
        with self._safely(), self._database:
            self._database.execute("UPDATE batch SET id = ? WHERE mark = ?", (batch_id, mark))

    def note(self, mark: str, results: Iterable[tuple[str, str, str]]) -> None:
        """Note what became of calls of a batch.

        Args:
            mark: Ours for the batch.
            results: Key, state and what was said; keys that are not under way in this batch
                count for nothing.
        """
        with self._safely(), self._database:
            self._database.executemany(
                "UPDATE call SET state = ?, said = ? WHERE key = ? AND mark = ? AND state = ?",
                ((state, said, key, mark, WAITING) for key, state, said in results),
            )

    def end(self, mark: str, why: str, *, asked: bool = True) -> None:
        """Note that a batch was read to its end; what it left open is lost, *why* in words.

        Args:
            mark: Ours for the batch.
            why: Why calls may be lost.
            asked: Whether the server took the batch; else it does not count as a try.
        """
        with self._safely(), self._database:
            self._database.execute(
                "UPDATE call SET state = ?, said = ?, tries = tries - ? "
                "WHERE mark = ? AND state = ?",
                (LOST, why, 0 if asked else 1, mark, WAITING),
            )
            self._database.execute("UPDATE batch SET done = 1 WHERE mark = ?", (mark,))

    def fail(self, key: str, why: str) -> None:
        """Note that the replies to *key* cannot be used; they are removed."""
        with self._safely(), self._database:
            self._database.execute(
                "UPDATE call SET state = ?, said = ? WHERE key = ?", (FAILED, why, key)
            )
            self._database.execute("DELETE FROM call WHERE key = ?", (again(key),))

    def settle(self, key: str) -> None:
        """Note that the verdicts of *key* are kept; the replies are removed."""
        with self._safely(), self._database:
            self._database.execute(
                "UPDATE call SET state = ?, said = '', tries = 0 WHERE key = ?", (KEPT, key)
            )
            self._database.execute("DELETE FROM call WHERE key = ?", (again(key),))

    def forget(self, keys: Iterable[str]) -> int:
        """Remove the calls *keys*, also those that ask again; returns how many there were.

        A reply that comes later to one of them is passed over.
        """
        removed = 0
        with self._safely(), self._database:
            for key in keys:
                removed += self._database.execute(
                    "DELETE FROM call WHERE key IN (?, ?)", (key, again(key))
                ).rowcount
        return removed

    @contextmanager
    def _safely(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise self._unusable(str(error)) from None

    def _unusable(self, why: str) -> StoreError:
        return StoreError(
            f"the book of batches cannot be used ({why})",
            where=str(self._path),
            fix="Check the disk and the file's rights",
        )
