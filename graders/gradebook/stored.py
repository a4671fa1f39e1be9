"""The judged answers as they are kept: each text with its score."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from sqlalchemy import select

from graders.errors import StoreError
from graders.gradebook.tables import SCORES, equal
from graders.gradebook.values import CellPlace
from graders.score import Score


def stored_answers(
    session: Any, assignment: str, **only: str
) -> dict[CellPlace, tuple[str, Score]]:
    """The judged text of each answer of *assignment*, and its score.

    Args:
        session: A session of the gradebook.
        assignment: Name of the assignment.
        only: `student`, `notebook` or `grade_id` that is wanted alone.

    Raises:
        StoreError: If a score cannot be read.
    """
    query = select(SCORES).where(*equal(SCORES, {"assignment": assignment, **only}))
    found = {}
    for row in session.execute(query):
        place = CellPlace.of(row)
        try:
            found[place] = (row.answer, Score.model_validate_json(row.score))
        except ValidationError as error:
            url = session.get_bind().url.render_as_string(hide_password=True)
            raise StoreError(
                f"a stored score of {row.student!r} cannot be read"
                f" ({error.errors(include_url=False)[0]['msg']})",
                where=f"{url}: seniorkit_score",
                fix="Delete the row and grade again",
            ) from None
    return found
