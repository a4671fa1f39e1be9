"""The tables of the progress file, version by version; old files are brought up to date in steps."""

from __future__ import annotations

import hashlib
import sqlite3

SCHEMA_VERSION = 2

_FIRST = """
CREATE TABLE attempt (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    question_id TEXT NOT NULL,
    answer TEXT NOT NULL,
    score TEXT NOT NULL
);
CREATE INDEX attempt_question ON attempt (question_id, id);
"""

_SECOND = """
ALTER TABLE attempt ADD COLUMN "key" TEXT;
ALTER TABLE attempt ADD COLUMN cold INTEGER NOT NULL DEFAULT 1;
ALTER TABLE attempt ADD COLUMN hints INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attempt ADD COLUMN seconds REAL;
ALTER TABLE attempt ADD COLUMN daily TEXT;
ALTER TABLE attempt ADD COLUMN mock TEXT;
ALTER TABLE attempt ADD COLUMN variation TEXT;
CREATE TABLE look (
    id INTEGER PRIMARY KEY, "key" TEXT NOT NULL UNIQUE, at TEXT NOT NULL,
    question_id TEXT NOT NULL, what TEXT NOT NULL
);
CREATE INDEX look_question ON look (question_id, id);
CREATE TABLE mock (
    id INTEGER PRIMARY KEY, "key" TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
    started TEXT NOT NULL, updated TEXT NOT NULL, finished TEXT,
    state TEXT NOT NULL, scorecard TEXT, level TEXT, signal TEXT, target TEXT NOT NULL
);
CREATE TABLE story (
    id INTEGER PRIMARY KEY, "key" TEXT NOT NULL UNIQUE, story_id TEXT NOT NULL, at TEXT NOT NULL,
    title TEXT NOT NULL, text TEXT NOT NULL, "when" TEXT NOT NULL, employer TEXT NOT NULL,
    withdrawn INTEGER NOT NULL
);
CREATE INDEX story_story ON story (story_id, id);
CREATE TABLE drill (
    id INTEGER PRIMARY KEY, "key" TEXT NOT NULL UNIQUE, at TEXT NOT NULL, seed INTEGER NOT NULL,
    family TEXT NOT NULL, answer TEXT NOT NULL, option INTEGER, close INTEGER NOT NULL,
    "right" INTEGER NOT NULL, decided INTEGER, unit INTEGER NOT NULL, seconds REAL
);
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


def upgrade(database: sqlite3.Connection, version: int) -> None:
    """Bring the tables from *version* (0: none yet) to `SCHEMA_VERSION`, within one transaction."""
    if version < 1:
        _run(database, _FIRST)
    if version < 2:
        _run(database, _SECOND)
        _give_keys(database)
        database.execute('CREATE UNIQUE INDEX attempt_key ON attempt ("key")')
    database.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _run(database: sqlite3.Connection, statements: str) -> None:
    # `executescript` would end the transaction.
    for statement in statements.split(";"):
        database.execute(statement)


def _give_keys(database: sqlite3.Connection) -> None:
    """Keys for attempts that have none: made of what they are, so all copies get the same ones."""
    seen: dict[str, int] = {}
    rows = database.execute("SELECT id, at, question_id, answer, score FROM attempt ORDER BY id")
    for number, *parts in rows.fetchall():
        digest = hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:32]
        seen[digest] = seen.get(digest, 0) + 1
        key = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
        database.execute('UPDATE attempt SET "key" = ? WHERE id = ?', (key, number))
