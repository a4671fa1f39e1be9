"""What the database holds about one person: all of it to read, and all of it to remove."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import MetaData, Table, delete, inspect, select, text, update

from graders.gradebook.sessions import session_of
from graders.gradebook.tables import table_of

OWN = "seniorkit_"
"""What the names of our tables begin with."""

REMOVED = "a learner who was removed"

Rows = dict[str, list[dict[str, Any]]]
"""Table -> its rows about one person, as plain values."""


def rows_about(db_url: str, student: str) -> Rows:
    """Everything that the database holds about *student*.

    Raises:
        StoreError: If the gradebook cannot be read.
    """
    with session_of(db_url) as session:
        found: Rows = {}
        for name, query in _queries(session, student):
            rows = [_plain(dict(row)) for row in session.execute(query).mappings()]
            if rows:
                found[name] = rows
        return found


def remove_person(db_url: str, student: str) -> dict[str, int]:
    """Remove *student* from the database, in one transaction.

    What our own remarks on other learners say of them is replaced by words without a name.

    Returns:
        Table -> number of rows that were removed or changed.

    Raises:
        StoreError: If the gradebook cannot be written; nothing is removed, then.
    """
    with session_of(db_url, writing=True) as session:
        if session.get_bind().dialect.name == "sqlite":
            # What is deleted is overwritten, not only unlinked.
            session.execute(text("PRAGMA secure_delete = ON"))
        counts = {table.name: _deleted(session, table, student) for table in _own(session)}
        whole, notebooks = table_of(SubmittedAssignment), table_of(SubmittedNotebook)
        mine = select(whole.c.id).where(whole.c.student_id == student)
        own = select(notebooks.c.id).where(notebooks.c.assignment_id.in_(mine))
        steps: tuple[tuple[Table, Any], ...] = (
            (table_of(Grade), table_of(Grade).c.notebook_id.in_(own)),
            (table_of(Comment), table_of(Comment).c.notebook_id.in_(own)),
            (notebooks, notebooks.c.assignment_id.in_(mine)),
            (whole, whole.c.student_id == student),
            (table_of(Student), table_of(Student).c.id == student),
        )
        for table, condition in steps:
            counts[table.name] = session.execute(delete(table).where(condition)).rowcount
        for name, changed in _without_mentions(session, student).items():
            counts[f"{name} (remarks on others)"] = changed
    _compact(db_url)
    return {name: count for name, count in counts.items() if count}


def _compact(db_url: str) -> None:
    """Rewrite a SQLite file without the pages that have become free."""
    with session_of(db_url) as session:
        engine = session.get_bind()
        if engine.dialect.name != "sqlite":
            return
        session.rollback()
        raw = session.connection().connection.driver_connection
        raw.commit()
        raw.execute("VACUUM")


def _queries(session: Any, student: str) -> Iterator[tuple[str, Any]]:
    people, named = table_of(Student), table_of(Assignment)
    yield "student", select(people).where(people.c.id == student)
    whole, own, notebooks = (
        table_of(SubmittedAssignment),
        table_of(SubmittedNotebook),
        table_of(Notebook),
    )
    yield (
        "submitted_assignment",
        select(named.c.name.label("assignment"), whole.c.timestamp, whole.c.extension)
        .join(named, whole.c.assignment_id == named.c.id)
        .where(whole.c.student_id == student),
    )
    joined = (
        own.join(whole, own.c.assignment_id == whole.c.id)
        .join(named, whole.c.assignment_id == named.c.id)
        .join(notebooks, own.c.notebook_id == notebooks.c.id)
    )
    place = (named.c.name.label("assignment"), notebooks.c.name.label("notebook"))
    yield (
        "submitted_notebook",
        select(*place, own.c.late_submission_penalty)
        .select_from(joined)
        .where(whole.c.student_id == student),
    )
    for kind in (Grade, Comment):
        table, cells = table_of(kind), table_of(BaseCell)
        columns = [
            column
            for column in table.c
            if column.name not in ("id", "cell_id", "notebook_id") and not column.foreign_keys
        ]
        yield (
            table.name,
            select(*place, cells.c.name.label("cell"), *columns)
            .select_from(
                joined.join(table, table.c.notebook_id == own.c.id).join(
                    cells, table.c.cell_id == cells.c.id
                )
            )
            .where(whole.c.student_id == student),
        )
    for table in _own(session):
        yield table.name, select(table).where(table.c.student == student)


def _own(session: Any) -> list[Table]:
    """Our tables with a learner in them, as the database has them: also those of later versions."""
    connection = session.connection()
    names = [name for name in inspect(connection).get_table_names() if name.startswith(OWN)]
    tables = [Table(name, MetaData(), autoload_with=connection) for name in sorted(names)]
    return [table for table in tables if "student" in table.c]


def _deleted(session: Any, table: Table, student: str) -> int:
    return int(session.execute(delete(table).where(table.c.student == student)).rowcount)


def _without_mentions(session: Any, student: str) -> dict[str, int]:
    """Take the id out of remarks that this kit wrote about others."""
    pattern = mention(student)
    changed: dict[str, int] = {}
    for table in _own(session):
        for name in ("remarks", "detail"):
            if name not in table.c:
                continue
            query = select(table).where(table.c[name].contains(student, autoescape=True))
            for row in session.execute(query).mappings().all():
                words = pattern.sub(REMOVED, row[name])
                if words == row[name]:
                    continue
                key = [table.c[column.name] == row[column.name] for column in table.primary_key]
                session.execute(update(table).where(*key).values({name: words}))
                changed[table.name] = changed.get(table.name, 0) + 1
    return changed


def mention(name: str) -> re.Pattern[str]:
    """Finds *name* in a text, but not within a longer one: `learner-1` is not in `learner-12`."""
    return re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])", re.IGNORECASE)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """*row* as JSON can have it; what is JSON already is taken apart."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, datetime):
            found[name] = value.isoformat()
        elif isinstance(value, str) and name in ("score", "remarks") and value[:1] in "[{":
            found[name] = _parsed(value)
        else:
            found[name] = value if value is None or isinstance(value, bool | int | float) else str(value)  # fmt: skip
    return found


def _parsed(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value
