"""Appeals: a learner asks that an answer is looked at again, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, cast

from sqlalchemy import Column, Integer, String, Table, Text, insert, select, update

from graders.gradebook.audit import now
from graders.gradebook.tables import METADATA, place_columns
from graders.gradebook.values import CellPlace

State = Literal["open", "accepted", "declined"]

APPEALS = Table(
    "seniorkit_appeal",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    *place_columns(),
    Column("text", Text, nullable=False),
    Column("filed_at", String(40), nullable=False),
    Column("state", String(10), nullable=False),
    Column("reply", Text, nullable=False),
    Column("answered_by", String(128), nullable=False),
    Column("answered_at", String(40), nullable=False),
)


@dataclass(frozen=True)
class Appeal:
    """A learner's request.

    Attributes:
        id: Its number.
        place: Which answer it is about.
        text: What the learner says; foreign text, to be escaped wherever it is shown.
        filed_at: When, as ISO 8601 in UTC.
        state: Whether it waits, or what came of it.
        reply: What the learner is told.
        answered_by: Who answered it.
        answered_at: When; empty while it is open.
    """

    id: int
    place: CellPlace
    text: str
    filed_at: str
    state: State = "open"
    reply: str = ""
    answered_by: str = ""
    answered_at: str = ""


def appeals(
    session: Any, assignment: str | None = None, *, state: State | None = None
) -> list[Appeal]:
    """The appeals, oldest first; of all assignments if none is named."""
    query = select(APPEALS).order_by(APPEALS.c.id)
    if assignment is not None:
        query = query.where(APPEALS.c.assignment == assignment)
    if state is not None:
        query = query.where(APPEALS.c.state == state)
    return [_appeal(row) for row in session.execute(query)]


def appeal(session: Any, number: int) -> Appeal | None:
    """The appeal with this number; `None` if there is none."""
    row = session.execute(select(APPEALS).where(APPEALS.c.id == number)).first()
    return None if row is None else _appeal(row)


def file(session: Any, place: CellPlace, text: str) -> Appeal:
    """Keep a new appeal; the caller commits."""
    values = {**place.key, "text": text, "filed_at": now(), "state": "open", "reply": "",
              "answered_by": "", "answered_at": ""}  # fmt: skip
    number = session.execute(insert(APPEALS).values(values)).inserted_primary_key[0]
    return Appeal(int(number), place, text, values["filed_at"])


def close(session: Any, number: int, state: State, reply: str, by: str) -> None:
    """Note what came of an appeal, or with `"open"` that it waits again; the caller commits."""
    waits = state == "open"
    values = {
        "state": state,
        "reply": reply,
        "answered_by": "" if waits else by,
        "answered_at": "" if waits else now(),
    }
    session.execute(update(APPEALS).where(APPEALS.c.id == number).values(values))


def _appeal(row: Any) -> Appeal:
    place = CellPlace.of(row)
    return Appeal(
        int(row.id), place, row.text, row.filed_at, cast(State, row.state), row.reply,
        row.answered_by, row.answered_at,
    )  # fmt: skip
