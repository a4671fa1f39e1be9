"""The SQLite file itself: where it lies, how it is opened, brought up to date and deleted."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from graders.errors import StoreError
from graders.progress.schema import SCHEMA_VERSION, upgrade

PATIENCE_SECONDS = 5.0
"""How long a transaction waits while another kernel writes, until the learner is told."""


def default_path() -> Path:
    """Where progress is kept: `$SENIORKIT_PROGRESS`, or else the user's data folder."""
    named = os.environ.get("SENIORKIT_PROGRESS")
    if named:
        return Path(named).expanduser()
    from platformdirs import user_data_path

    return user_data_path("seniorkit") / "progress.sqlite3"


class ProgressFile:
    """The file, one transaction at a time; every fault of it becomes a `StoreError`.

    Args:
        path: The file; made on first use. `default_path()` when absent.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or default_path()

    def exists(self) -> bool:
        """Whether there is a file yet.

        Raises:
            StoreError: If its folder cannot be looked into.
        """
        try:
            return self.path.exists()
        except OSError as error:
            raise self._fault(error) from None

    def copies(self) -> list[Path]:
        """Copies that were kept beside the file before it was brought up to date."""
        return sorted(self.path.parent.glob(f"{self.path.name}.v*-copy*"))

    def delete(self) -> list[Path]:
        """Remove the file and the copies beside it.

        Returns:
            What was removed; empty if there was nothing.

        Raises:
            StoreError: If it is damaged or not ours, so that nothing is removed, or cannot be.
        """
        if not self.exists():
            return []
        with self._connected() as database:
            tables = database.execute("SELECT name FROM sqlite_master").fetchall()
            if ("attempt",) not in tables and tables:
                raise self._foreign()
        rest = [Path(f"{self.path}{suffix}") for suffix in ("-journal", "-wal", "-shm")]
        gone = []
        try:
            for path in (self.path, *self.copies(), *rest):
                if path.exists():
                    path.unlink()
                    gone.append(path)
        except OSError as error:
            raise self._fault(error) from None
        return gone

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self.path.exists():
                # Stories of one's career are nobody else's on a shared machine.
                os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            database = sqlite3.connect(self.path, timeout=PATIENCE_SECONDS)
        except (OSError, sqlite3.Error) as error:
            raise self._fault(error) from None
        try:
            yield database
        except (OSError, sqlite3.Error, UnicodeError) as error:
            raise self._fault(error) from None
        finally:
            database.close()

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """One transaction on tables that are up to date."""
        with self._connected() as database:
            with database:
                self._prepare(database)
            with database:
                yield database

    def _prepare(self, database: sqlite3.Connection) -> None:
        version = _version(database)
        if version > SCHEMA_VERSION:
            raise StoreError(
                f"the file was written by a newer version of the kit (schema {version})",
                where=str(self.path),
                fix="Update seniorkit",
            )
        if version < SCHEMA_VERSION:
            database.execute("BEGIN IMMEDIATE")
            # Another process may have done it while this one waited for the lock.
            version = _version(database)
            if version == 0:
                self._must_be_empty(database)
            elif version < SCHEMA_VERSION:
                self._keep_copy(version)
            if version < SCHEMA_VERSION:
                upgrade(database, version)

    def _keep_copy(self, version: int) -> None:
        """Copy the file as it is; the lock is held, so nobody writes to it meanwhile."""
        copy = Path(f"{self.path}.v{version}-copy")
        number = 1
        while copy.exists():
            number += 1
            copy = Path(f"{self.path}.v{version}-copy-{number}")
        shutil.copy2(self.path, copy)

    def _must_be_empty(self, database: sqlite3.Connection) -> None:
        owner = database.execute("PRAGMA application_id").fetchone()[0]
        tables = database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if owner or tables:
            raise self._foreign()

    def _foreign(self) -> StoreError:
        return StoreError(
            "this is another program's database",
            where=str(self.path),
            fix="Name another file in SENIORKIT_PROGRESS",
        )

    def _fault(self, error: Exception) -> StoreError:
        text = str(error)
        if isinstance(error, UnicodeError):
            message, fix = (
                "the answer holds half a character, such as a cut emoji",
                "Remove it and submit again",
            )
        elif "locked" in text:
            message, fix = (
                "the progress file is in use by another program",
                "Try again in a moment",
            )
        elif "readonly" in text:
            message, fix = (
                "the progress file is read-only",
                "Give yourself the right to write it and its folder, or set SENIORKIT_PROGRESS",
            )
        elif "not a database" in text or "malformed" in text:
            message, fix = (
                "the progress file is damaged",
                "Move it away or restore a copy; a new one is made",
            )
        else:
            message, fix = (
                f"the progress file cannot be used ({text})",
                "Check the folder's rights and the free space, or set SENIORKIT_PROGRESS",
            )
        return StoreError(message, where=str(self.path), fix=fix)


def _version(database: sqlite3.Connection) -> int:
    return int(database.execute("PRAGMA user_version").fetchone()[0])
