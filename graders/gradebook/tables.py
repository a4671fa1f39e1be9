"""The two tables of this kit, and how their rows and faults are dealt with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Column, MetaData, String, Table, Text
from sqlalchemy.exc import SQLAlchemyError

from graders.errors import StoreError

METADATA = MetaData()
SCORES = Table(
    "seniorkit_score",
    METADATA,
    Column("student", String(128), primary_key=True),
    Column("assignment", String(128), primary_key=True),
    Column("notebook", String(128), primary_key=True),
    Column("grade_id", String(128), primary_key=True),
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
