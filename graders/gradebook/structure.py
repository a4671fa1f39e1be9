"""The structure of one assignment as a small database of its own: no learner, no grade.

A worker grades into a copy of it, so it never sees the gradebook.
"""

from __future__ import annotations

import sqlite3
from typing import Any, cast

from nbgrader.api import (
    Assignment,
    Base,
    BaseCell,
    Course,
    Gradebook,
    GradeCell,
    Notebook,
    SolutionCell,
    SourceCell,
    TaskCell,
)
from sqlalchemy import Connection, Table, create_engine, insert, select
from sqlalchemy.pool import StaticPool

from graders.gradebook.tables import METADATA, store_errors, table_of


def structure_only(db_url: str, assignment: str, course_id: str) -> bytes:
    """A SQLite file with the notebooks and cells of *assignment*, as bytes.

    The due date is left out: what lateness costs is decided where the grades are.

    Raises:
        StoreError: If the gradebook cannot be read.
    """
    engine = create_engine("sqlite://", poolclass=StaticPool)
    try:
        with store_errors(db_url), Gradebook(db_url) as gradebook, engine.begin() as target:
            Base.metadata.create_all(target)
            METADATA.create_all(target)
            courses = {"default_course", course_id, gradebook.find_assignment(assignment).course_id}
            for name in sorted(courses):
                target.execute(insert(table_of(Course)).values(id=name))
            _copy(gradebook.db.connection(), target, assignment)
        raw = cast(sqlite3.Connection, engine.raw_connection().driver_connection)
        return raw.serialize()
    finally:
        engine.dispose()


def _copy(source: Connection, target: Connection, assignment: str) -> None:
    assignments, notebooks, cells = table_of(Assignment), table_of(Notebook), table_of(BaseCell)
    rows = source.execute(select(assignments).where(assignments.c.name == assignment)).mappings()
    (own,) = [dict(row) for row in rows]
    target.execute(insert(assignments), [{**own, "duedate": None}])
    theirs = select(notebooks.c.id).where(notebooks.c.assignment_id == own["id"])
    within = select(cells.c.id).where(cells.c.notebook_id.in_(theirs))
    _rows(source, target, notebooks, notebooks.c.id.in_(theirs))
    _rows(source, target, cells, cells.c.id.in_(within))
    for kind in (GradeCell, SolutionCell, TaskCell):
        table = table_of(kind)
        _rows(source, target, table, table.c.id.in_(within))
    table = table_of(SourceCell)
    _rows(source, target, table, table.c.notebook_id.in_(theirs))


def _rows(source: Connection, target: Connection, table: Table, condition: Any) -> None:
    rows = [dict(row) for row in source.execute(select(table).where(condition)).mappings()]
    if rows:
        target.execute(insert(table), rows)
