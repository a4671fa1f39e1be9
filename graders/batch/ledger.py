"""The ledger of a course's runs: how far each submission has come, and what was already answered.

Whatever ends a run, the next one takes up each submission after its last finished stage. The
gradebook alone decides what is graded; a ledger that is lost costs time, nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from graders.errors import StoreError, UsageError
from graders.judges.base import Judge
from graders.question import Question
from graders.score import Score

try:
    import fcntl
except ImportError:  # Windows: two runs at a time are not kept apart there
    fcntl = None  # type: ignore[assignment]

FOLDER = ".seniorkit"
FILE = "ledger.sqlite3"
PATIENCE = 10.0
"""Seconds that a run waits for another one to end: one that was killed may take a moment."""

Stage = Literal["collected", "executed", "judged", "recorded", "feedback"]

_TABLES = """
CREATE TABLE IF NOT EXISTS stage (
  assignment TEXT, student TEXT, digest TEXT NOT NULL, stage TEXT NOT NULL, result BLOB,
  PRIMARY KEY (assignment, student));
CREATE TABLE IF NOT EXISTS verdict (key TEXT PRIMARY KEY, score TEXT NOT NULL);
"""


class Ledger:
    """The ledger of one course; use as a context manager.

    Args:
        root: The course's folder.
        assignment: Name of the assignment that is worked on.

    Raises:
        StoreError: If it cannot be written.
    """

    def __init__(self, root: Path, assignment: str) -> None:
        self.path = root / FOLDER / FILE
        self._assignment = assignment
        with self._errors():
            self.path.parent.mkdir(exist_ok=True)
            try:
                self._database = self._opened()
            except sqlite3.DatabaseError as error:
                if "not a database" not in str(error) and "malformed" not in str(error):
                    raise
                for name in (FILE, f"{FILE}-wal", f"{FILE}-shm"):
                    (self.path.parent / name).unlink(missing_ok=True)
                self._database = self._opened()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *exception: object) -> None:
        with contextlib.suppress(sqlite3.Error):
            self._database.close()

    def collected(self, student: str, digest: str) -> bytes | None:
        """Begin with a submission; its result, if just this one has been executed before.

        Args:
            student: The learner's id.
            digest: Fingerprint of the submission and of all that decides how it runs.
        """
        with self._errors():
            row = self._database.execute(
                "SELECT digest, result FROM stage WHERE assignment = ? AND student = ?",
                (self._assignment, student),
            ).fetchone()
            if row is not None and row[0] == digest and row[1] is not None:
                return bytes(row[1])
            self._put(student, digest, "collected", None)
        return None

    def executed(self, student: str, digest: str, result: bytes) -> None:
        """Keep what a worker sent back, until it is recorded."""
        with self._errors():
            self._put(student, digest, "executed", result)

    def result(self, student: str) -> bytes:
        """What a worker sent back.

        Raises:
            StoreError: If there is nothing.
        """
        with self._errors():
            row = self._database.execute(
                "SELECT result FROM stage WHERE assignment = ? AND student = ?",
                (self._assignment, student),
            ).fetchone()
        if row is None or row[0] is None:
            raise StoreError(f"the result of {student!r} is gone", where=str(self.path))
        return bytes(row[0])

    def reached(self, student: str, stage: Stage) -> None:
        """Note that a submission has come to *stage*; what is recorded needs no result any more."""
        keeps = "result" if stage == "judged" else "NULL"
        with self._errors():
            self._database.execute(
                f"UPDATE stage SET stage = ?, result = {keeps} WHERE assignment = ? AND student = ?",
                (stage, self._assignment, student),
            )

    def stages(self) -> dict[str, str]:
        """Student -> the last stage that was finished."""
        with self._errors():
            return dict(
                self._database.execute(
                    "SELECT student, stage FROM stage WHERE assignment = ?", (self._assignment,)
                )
            )

    def verdict(self, key: str) -> Score | None:
        """A score that was given before for the same words."""
        with self._errors():
            row = self._database.execute(
                "SELECT score FROM verdict WHERE key = ?", (key,)
            ).fetchone()
        if row is None:
            return None
        try:
            return Score.model_validate_json(row[0])
        except ValidationError:
            return None

    def keep_verdict(self, key: str, score: Score) -> None:
        """Keep a score, so that no judge is asked for it again."""
        with self._errors():
            self._database.execute(
                "INSERT OR REPLACE INTO verdict VALUES (?, ?)", (key, score.model_dump_json())
            )

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep a second run of the assignment away.

        Raises:
            UsageError: If another run is at work.
        """
        name = hashlib.sha256(self._assignment.encode(errors="replace")).hexdigest()[:16]
        what = f"another run grades {self._assignment!r}"
        with only_one(self.path.parent / f"run-{name}.lock", what):
            yield

    def _put(self, student: str, digest: str, stage: Stage, result: bytes | None) -> None:
        self._database.execute(
            "INSERT OR REPLACE INTO stage VALUES (?, ?, ?, ?, ?)",
            (self._assignment, student, digest, stage, result),
        )

    def _opened(self) -> sqlite3.Connection:
        database = sqlite3.connect(self.path, timeout=20, isolation_level=None)
        # What the last moments before a power cut lose is done again.
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute("PRAGMA journal_mode = WAL")
        database.executescript(_TABLES)
        return database

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise StoreError(
                f"the ledger of this course's runs cannot be used ({error})",
                where=str(self.path),
                fix="Check the folder's rights and the free space",
            ) from None


@contextmanager
def only_one(lock: Path, what: str) -> Iterator[None]:
    """Keep a second one away while this block runs; whatever ends it also ends its claim.

    Args:
        lock: The file that is claimed; its folder must exist.
        what: What the other one is doing, for the message.

    Raises:
        UsageError: If another one is at work, and still is after a moment.
        StoreError: If the file cannot be written.
    """
    if fcntl is None:
        yield
        return
    try:
        file = lock.open("w")
    except OSError as error:
        raise StoreError(
            f"the lock of this course's runs cannot be used ({error.strerror or error})",
            where=str(lock),
            fix="Check the folder's rights and the free space",
        ) from None
    with file:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise UsageError(
                        f"{what} at this moment",
                        where=str(lock.parent),
                        fix="Wait until it has ended",
                    ) from None
                time.sleep(0.1)
        yield


def verdict_key(judge: Judge, question: Question, text: str) -> str:
    """Fingerprint of all that decides a score: the judge, the question, the learner's words."""
    return _key(judge.name, judge.version, question.id, question.digest, text)


def score_key(score: Score, text: str) -> str:
    """The `verdict_key` under which *score* of *text* was kept."""
    return _key(
        score.judge, score.judge_version, score.question_id, score.rubric_digest, text
    )  # fmt: skip


def _key(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode(errors="replace")).hexdigest()
