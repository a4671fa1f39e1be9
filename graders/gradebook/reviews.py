"""What people said of answers: one row for each marker and answer, and a bank of comments."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy import (
    Boolean,
    Column,
    Float,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    delete,
    insert,
    select,
)  # fmt: skip

from graders.errors import StoreError
from graders.gradebook.standing import CellState
from graders.gradebook.tables import METADATA, equal, place_columns
from graders.gradebook.values import CellPlace
from graders.score import Score

REVIEWS = Table(
    "seniorkit_review",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    *place_columns(),
    Column("marker", String(128), nullable=False),
    Column("points", Float, nullable=False),
    Column("score", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("told", Text, nullable=False),
    Column("blind", Boolean, nullable=False),
    Column("counts", Boolean, nullable=False),
    Column("at", String(40), nullable=False),
    UniqueConstraint("student", "assignment", "notebook", "grade_id", "marker"),
)
COMMENTS = Table(
    "seniorkit_comment",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("topic", String(128), nullable=False),
    Column("text", Text, nullable=False),
    Column("by", String(128), nullable=False),
    UniqueConstraint("topic", "text"),
)


@dataclass(frozen=True)
class Review:
    """What one person said of one answer.

    Attributes:
        place: Whose answer, and where.
        marker: Who marked it.
        points: The points given, in points of the assignment.
        score: The score that follows from the levels given; `None` where points were given.
        comment: The marker's own words.
        told: What the gradebook's comment was set to: these words, and the levels given.
        blind: Whether it was marked without seeing the first mark.
        counts: Whether it is the mark in the gradebook; at most one of an answer's is.
        at: When, as ISO 8601 in UTC.
    """

    place: CellPlace
    marker: str
    points: float
    score: Score | None
    comment: str
    told: str
    blind: bool
    counts: bool
    at: str


def reviews(
    session: Any, assignment: str, place: CellPlace | None = None
) -> dict[CellPlace, list[Review]]:
    """The reviews of each answer, in the order in which they were given.

    Args:
        session: A session of the gradebook.
        assignment: Name of the assignment.
        place: Only of this answer.

    Raises:
        StoreError: If one of them cannot be read.
    """
    query = select(REVIEWS).where(REVIEWS.c.assignment == assignment)
    if place is not None:
        query = query.where(*equal(REVIEWS, place.key))
    found: dict[CellPlace, list[Review]] = {}
    for row in session.execute(query.order_by(REVIEWS.c.at, REVIEWS.c.id)):
        review = _review(row)
        found.setdefault(review.place, []).append(review)
    return found


def counting(session: Any, assignment: str) -> dict[CellPlace, Review]:
    """The review of each answer that is the mark in the gradebook, unless changed elsewhere since."""
    return {
        place: one
        for place, given in reviews(session, assignment).items()
        for one in given
        if one.counts
    }


def save(session: Any, review: Review) -> None:
    """Keep a review, in the place of an earlier one of the same marker; the caller commits.

    If it counts, no other of the answer does any more.
    """
    drop(session, review.place, review.marker)
    if review.counts:
        own = equal(REVIEWS, review.place.key)
        session.execute(REVIEWS.update().where(*own).values(counts=False))
    values = {
        **review.place.key,
        "marker": review.marker,
        "points": review.points,
        "score": "" if review.score is None else review.score.model_dump_json(),
        "comment": review.comment,
        "told": review.told,
        "blind": review.blind,
        "counts": review.counts,
        "at": review.at,
    }
    session.execute(insert(REVIEWS).values(values))


def drop(session: Any, place: CellPlace, marker: str | None = None) -> None:
    """Take away a marker's review of an answer, or all of them; the caller commits."""
    own = equal(REVIEWS, place.key)
    if marker is not None:
        own.append(REVIEWS.c.marker == marker)
    session.execute(delete(REVIEWS).where(*own))


def version(state: CellState, answer: str, given: Sequence[Review]) -> str:
    """Fingerprint of all that a marker has seen of an answer.

    It changes with the answer, with its mark whoever gave it, and with every mark that is not
    blind. Who writes gives the version that was seen, so no two marks cross unnoticed.

    Args:
        state: What the gradebook says of the cell.
        answer: The answer.
        given: The reviews of it.
    """
    parts = [
        state.manual, state.automatic, state.extra, state.manual_comment, answer,
        [[one.marker, one.at, one.points] for one in given if not one.blind],
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def bank(session: Any, topic: str) -> list[str]:
    """The reusable comments on *topic*, oldest first."""
    query = select(COMMENTS.c.text).where(COMMENTS.c.topic == topic).order_by(COMMENTS.c.id)
    return [str(text) for (text,) in session.execute(query)]


def keep_comment(session: Any, topic: str, text: str, by: str) -> None:
    """Put a comment into the bank, once; the caller commits."""
    if text not in bank(session, topic):
        session.execute(insert(COMMENTS).values(topic=topic, text=text, by=by))


def _review(row: Any) -> Review:
    try:
        score = Score.model_validate_json(row.score) if row.score else None
    except ValidationError as error:
        raise StoreError(
            f"a stored review of {row.student!r} by {row.marker!r} cannot be read"
            f" ({error.errors(include_url=False)[0]['msg']})",
            where="seniorkit_review",
            fix="Delete the row and review the answer again",
        ) from None
    place = CellPlace.of(row)
    return Review(
        place, row.marker, float(row.points), score, row.comment, row.told, bool(row.blind),
        bool(row.counts), row.at,
    )  # fmt: skip
