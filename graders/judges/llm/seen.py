"""What was judged in this run, so that duplicates are asked once: on disk, not in memory."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from types import TracebackType
from typing import Self

from graders.score import Verdict


class Seen:
    """Key -> verdicts, in a private temporary file that is gone when this is closed."""

    def __init__(self) -> None:
        # "" is SQLite's name for a database that has no name and lives until it is closed.
        self._database = sqlite3.connect("", check_same_thread=False)
        self._database.execute("CREATE TABLE seen (key TEXT PRIMARY KEY, verdicts TEXT NOT NULL)")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._database.close()

    def get(self, key: str) -> tuple[Verdict, ...] | None:
        """The verdicts kept under *key*."""
        query = "SELECT verdicts FROM seen WHERE key = ?"
        with closing(self._database.execute(query, (key,))) as rows:
            row = rows.fetchone()
        return None if row is None else tuple(Verdict.model_validate(v) for v in json.loads(row[0]))

    def put(self, key: str, verdicts: Sequence[Verdict]) -> None:
        """Keep *verdicts* under *key*."""
        text = json.dumps([verdict.model_dump(mode="json") for verdict in verdicts])
        self._database.execute("INSERT OR REPLACE INTO seen VALUES (?, ?)", (key, text))
