"""A session of nbgrader's gradebook, with our tables beside its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nbgrader.api import Gradebook
from sqlalchemy import text

from graders.gradebook.tables import METADATA, store_errors


@contextmanager
def session_of(db_url: str, *, writing: bool = False) -> Iterator[Any]:
    """Open the gradebook; what was changed is written at the end, or none of it.

    Args:
        db_url: Address of the gradebook.
        writing: Whether something will be written: the lock is then taken first, because SQLite
            turns away a reader who wants to write later.

    Raises:
        StoreError: If the gradebook cannot be used.
    """
    with store_errors(db_url), Gradebook(db_url) as gradebook:
        METADATA.create_all(gradebook.engine, checkfirst=True)
        session = gradebook.db
        session.rollback()
        if writing and gradebook.engine.dialect.name == "sqlite":
            session.execute(text("BEGIN IMMEDIATE"))
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise
