"""What one learner has done so far: an append-only SQLite file that stays on the machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from graders.errors import StoreError
from graders.progress import exchange
from graders.progress.file import ProgressFile
from graders.progress.rows import (
    ATTEMPTS,
    DRILLS,
    LOOKS,
    MOCKS,
    OUTLINES,
    STORIES,
    Table,
    settings_row,
    to_settings,
)
from graders.progress.values import (
    Attempt,
    DrillRecord,
    Look,
    Merged,
    Mock,
    Settings,
    StoryVersion,
)

V = TypeVar("V")


class Progress(ProgressFile):
    """The progress file; what is in it is added and read, never changed.

    A file that does not exist yet reads as empty and is made by the first thing added. Every
    method raises `StoreError` if the file cannot be used, is damaged, or belongs to a newer
    version.

    Args:
        path: The file; made on first use. `default_path()` when absent.
    """

    def add(self, attempt: Attempt) -> None:
        """Append *attempt*."""
        self._add(ATTEMPTS, attempt)

    def attempts(self, question_id: str | None = None) -> list[Attempt]:
        """All attempts, oldest first; of one question only, if given."""
        return self._read(ATTEMPTS, "question_id", question_id)

    def outlines(self) -> list[Attempt]:
        """All attempts, oldest first, their scores without verdicts and tips.

        Read in a third of the time, for pages that count over years.
        """
        return self._read(OUTLINES)

    def last_attempts(self) -> dict[str, Attempt]:
        """The last attempt at each question, in full."""
        # By time: what an import brought lies behind what is newer.
        last = "WHERE id IN (SELECT id FROM (SELECT id, max(at) FROM attempt GROUP BY question_id))"
        return {attempt.question_id: attempt for attempt in self._read(ATTEMPTS, where=last)}

    def add_look(self, look: Look) -> None:
        """Append *look*."""
        self._add(LOOKS, look)

    def looks(self, question_id: str | None = None) -> list[Look]:
        """What was opened, oldest first; of one question only, if given."""
        return self._read(LOOKS, "question_id", question_id)

    def save_mock(self, mock: Mock) -> None:
        """Keep *mock* as it now stands, in place of what was kept of it before."""
        self._add(MOCKS, mock, replace=True)

    def mock(self, mock_id: str) -> Mock | None:
        """One mock interview, or `None` if there is no such one."""
        found = self._read(MOCKS, "key", mock_id)
        return found[0] if found else None

    def mocks(self) -> list[Mock]:
        """All mock interviews, oldest first."""
        return self._read(MOCKS)

    def add_story(self, version: StoryVersion) -> None:
        """Append a version of a story."""
        self._add(STORIES, version)

    def stories(self) -> list[StoryVersion]:
        """The last version of each story that was not withdrawn, oldest story first."""
        last: dict[str, StoryVersion] = {}
        for version in self._read(STORIES):
            before = last.get(version.story_id)
            # Versions of two machines may lie in the file in another order than they were made.
            if before is None or version.at >= before.at:
                last[version.story_id] = version
        return [version for version in last.values() if not version.withdrawn]

    def story(self, story_id: str) -> StoryVersion | None:
        """The last version of one story, withdrawn or not, or `None` if there is no such one."""
        versions = sorted(self.story_versions(story_id), key=lambda version: version.at)
        return versions[-1] if versions else None

    def story_versions(self, story_id: str) -> list[StoryVersion]:
        """All versions of one story, oldest first."""
        return self._read(STORIES, "story_id", story_id)

    def add_drill(self, record: DrillRecord) -> None:
        """Append an answered drill."""
        self._add(DRILLS, record)

    def drills(self) -> list[DrillRecord]:
        """All answered drills, oldest first."""
        return self._read(DRILLS)

    def settings(self) -> Settings:
        """What the learner set; defaults for the rest."""
        if not self.exists():
            return Settings()
        with self._open() as database:
            row = database.execute("SELECT value FROM setting WHERE name = 'all'").fetchone()
        try:
            return to_settings(json.loads(row[0])) if row else Settings()
        except (ValueError, TypeError, AttributeError) as error:
            raise self._unreadable("the settings", error) from None

    def save_settings(self, settings: Settings) -> None:
        """Keep *settings* in place of those before."""
        value = json.dumps(settings_row(settings))
        with self._open() as database:
            database.execute("INSERT OR REPLACE INTO setting VALUES ('all', ?)", (value,))

    def export(self) -> dict[str, Any]:
        """Everything in the file, as JSON can hold it."""
        if not self.exists():
            return exchange.empty()
        with self._open() as database:
            return exchange.export(database)

    def merge(self, exported: Mapping[str, Any]) -> Merged:
        """Add what an export holds and this file does not; all of it or nothing.

        Raises:
            UsageError: If *exported* is no export, or something in it cannot be read.
        """
        checked = exchange.check(exported)
        with self._open() as database:
            return exchange.merge(database, checked)

    def _add(self, table: Table[V], value: V, *, replace: bool = False) -> None:
        row = table.encode(value)
        with self._open() as database:
            exchange.insert(database, table, row, replace=replace)

    def _read(
        self, table: Table[V], column: str = "", value: str | None = None, *, where: str = ""
    ) -> list[V]:
        if not self.exists():
            return []
        query = f"SELECT {table.selected} FROM {table.name} {where}"
        parameters: tuple[str, ...] = ()
        if value is not None:
            query, parameters = f'{query} WHERE "{column}" = ?', (value,)
        with self._open() as database:
            rows = database.execute(f"{query} ORDER BY id", parameters).fetchall()
        try:
            return [table.decode(dict(zip(table.columns, row, strict=True))) for row in rows]
        except (ValueError, TypeError, KeyError, ValidationError) as error:
            raise self._unreadable(f"one of the {table.title}", error) from None

    def _unreadable(self, what: str, error: Exception) -> StoreError:
        return StoreError(
            f"{what} cannot be read ({str(error).splitlines()[0]})",
            where=str(self.path),
            fix="Move the file away; a new one is made, and nothing in the old one is lost",
        )
