"""A gradebook of any size: some graded learners, copied row by row under other names."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from graders.batch.measure.course import learner
from graders.batch.measure.filled import fill

PATTERNS = 40
"""Learners who are really recorded; all others have the marks and words of one of them."""

_CHAIN = {
    # Table -> the column that leads to the row whose learner it is.
    "submitted_assignment": "student_id",
    "submitted_notebook": "assignment_id",
    "grade": "notebook_id",
    "comment": "notebook_id",
}


def multiply(folder: Path, learners: int, assignments: tuple[str, ...]) -> Path:
    """Make a course in which *learners* have been graded in all *assignments*.

    The rows are those that the engine writes, so that what reads them takes its usual time.

    Args:
        folder: The course's folder; it must not exist.
        learners: How many.
        assignments: What they have handed in.
    """
    fill(folder, min(learners, PATTERNS), assignments)
    with closing(sqlite3.connect(folder / "gradebook.db")) as book:
        names = [
            row[0] for row in book.execute("SELECT name FROM sqlite_master WHERE type='table'")
        ]
        named = [name for name in names if "student" in _columns(book, name)]
        for name in [*named, *_CHAIN]:
            # The patterns alone: no table has an index by learner, and they become long.
            book.execute(f"CREATE TEMP TABLE {_patterns(name)} AS SELECT * FROM main.{name}")
        for number in range(PATTERNS, learners):
            pattern, student = learner(number % PATTERNS), learner(number)
            _copy_learner(book, number, pattern, student)
            for name in named:
                _copy_rows(book, name, pattern, student)
        book.commit()
    return folder


def _patterns(table: str) -> str:
    """The temporary table that holds the rows of the patterns."""
    return f"patterns_of_{table}"


def _columns(book: sqlite3.Connection, table: str) -> dict[str, bool]:
    """Column -> whether it is a number that the database counts up."""
    found = book.execute(f'PRAGMA table_info("{table}")').fetchall()
    keys = sum(bool(row[5]) for row in found)
    return {row[1]: bool(row[5]) and keys == 1 and row[2] == "INTEGER" for row in found}


def _copy_learner(book: sqlite3.Connection, number: int, pattern: str, student: str) -> None:
    """The rows of nbgrader's own tables; their ids are made from the pattern's and *number*."""
    book.execute(
        "INSERT INTO student (id, first_name, last_name, email) VALUES (?, ?, ?, ?)",
        (student, f"First {number}", f"Last {number}", f"{student}@example.org"),
    )
    start = f"{number:08x}"
    wanted, value = "student_id = ?", pattern
    for table, leads in _CHAIN.items():
        rest = [name for name in _columns(book, table) if name not in ("id", leads)]
        listed = "".join(f', "{name}"' for name in rest)
        owner = "?2" if leads == "student_id" else f"?1 || substr({leads}, 9)"
        book.execute(
            f"INSERT INTO {table} (id, {leads}{listed}) SELECT ?1 || substr(id, 9), {owner}{listed}"
            f" FROM {_patterns(table)} WHERE {wanted.replace('?', '?3')}",
            (start, student, value),
        )
        if table == "submitted_assignment":
            owned = f"SELECT id FROM {_patterns(table)} WHERE student_id = ?"
            wanted = f"assignment_id IN ({owned})"
        elif table == "submitted_notebook":
            wanted = f"notebook_id IN (SELECT id FROM {_patterns(table)} WHERE {wanted})"


def _copy_rows(book: sqlite3.Connection, table: str, pattern: str, student: str) -> None:
    """The rows of one of our own tables."""
    rest = [
        name for name, counted in _columns(book, table).items() if name != "student" and not counted
    ]
    listed = "".join(f', "{name}"' for name in rest)
    book.execute(
        f"INSERT INTO {table} (student{listed}) SELECT ?{listed}"
        f" FROM {_patterns(table)} WHERE student = ?",
        (student, pattern),
    )
