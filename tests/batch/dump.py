"""Every table and every cell of a gradebook, in a form that two gradebooks can be compared by."""

from __future__ import annotations

from pathlib import Path

from graders.batch.measure.compare import Rows, rows

__all__ = ["Rows", "everything", "rows"]


def everything(course: Path) -> dict[str, Rows]:
    """All rows of a course's gradebook; see `rows`."""
    return rows(f"sqlite:///{course / 'gradebook.db'}")
