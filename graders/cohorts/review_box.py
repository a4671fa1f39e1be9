"""The review queue in a notebook; it shows and forwards, `ReviewQueue` does the work."""

from __future__ import annotations

import getpass
from collections.abc import Collection
from pathlib import Path
from typing import Any

import traitlets

from graders import cards
from graders.cohorts.items import MAX_SHOWN, ReviewItem
from graders.cohorts.review import ReviewQueue
from graders.cohorts.week import named_week
from graders.course import open_course
from graders.errors import SeniorkitError, UsageError
from graders.feedback import clean
from graders.gradebook.reviews import Review
from graders.levels import Level
from graders.study import bundle
from graders.study.box import Box

_HERE = Path(__file__).parent
_ANSWER_BOX = Path(bundle.__file__).parent / "answer_box"


class ReviewBox(Box):
    """One answer after the other: what was written, the verdicts, why it is in doubt, your mark.

    Args:
        week: The assignment, or its number.
        course: Folder of the nbgrader course.
        by: Who reviews; this account if absent.
        blind: Whether as a second marker, who does not see the first mark.
        share: Share of the marked answers that a second marker sees.
        chosen: (learner, `grade_id`) of the answers wanted, instead of the usual ones.
        everything: Whether also answers that nobody doubts.
        lead: Whether the reviewer also decides where they are one of two who disagree.
    """

    _esm = f"{bundle.bundled(_ANSWER_BOX, 'element')}\n{bundle.bundled(_HERE, 'review_box')}"
    _css = cards.style() + (_HERE / "review_box.css").read_text(encoding="utf-8")

    levels: Any = traitlets.List([level.label for level in Level]).tag(sync=True)
    item: Any = traitlets.Dict().tag(sync=True)
    kept: Any = traitlets.List().tag(sync=True)
    left = traitlets.Int().tag(sync=True)
    done = traitlets.Int().tag(sync=True)
    failed: Any = traitlets.List().tag(sync=True)
    foreseen = traitlets.Unicode().tag(sync=True)
    message = traitlets.Unicode().tag(sync=True)
    answered = traitlets.Unicode().tag(sync=True)

    def __init__(
        self, week: str | int, course: str | Path = ".", *, by: str | None = None,
        blind: bool = False, share: float = 0.2, chosen: Collection[tuple[str, str]] = (),
        everything: bool = False, lead: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        self._skipped: set[object] = set()
        self._queue: ReviewQueue | None = None
        try:
            opened = open_course(Path(course))
            self._queue = ReviewQueue.open(
                opened, named_week(opened, str(week)), by or getpass.getuser(), blind,
                share=share, chosen=chosen, everything=everything, lead=lead,
            )  # fmt: skip
            self._show()
        except SeniorkitError as error:
            self.message = str(error)
        self.on_msg(self._received)

    @property
    def _current(self) -> ReviewItem | None:
        items = self._queue.items if self._queue else ()
        return next((item for item in items if item.place not in self._skipped), None)

    def _received(self, _: Any, content: Any, __: Any) -> None:
        """Messages of the page, `{"kind": "change", "seen": ..., "levels": {...}, "comment": ...}`.

        The page does not wait for an answer before it sends more; `id` is what it knows one by.
        """
        if not isinstance(content, dict):
            return
        with self.hold_sync():  # the page hears all that came of a message at once
            if self._queue is not None:
                self._answer(self._queue, content)
            if isinstance(content.get("id"), str):
                self.answered = content["id"]  # whatever came of it

    def _answer(self, queue: ReviewQueue, content: dict[str, Any]) -> None:
        try:
            if self._is_meant(queue, content):
                self._obey(queue, content)
                self.message = ""
        except SeniorkitError as error:
            self.message = str(error)
        if content.get("kind") != "foresee":
            self._show()

    def _is_meant(self, queue: ReviewQueue, content: dict[str, Any]) -> bool:
        """Whether a message is about what stands now, so that one sent twice is obeyed once.

        Undo names the mark, as the number of marks with it; the others name the answer as it was
        shown.
        """
        if content.get("kind") == "undo":
            return bool(content.get("done") == queue.given)
        return self._current is not None and content.get("seen") == _token(self._current)

    def _obey(self, queue: ReviewQueue, content: dict[str, Any]) -> None:
        kind, comment, item = content.get("kind"), content.get("comment"), self._current
        comment = comment if isinstance(comment, str) else ""
        if kind == "undo":
            self._skipped.discard(queue.undo().place)
        elif item is None:
            return
        elif kind == "accept":
            queue.accept(item, comment)
        elif kind == "change":
            queue.change(item, _levels(content.get("levels")), comment)
        elif kind == "give":
            queue.give(item, _points(content.get("points")), comment)
        elif kind == "skip":
            self._skipped.add(item.place)
        elif kind == "keep":
            queue.keep_comment(item, comment)
        elif kind == "foresee":
            self.foreseen = ""
            points, level = queue.foresee(item, _levels(content.get("levels")))
            self.foreseen = f"{points:g} of {item.max_points:g} points, {cards.level_text(level)}"

    def _show(self) -> None:
        """Show the first answer that was not skipped."""
        assert self._queue is not None
        item = self._current
        facts = {} if item is None else _facts(item)
        with self.hold_sync():
            if facts != self.item:
                self.item, self.foreseen = facts, ""
            self.done, self.left = self._queue.given, len(self._queue.items)
            self.failed = [f"{name}: {why}" for name, why in self._queue.failed.items()]
            try:
                self.kept = self._queue.comments(item) if item else []
            except SeniorkitError as error:  # the mark before it stands, and has to be seen
                self.message = self.message or str(error)

    def __repr__(self) -> str:
        return f"ReviewBox({self.done} reviewed, {self.left} left)"


def _facts(item: ReviewItem) -> dict[str, Any]:
    """All that the page shows of an answer; it puts every word in as text."""
    verdicts = {v.criterion: v for v in item.score.verdicts} if item.score else {}
    answer = clean.terminal(item.answer)[:MAX_SHOWN]
    criteria = item.question.criteria if item.question else ()
    quotes = [verdicts[c.id].evidence if c.id in verdicts else () for c in criteria]
    return {
        "seen": _token(item),
        "place": _key(item),
        "cell": item.grade_id,
        "student": "" if item.blind else clean.terminal(item.student),
        "blind": item.blind,
        "points": item.points,
        "max_points": item.max_points,
        "acceptable": not item.blind and item.state.points is not None,
        "prompt": item.question.prompt if item.question else "",
        "why": [clean.terminal(reason) for reason in item.why],
        "appeal": clean.terminal(item.appeal.text) if item.appeal else "",
        "passages": [
            {"text": one.text, "criteria": list(one.criteria)}
            for one in cards.passages(answer, quotes)
        ],
        "criteria": [
            {
                "id": c.id,
                "asks": c.asks,
                "level": _label(verdicts[c.id].level) if c.id in verdicts else "",
                "reason": clean.terminal(verdicts[c.id].reason) if c.id in verdicts else "",
            }
            for c in criteria
        ],
        "marks": [clean.terminal(_said(review, item.max_points)) for review in item.marks],
    }


def _token(item: ReviewItem) -> str:
    """Names the answer as it was shown: what a page says about an older state is not obeyed."""
    return f"{item.seen}{_key(item)}{item.blind}"


def _key(item: ReviewItem) -> str:
    """Names the answer, whatever becomes of it, without the learner's name."""
    return str(hash(item.place))


def _label(level: Level | None) -> str:
    return "" if level is None else level.label


def _said(review: Review, worth: float) -> str:
    level = f", {cards.level_text(review.score.level)}" if review.score else ""
    counts = "" if review.counts else " (does not count)"
    return f"{review.marker}: {review.points:g} of {worth:g}{level}{counts} {review.comment}"


def _levels(value: Any) -> dict[str, Level]:
    if not isinstance(value, dict):
        raise UsageError("these are no levels", fix="Choose one for each criterion")
    try:
        return {str(name): Level.from_label(str(label)) for name, label in value.items() if label}
    except ValueError as error:
        raise UsageError(str(error)) from None


def _points(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UsageError("these are no points", fix="Type a number")
    return float(value)
