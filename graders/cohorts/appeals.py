"""Appeals: a learner asks for a second look; it lands in the review queue, and is answered."""

from __future__ import annotations

from collections.abc import Mapping

from graders.batch.recording import late_policy
from graders.cohorts.items import ReviewItem, Wanted, load_items
from graders.cohorts.marking import Mark, mark_from_levels, note_appeal, settle_appeal, write_mark
from graders.course import Course
from graders.errors import StoreError, UsageError
from graders.gradebook.appeals import Appeal, appeal, appeals, file
from graders.gradebook.audit import notice
from graders.gradebook.sessions import session_of
from graders.gradebook.standing import cells, write
from graders.levels import Level
from graders.reports import check_known

MAX_TEXT = 4_000


def file_appeal(
    course: Course, learner: str, assignment: str, grade_id: str, text: str
) -> Appeal:  # fmt: skip
    """Let a learner ask that an answer is looked at again.

    Args:
        course: The course.
        learner: The learner's id.
        assignment: Name of the assignment.
        grade_id: Id of the answer cell.
        text: What the learner says.

    Returns:
        The appeal, which waits in the queue.

    Raises:
        UsageError: If there is no such assignment or answer, the text is empty or too long, or
            an appeal on the same answer waits already.
        StoreError: If the gradebook cannot be written.
    """
    text = text.encode(errors="replace").decode().strip()
    if not text or len(text) > MAX_TEXT:
        raise UsageError(
            f"the request has {len(text):,} characters", fix=f"Write 1 to {MAX_TEXT:,}"
        )
    check_known(course, assignment)
    with session_of(course.db_url, writing=True) as session:
        notice(session, assignment, learner)
        found = cells(session, assignment, student=learner)
        own = [one for one in found if one.place.grade_id == grade_id]
        if not own:
            known = sorted({one.place.grade_id for one in found})
            raise UsageError(
                f"{learner!r} has no graded answer {grade_id!r} in {assignment}",
                fix=f"Known: {', '.join(known)}" if known else "Check the learner's id",
            )
        place = own[0].place
        if any(one.place == place for one in appeals(session, assignment, state="open")):
            raise UsageError(
                f"a request of {learner!r} about {grade_id} waits already", fix="Answer that one"
            )
        filed = file(session, place, text)
        write(session, own[0], {"needs_manual_grade": True}, None)
        note_appeal(session, place)
    return filed


def open_appeals(course: Course, assignment: str | None = None) -> list[Appeal]:
    """The appeals that wait, oldest first.

    Raises:
        StoreError: If the gradebook cannot be read.
    """
    with session_of(course.db_url) as session:
        return appeals(session, assignment, state="open")


def answer_appeal(
    course: Course, appeal: Appeal | int, by: str, accepted: bool, reply: str,
    levels: Mapping[str, Level] | None = None, *, points: float | None = None,
) -> Appeal:  # fmt: skip
    """Answer an appeal; the learner reads the reply on the next feedback page.

    Args:
        course: The course.
        appeal: The appeal, or its number.
        by: Who answers.
        accepted: Whether the learner is right.
        reply: What the learner is told.
        levels: Criterion id -> new level; the others stay as they are. Without levels and points
            the mark stays, and is the person's own from then on.
        points: New points, for what has no rubric.

    Returns:
        The appeal as it is now.

    Raises:
        UsageError: If there is no such appeal, or it is answered already, or the levels or
            points cannot be given.
        StoreError: If somebody else changes the mark at this moment, or it cannot be written.
    """
    penalty = late_policy(course)
    number = appeal if isinstance(appeal, int) else appeal.id
    with session_of(course.db_url, writing=True) as session:
        filed = _waiting(session, number)
        place = filed.place
        wanted = Wanted(by, chosen=[(place.student, place.grade_id)], lead=True)
        found = load_items(session, course, place.assignment, wanted)
        item = next((one for one in found if one.place == place), None)
        if item is None:
            raise StoreError(
                "the answer is no longer in the gradebook",
                where=f"{place.student}, {place.assignment}, {place.grade_id}",
            )
        mark = _mark(item, by, reply.strip(), levels, points)
        if mark is None:
            settle_appeal(session, filed, item.state, accepted, by, reply.strip())
        else:
            written = write_mark(session, item, mark, penalty, appeal=filed, accepted=accepted)
            assert not isinstance(written, StoreError), "read and written under one lock"
        return _again(session, number)


def _mark(
    item: ReviewItem, by: str, reply: str, levels: Mapping[str, Level] | None,
    points: float | None,
) -> Mark | None:  # fmt: skip
    """The mark that answers it; `None` if there is none, and none is given."""
    standing = item.standing_score
    if levels is not None:
        if item.question is None:
            raise UsageError(f"{item.grade_id} has no rubric", fix="Give points")
        return mark_from_levels(
            item.question, levels, standing, item.max_points, marker=by, action="appeal",
            comment=reply,
        )  # fmt: skip
    if points is not None:
        if item.question is not None:
            raise UsageError(f"{item.grade_id} has a rubric", fix="Give levels")
        if not 0 <= points <= item.max_points:
            raise UsageError(
                f"{points:g} points cannot be given", fix=f"Give 0 to {item.max_points:g}"
            )
        return Mark(by, "appeal", round(points, 2), None, reply)
    stands = item.state.given
    if stands is None:
        return None
    if standing is not None:
        standing = standing.model_copy(update={"needs_review": False, "reasons": ()})
    return Mark(by, "appeal", stands, standing, reply)


def _waiting(session: object, number: int) -> Appeal:
    filed = appeal(session, number)
    if filed is None:
        raise UsageError(f"there is no appeal {number}", fix="See: seniorkit appeal list")
    if filed.state != "open":
        raise UsageError(
            f"appeal {number} was {filed.state} by {filed.answered_by} already",
            fix="The learner can file another one",
        )
    return filed


def _again(session: object, number: int) -> Appeal:
    found = appeal(session, number)
    assert found is not None
    return found
