"""The review queue of one assignment: what a person should look at, and what they say of it.

No terminal and no page in here: both show these items and call these methods.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from graders.batch.recording import late_policy
from graders.cohorts.agreement import first_and_second
from graders.cohorts.items import ReviewItem, Wanted, load_items
from graders.cohorts.marking import (
    MAX_COMMENT,
    Mark,
    Written,
    mark_from_levels,
    take_back,
    write_mark,
    write_second,
)
from graders.course import Course
from graders.errors import StoreError, UsageError
from graders.gradebook.audit import notice
from graders.gradebook.reviews import bank, keep_comment
from graders.gradebook.sessions import session_of
from graders.levels import Level
from graders.reports import check_known

MAX_NAME = 100


class ReviewQueue:
    """The answers that wait for one reviewer.

    Args:
        course: The course.
        assignment: Name of the assignment.
        wanted: Which answers, and who reviews them.
    """

    def __init__(self, course: Course, assignment: str, wanted: Wanted) -> None:
        self._course = course
        self._assignment = assignment
        self._wanted = wanted
        self._penalty = late_policy(course)
        self._done: list[tuple[ReviewItem, Written]] = []
        self.items: tuple[ReviewItem, ...] = ()
        self.failed: dict[str, str] = {}
        self.reload()

    @classmethod
    def open(
        cls, course: Course, assignment: str, reviewer: str, blind: bool = False, *,
        share: float = 0.2, chosen: Collection[tuple[str, str]] = (), everything: bool = False,
        lead: bool = False,
    ) -> ReviewQueue:  # fmt: skip
        """Open the queue.

        Args:
            course: The course.
            assignment: Name of the assignment.
            reviewer: Who reviews; it stands in the trail.
            blind: Whether as a second marker, who does not see the first mark.
            share: Share of the marked answers that a second marker sees, above 0 up to 1.
            chosen: (learner, `grade_id`) of the answers wanted, instead of the usual ones.
            everything: Whether also answers that nobody doubts.
            lead: Whether the reviewer also decides where they are one of two who disagree.

        Raises:
            UsageError: If there is no such assignment, or reviewer or share make no sense.
            RubricError: If a rubric is broken.
            StoreError: If the gradebook cannot be used.
        """
        name = reviewer.strip()
        if not name or len(name) > MAX_NAME or not name.isprintable():
            raise UsageError(f"{reviewer!r} is no name of a reviewer", fix="Give your own name")
        if not 0 < share <= 1:
            raise UsageError(f"{share} is no share", fix="Give a number above 0, up to 1")
        check_known(course, assignment)
        return cls(
            course, assignment, Wanted(name, blind, share, tuple(chosen), everything, lead)
        )  # fmt: skip

    @property
    def reviewer(self) -> str:
        """Who reviews."""
        return self._wanted.reviewer

    @property
    def given(self) -> int:
        """How many marks of this sitting stand, and can be taken back."""
        return len(self._done)

    def reload(self) -> None:
        """Read the queue anew; what was changed outside of it is noticed."""
        with session_of(self._course.db_url, writing=True) as session:
            notice(session, self._assignment)
            self.items = tuple(load_items(session, self._course, self._assignment, self._wanted))
        with self._course.gradebook() as gradebook:
            remembered = gradebook.remembered(self._assignment)
        self.failed = {
            student: "; ".join(one.remarks)
            for student, one in sorted(remembered.items())
            if one.failed
        }

    def accept(self, item: ReviewItem, comment: str = "") -> None:
        """Say that the mark stands; from then on it is a person's, and grading leaves it alone.

        Raises:
            UsageError: If there is no mark that could stand.
            StoreError: If somebody else was faster, or it cannot be written.
        """
        if item.blind:
            raise UsageError(
                "a blind mark is given, not accepted", fix="Give a level per criterion"
            )
        points = item.state.given
        if points is None:
            raise UsageError("there is no mark to accept", fix="Give one")
        score = item.standing_score
        if score is not None:
            score = score.model_copy(
                update={
                    "judge": "person",
                    "judge_version": self._marker(item),
                    "needs_review": False,
                    "reasons": (),
                }
            )
        self._write(item, Mark(self._marker(item), "accepted", points, score, _checked(comment)))

    def change(self, item: ReviewItem, levels: Mapping[str, Level], comment: str = "") -> None:
        """Give other levels; the points follow from them as they follow from a judge's.

        Args:
            item: The answer.
            levels: Criterion id -> level; criteria that are left out keep the automatic one.
            comment: For the learner.

        Raises:
            UsageError: If a criterion does not exist, or one has no level at all.
            StoreError: If somebody else was faster, or it cannot be written.
        """
        self._write(item, self._from_levels(item, levels, _checked(comment)))

    def foresee(
        self, item: ReviewItem, levels: Mapping[str, Level]
    ) -> tuple[float, Level | None]:  # fmt: skip
        """The points and the level that `change` would give; nothing is written.

        Raises:
            UsageError: If a criterion does not exist, or one has no level at all.
        """
        mark = self._from_levels(item, levels, "")
        return mark.points, mark.score.level if mark.score else None

    def _from_levels(self, item: ReviewItem, levels: Mapping[str, Level], comment: str) -> Mark:
        if item.question is None:
            raise UsageError(
                f"{item.grade_id} has no rubric, so it has no criteria", fix="Give points"
            )
        return mark_from_levels(
            item.question, levels, None if item.blind else item.score, item.max_points,
            marker=self._marker(item), action="changed", comment=comment,
        )  # fmt: skip

    def give(self, item: ReviewItem, points: float, comment: str = "") -> None:
        """Give points to what has no rubric.

        Raises:
            UsageError: If it has one, or the points are not between 0 and what it is worth.
            StoreError: If somebody else was faster, or it cannot be written.
        """
        if item.question is not None:
            raise UsageError(
                f"{item.grade_id} has a rubric: its points follow from levels",
                fix="Give a level per criterion",
            )
        if not 0 <= points <= item.max_points:
            raise UsageError(
                f"{points:g} points cannot be given", fix=f"Give 0 to {item.max_points:g}"
            )
        self._write(
            item, Mark(self._marker(item), "changed", round(points, 2), None, _checked(comment))
        )

    def undo(self) -> ReviewItem:
        """Take back the last mark that was given here.

        Returns:
            The item, which is in the queue again.

        Raises:
            UsageError: If nothing was given here.
            StoreError: If somebody has changed it since, or it cannot be written.
        """
        if not self._done:
            raise UsageError("there is nothing to undo", fix="Only marks of this sitting can be")
        item, written = self._done[-1]
        with session_of(self._course.db_url, writing=True) as session:
            take_back(session, item, written, self._marker(item), self._penalty)
        self._done.pop()
        self.items = (item, *self.items)  # it waits again, also if `reload` fails
        self.reload()
        return next((one for one in self.items if one.place == item.place), item)

    def comments(self, item: ReviewItem) -> list[str]:
        """The reusable comments for the question of *item*."""
        with session_of(self._course.db_url) as session:
            return bank(session, _topic(item))

    def keep_comment(self, item: ReviewItem, text: str) -> None:
        """Keep a comment, to be used again for the same question.

        Raises:
            UsageError: If it is empty or too long.
        """
        text = _checked(text)
        if not text:
            raise UsageError("an empty comment cannot be kept", fix="Write one")
        with session_of(self._course.db_url, writing=True) as session:
            keep_comment(session, _topic(item), text, self.reviewer)

    def _marker(self, item: ReviewItem) -> str:
        """The name in the trail; a lead who is one of two that disagree decides in another role."""
        parties = {one.marker for one in first_and_second(item.marks) or ()}
        name = self.reviewer
        return f"{name} (lead)" if self._wanted.lead and name in parties else name

    def _write(self, item: ReviewItem, mark: Mark) -> None:
        with session_of(self._course.db_url, writing=True) as session:
            if item.blind:
                written: Written | StoreError = write_second(session, item, mark)
            else:
                written = write_mark(session, item, mark, self._penalty, appeal=item.appeal)
        if isinstance(written, StoreError):
            self.reload()
            raise written
        self._done.append((item, written))
        self.items = tuple(one for one in self.items if one.place != item.place)


def _topic(item: ReviewItem) -> str:
    """What a reusable comment is about: the question wherever it is asked, or else the cell."""
    if item.question is not None:
        return item.question.id
    return f"{item.place.assignment}/{item.grade_id}"[:128]


def _checked(comment: str) -> str:
    """A comment that the gradebook can take."""
    if len(comment) > MAX_COMMENT:
        raise UsageError(
            f"the comment has {len(comment):,} characters", fix=f"At most {MAX_COMMENT:,}"
        )
    return comment.encode(errors="replace").decode().strip()
