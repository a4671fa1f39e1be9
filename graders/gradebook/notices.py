"""Notices: what a learner is to be told beside the marks, on the next feedback page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Integer, String, Table, Text, delete, insert, select

from graders.gradebook.audit import now
from graders.gradebook.tables import METADATA, place_columns
from graders.gradebook.values import CellPlace

NOTICES = Table(
    "seniorkit_notice",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    *place_columns(),
    Column("text", Text, nullable=False),
    Column("at", String(40), nullable=False),
)


@dataclass(frozen=True)
class Notice:
    """Something that a learner is to be told.

    Attributes:
        id: Its number.
        place: Which answer it is about.
        text: What is said, as plain text.
        at: When it was written, as ISO 8601 in UTC.
    """

    id: int
    place: CellPlace
    text: str
    at: str


def notify(session: Any, place: CellPlace, text: str) -> int:
    """Keep a notice; the caller commits.

    Returns:
        Its number.
    """
    values = {**place.key, "text": text, "at": now()}
    return int(session.execute(insert(NOTICES).values(values)).inserted_primary_key[0])


def withdraw(session: Any, number: int) -> None:
    """Take back a notice, as long as what it tells of is undone; the caller commits."""
    session.execute(delete(NOTICES).where(NOTICES.c.id == number))


def notices(session: Any, assignment: str, student: str | None = None) -> list[Notice]:
    """The notices of an assignment, oldest first; of one learner, if one is named."""
    query = select(NOTICES).where(NOTICES.c.assignment == assignment).order_by(NOTICES.c.id)
    if student is not None:
        query = query.where(NOTICES.c.student == student)
    return [
        Notice(
            int(row.id), CellPlace.of(row),
            row.text, row.at,
        )
        for row in session.execute(query)
    ]  # fmt: skip
