"""Two gradebooks, row by row: all tables of nbgrader, without times and ids made at random."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, create_engine, select

Rows = list[tuple[Any, ...]]

OURS = {"seniorkit_score", "seniorkit_submission", "alembic_version"}
PEOPLES = {
    "seniorkit_appeal", "seniorkit_audit", "seniorkit_comment", "seniorkit_notice",
    "seniorkit_review",
}  # fmt: skip
"""What happened when, and what people said: it is no result of grading."""

TIMES = {"timestamp"}
_PARENTS = (
    ("assignment", ("name",)),
    ("notebook", ("assignment_id", "name")),
    ("base_cell", ("notebook_id", "name", "type")),
    ("source_cell", ("notebook_id", "name")),
    ("submitted_assignment", ("assignment_id", "student_id")),
    ("submitted_notebook", ("assignment_id", "notebook_id")),
    ("grade", ("notebook_id", "cell_id")),
    ("comment", ("notebook_id", "cell_id")),
)
"""Tables in the order in which they refer to each other, and what names a row of each."""


def differing(course: Path, other: Path) -> tuple[int, tuple[str, ...]]:
    """How many rows the first gradebook has, and the tables in which the two differ."""
    one, two = (rows(_address(folder), TIMES) for folder in (course, other))
    tables = sorted((one.keys() | two.keys()) - OURS)
    count = sum(len(one.get(table, [])) for table in tables)
    return count, tuple(table for table in tables if one.get(table) != two.get(table))


def graded(course: Path) -> int:
    """How many submissions have all their notebooks in the gradebook and in `autograded/`."""
    notebooks = rows(_address(course)).get("submitted_notebook", [])
    return min(len(notebooks), _files(course)) // 2


def _files(course: Path) -> int:
    return len(list((course / "autograded").glob("*/*/*.ipynb")))


def _address(course: Path) -> str:
    return f"sqlite:///{course / 'gradebook.db'}"


def rows(db_url: str, left_out: Collection[str] = ()) -> dict[str, Rows]:
    """Table -> its rows, sorted; ids that are made at random are replaced by what they stand for.

    Args:
        db_url: The gradebook's address, as SQLAlchemy wants it.
        left_out: Columns that are not compared.
    """
    engine = create_engine(db_url)
    tables = MetaData()
    tables.reflect(engine)
    with engine.connect() as database:
        found = {
            name: [dict(row) for row in database.execute(select(table)).mappings()]
            for name, table in tables.tables.items()
            if name not in PEOPLES
        }
    engine.dispose()
    names: dict[str, str] = {}
    for table, parents in _PARENTS:
        for row in found.get(table, ()):
            path = [names.get(str(row[key]), str(row[key])) for key in parents]
            names[row["id"]] = f"{table}({', '.join(path)})"
    return {
        table: sorted((_named(row, names, left_out) for row in entries), key=repr)
        for table, entries in found.items()
    }


def _named(
    row: dict[str, Any], names: dict[str, str], left_out: Collection[str]
) -> tuple[Any, ...]:
    return tuple(
        (key, names.get(value, value) if isinstance(value, str) else value)
        for key, value in sorted(row.items())
        if key not in left_out
    )
