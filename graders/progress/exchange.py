"""Progress as one JSON document: out of a file, and into another one without duplicates."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from graders.errors import UsageError
from graders.progress.rows import MOCKS, TABLES, Row, Table, settings_row, to_settings
from graders.progress.schema import SCHEMA_VERSION
from graders.progress.values import Merged

FORMAT = "seniorkit-progress"


def empty() -> dict[str, Any]:
    """The export of a file in which nothing is yet."""
    return {
        "format": FORMAT,
        "version": SCHEMA_VERSION,
        **{table.title: [] for table in TABLES},
        "settings": None,
    }


def export(database: sqlite3.Connection) -> dict[str, Any]:
    """Everything in *database*: a list of rows for each kind of value, and the settings."""
    exported = empty()
    for table in TABLES:
        rows = database.execute(f"SELECT {table.selected} FROM {table.name} ORDER BY id")
        exported[table.title] = [dict(zip(table.columns, row, strict=True)) for row in rows]
    settings = database.execute("SELECT value FROM setting WHERE name = 'all'").fetchone()
    exported["settings"] = json.loads(settings[0]) if settings else None
    return exported


def check(exported: Mapping[str, Any]) -> dict[str, Any]:
    """*exported*, if every value in it can be read.

    Raises:
        UsageError: If it is no export, or is one of a newer version, or holds something broken.
    """
    if not isinstance(exported, Mapping) or exported.get("format") != FORMAT:
        raise UsageError("this is no export of progress", fix="Make one: seniorkit progress export")
    version = exported.get("version")
    if not isinstance(version, int) or version > SCHEMA_VERSION:
        raise UsageError(
            "the export was made by a newer version of the kit", fix="Update seniorkit"
        )
    checked: dict[str, Any] = {"settings": exported.get("settings")}
    for table in TABLES:
        rows = exported.get(table.title, [])
        checked[table.title] = [
            _checked(table, row, number) for number, row in enumerate(_list(rows, table), 1)
        ]
    try:
        if checked["settings"] is not None:
            checked["settings"] = settings_row(to_settings(checked["settings"]))
    except (ValueError, TypeError, AttributeError) as error:
        raise UsageError(f"the settings in the export are broken ({error})") from None
    return checked


def _list(rows: Any, table: Table[Any]) -> list[Any]:
    if isinstance(rows, list):
        return rows
    raise UsageError(f"{table.title!r} in the export is no list", fix="Export again")


def _checked(table: Table[Any], row: Any, number: int) -> Row:
    """*row*, decoded and encoded again, so that only what a value holds gets into the file."""
    try:
        return table.encode(table.decode(row))
    except (ValueError, TypeError, KeyError, ValidationError) as error:
        raise UsageError(
            f"number {number} of the {table.title} is broken ({str(error).splitlines()[0]})",
            fix="Export again; nothing was imported",
        ) from None


def merge(database: sqlite3.Connection, checked: Mapping[str, Any]) -> Merged:
    """Add to *database* what it does not have; of a mock interview, the later state stays."""
    added: dict[str, int] = {}
    known = 0
    for table in TABLES:
        have = dict(
            database.execute(
                f'SELECT "key", {"updated" if table is MOCKS else "id"} FROM {table.name}'
            ).fetchall()
        )
        for row in checked[table.title]:
            new = row["key"] not in have
            if new or (table is MOCKS and row["updated"] > have[row["key"]]):
                insert(database, table, row, replace=not new)
                added[table.title] = added.get(table.title, 0) + 1
                have[row["key"]] = row.get("updated", 0)
            else:
                known += 1
    if checked["settings"] is not None:
        value = json.dumps(checked["settings"])
        # Settings of this machine stay: they are what the learner chose last here.
        database.execute("INSERT OR IGNORE INTO setting VALUES ('all', ?)", (value,))
    return Merged(added, known)


def insert(
    database: sqlite3.Connection, table: Table[Any], row: Row, *, replace: bool = False
) -> None:
    """Write one row; with *replace*, over the one that has the same key."""
    places = ", ".join(f":{column}" for column in table.columns)
    statement = f"INSERT INTO {table.name} ({table.selected}) VALUES ({places})"
    if replace:
        rest = [column for column in table.columns if column != "key"]
        changes = ", ".join(f'"{column}" = excluded."{column}"' for column in rest)
        statement += f' ON CONFLICT ("key") DO UPDATE SET {changes}'
    database.execute(statement, {column: row[column] for column in table.columns})
