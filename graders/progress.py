"""What one learner has answered so far: an append-only SQLite file that stays on the machine."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from graders.errors import StoreError
from graders.score import Score

SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE attempt (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    question_id TEXT NOT NULL,
    answer TEXT NOT NULL,
    score TEXT NOT NULL
);
CREATE INDEX attempt_question ON attempt (question_id, id);
"""


@dataclass(frozen=True)
class Attempt:
    """One judged answer.

    Attributes:
        at: When it was submitted, UTC.
        question_id: The question.
        answer: What the learner wrote.
        score: How it was judged.
    """

    at: datetime
    question_id: str
    answer: str
    score: Score


def default_path() -> Path:
    """Where progress is kept: `$SENIORKIT_PROGRESS`, or else the user's data folder."""
    named = os.environ.get("SENIORKIT_PROGRESS")
    if named:
        return Path(named).expanduser()
    from platformdirs import user_data_path

    return user_data_path("seniorkit") / "progress.sqlite3"


class Progress:
    """The progress file; attempts are added and read, never changed.

    Args:
        path: The file; made on first use. `default_path()` when absent.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or default_path()

    def add(self, attempt: Attempt) -> None:
        """Append *attempt*.

        Raises:
            StoreError: If the file cannot be written, or belongs to a newer version.
        """
        with self._open() as database:
            database.execute(
                "INSERT INTO attempt (at, question_id, answer, score) VALUES (?, ?, ?, ?)",
                (
                    attempt.at.astimezone(UTC).isoformat(),
                    attempt.question_id,
                    attempt.answer,
                    attempt.score.model_dump_json(),
                ),
            )

    def attempts(self, question_id: str | None = None) -> list[Attempt]:
        """All attempts, oldest first; of one question only, if given.

        Raises:
            StoreError: If the file cannot be read, is damaged, or belongs to a newer version.
        """
        try:
            if not self.path.exists():
                return []
        except OSError as error:
            raise self._fault(error) from None
        query = "SELECT at, question_id, answer, score FROM attempt"
        parameters: tuple[str, ...] = ()
        if question_id is not None:
            query, parameters = query + " WHERE question_id = ?", (question_id,)
        with self._open() as database:
            rows = database.execute(query + " ORDER BY id", parameters).fetchall()
        try:
            return [
                Attempt(datetime.fromisoformat(at), asked, answer, Score.model_validate_json(score))
                for at, asked, answer, score in rows
            ]
        except (ValueError, ValidationError) as error:
            raise StoreError(
                f"an attempt cannot be read ({str(error).splitlines()[0]})",
                where=str(self.path),
                fix="Move the file away; a new one is made, and nothing in the old one is lost",
            ) from None

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """One transaction; every fault of the file becomes a `StoreError`."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            database = sqlite3.connect(self.path, timeout=5)
        except (OSError, sqlite3.Error) as error:
            raise self._fault(error) from None
        try:
            with database:
                self._prepare(database)
                yield database
        except (sqlite3.Error, UnicodeError) as error:
            raise self._fault(error) from None
        finally:
            database.close()

    def _prepare(self, database: sqlite3.Connection) -> None:
        version = database.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA_VERSION:
            raise StoreError(
                f"the file was written by a newer version of the kit (schema {version})",
                where=str(self.path),
                fix="Update seniorkit",
            )
        if version == 0:
            database.execute("BEGIN IMMEDIATE")
            # Another process may have made the tables while this one waited for the lock.
            if database.execute("PRAGMA user_version").fetchone()[0] == 0:
                self._must_be_empty(database)
                for statement in _SCHEMA.split(";"):
                    database.execute(statement)
                database.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def _must_be_empty(self, database: sqlite3.Connection) -> None:
        owner = database.execute("PRAGMA application_id").fetchone()[0]
        tables = database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if owner or tables:
            raise StoreError(
                "this is another program's database",
                where=str(self.path),
                fix="Name another file in SENIORKIT_PROGRESS",
            )

    def _fault(self, error: Exception) -> StoreError:
        text = str(error)
        if isinstance(error, UnicodeError):
            return StoreError(
                "the answer holds half a character, such as a cut emoji",
                where=str(self.path),
                fix="Remove it and submit again",
            )
        if "locked" in text:
            return StoreError(
                "the progress file is in use by another program",
                where=str(self.path),
                fix="Try again in a moment",
            )
        if "not a database" in text or "malformed" in text:
            return StoreError(
                "the progress file is damaged",
                where=str(self.path),
                fix="Move it away or restore a copy; a new one is made",
            )
        return StoreError(
            f"the progress file cannot be used ({text})",
            where=str(self.path),
            fix="Check the folder's rights and the free space, or set SENIORKIT_PROGRESS",
        )
