"""Tables of this kit: what they are made of, and how their rows and faults are dealt with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import Column, MetaData, String, Table, Text
from sqlalchemy.exc import SQLAlchemyError

from graders.errors import StoreError

METADATA = MetaData()


def place_columns(*, key: bool = False) -> list[Column[str]]:
    """The columns that say which cell a row is about, as in `values.CellPlace`.

    Args:
        key: Whether they are the key, so that there is one row for each cell.
    """
    names = ("student", "assignment", "notebook", "grade_id")
    return [Column(name, String(128), primary_key=key, nullable=False) for name in names]


SCORES = Table(
    "seniorkit_score",
    METADATA,
    *place_columns(key=True),
    Column("answer", Text, nullable=False),
    Column("score", Text, nullable=False),
)
SUBMISSIONS = Table(
    "seniorkit_submission",
    METADATA,
    Column("student", String(128), primary_key=True),
    Column("assignment", String(128), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("remarks", Text, nullable=False),
    Column("failed", String(5), nullable=False),
)


def table_of(kind: Any) -> Table:
    """The table of one of nbgrader's classes."""
    return cast(Table, kind.__table__)


def equal(table: Table, key: dict[str, str]) -> list:  # type: ignore[type-arg]
    """The conditions that pick the rows of *table* with *key*."""
    return [table.c[name] == value for name, value in key.items()]


@contextmanager
def store_errors(db_url: str) -> Iterator[None]:
    """Turn whatever a database can raise into one `StoreError`."""
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        cause = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise StoreError(
            f"the gradebook cannot be used ({cause})",
            where=shown(db_url),
            fix="Check that the file and its folder can be written and that the disk is not full",
        ) from None


def shown(db_url: str) -> str:
    """*db_url* as it may stand in a message: without the password."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        return make_url(db_url).render_as_string(hide_password=True)
    except ArgumentError:
        return "the gradebook's address"
