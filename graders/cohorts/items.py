"""What the review queue holds: one item for each answer that a person should look at, and why."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graders import cards
from graders.cohorts.agreement import first_and_second, is_settled
from graders.course import Course
from graders.errors import AnswersError
from graders.gradebook import CellPlace
from graders.gradebook.appeals import Appeal, appeals
from graders.gradebook.reviews import Review, reviews, version
from graders.gradebook.standing import CellState, cells
from graders.gradebook.stored import stored_answers
from graders.question import Question
from graders.score import Score
from graders.submitted import load_raw, why_unreadable

MAX_SHOWN = 100_000
"""Characters of an answer that are shown; nobody reads more, and a page could not hold more."""

_APPEALED, _DISAGREED, _UNSCORED, _DOUBTED, _FLAGGED, _AGAIN, _SURE = range(7)


@dataclass(frozen=True)
class ReviewItem:
    """One answer in the queue.

    Attributes:
        state: What the gradebook says of it.
        question: What was asked; `None` for what has no rubric, such as a test that did not run.
        answer: What the learner wrote; foreign text, to be escaped wherever it is shown.
        score: The automatic verdicts; `None` if there are none, or if it is marked blind.
        why: Why a person should look, in words.
        marks: What people have said of it before.
        appeal: The learner's request, if there is one.
        blind: Whether it is marked without seeing what others said.
        seen: Fingerprint of all this; see `graders.gradebook.reviews.version`.
        rank: How doubtful it is; the lowest first.
    """

    state: CellState
    question: Question | None
    answer: str
    score: Score | None
    why: tuple[str, ...]
    marks: tuple[Review, ...]
    appeal: Appeal | None
    blind: bool
    seen: str
    rank: tuple[int, float]

    @property
    def place(self) -> CellPlace:
        """Whose answer, and where."""
        return self.state.place

    @property
    def student(self) -> str:
        """The learner's id."""
        return self.state.place.student

    @property
    def notebook(self) -> str:
        """Name of the notebook, without suffix."""
        return self.state.place.notebook

    @property
    def grade_id(self) -> str:
        """Id of the cell."""
        return self.state.place.grade_id

    @property
    def points(self) -> float | None:
        """The points that count so far; hidden where it is marked blind."""
        return None if self.blind else self.state.points

    @property
    def standing_score(self) -> Score | None:
        """The score behind the mark that counts: the automatic one, or that of the person."""
        stands = self.state.manual
        if stands is None:
            return self.score
        return next((m.score for m in self.marks if m.counts and m.points == stands), None)

    @property
    def max_points(self) -> float:
        """What the answer is worth."""
        return self.state.max_points


Questions = Mapping[str, Mapping[str, Question]]


@dataclass(frozen=True)
class Wanted:
    """Which answers a reviewer wants to see.

    Attributes:
        reviewer: Who reviews.
        blind: Whether as a second marker, who does not see the first mark.
        share: Share of the answers with a first mark that a second marker sees.
        chosen: (learner, `grade_id`) of the answers that are wanted, if not the usual ones.
        everything: Whether also those that nobody doubts.
        lead: Whether the reviewer also decides where they are one of two that disagree.
    """

    reviewer: str
    blind: bool = False
    share: float = 0.2
    chosen: Collection[tuple[str, str]] = ()
    everything: bool = False
    lead: bool = False


def load_items(session: Any, course: Course, assignment: str, wanted: Wanted) -> list[ReviewItem]:
    """The items of a queue, sorted by question, the most doubtful first.

    Raises:
        RubricError: If a rubric is broken.
        StoreError: If the gradebook cannot be read.
    """
    loading = _Loading(session, course, assignment, wanted)
    found = loading.blind() if wanted.blind else loading.open()
    order = loading.order()
    return sorted(
        found, key=lambda i: (order(i.place), i.rank, i.student.casefold(), i.student)
    )  # fmt: skip


class _Loading:
    def __init__(self, session: Any, course: Course, assignment: str, wanted: Wanted) -> None:
        self._course = course
        self._wanted = wanted
        self._questions: Questions = course.questions(assignment)
        self._cells = cells(session, assignment)
        self._answers = stored_answers(session, assignment)
        self._reviews = reviews(session, assignment)
        self._appeals = {one.place: one for one in appeals(session, assignment, state="open")}
        self._notebooks: dict[tuple[str, str], list[Mapping[str, Any]]] = {}

    def order(self) -> Callable[[CellPlace], tuple[int, str, str]]:
        """Where the questions stand: in the order of the rubrics, then the other cells by name."""
        listed = [(notebook, cell) for notebook, of in self._questions.items() for cell in of]
        places = {key: number for number, key in enumerate(listed)}

        def position(place: CellPlace) -> tuple[int, str, str]:
            key = (place.notebook, place.grade_id)
            return (places.get(key, len(places)), *key)

        return position

    def open(self) -> Iterator[ReviewItem]:
        """What waits for a person; with `everything` or `chosen` also the rest."""
        for state in self._cells:
            given = self._reviews.get(state.place, [])
            disagreed = not is_settled(given)
            if self._wanted.chosen:
                if (state.place.student, state.place.grade_id) not in self._wanted.chosen:
                    continue
            elif not (
                self._wanted.everything
                or state.needs_review
                or state.place in self._appeals
                or disagreed
            ):
                continue
            if disagreed and not self._wanted.lead and self._is_party(given):
                continue
            yield self._item(state, given, disagreed)

    def _is_party(self, given: list[Review]) -> bool:
        return any(one.marker == self._wanted.reviewer for one in first_and_second(given) or ())

    def blind(self) -> Iterator[ReviewItem]:
        """A share of the answers that somebody else has marked, or the chosen ones."""
        own, marked = self._wanted.reviewer, []
        for state in self._cells:
            given = self._reviews.get(state.place, [])
            first = next((one for one in given if one.counts), None)
            by_others = first is not None and first.score is not None and first.marker != own
            named = (state.place.student, state.place.grade_id) in self._wanted.chosen
            if self._question(state.place) is not None and (
                named or (by_others and not self._wanted.chosen)
            ):
                marked.append((state, given))
        if not self._wanted.chosen:
            marked.sort(key=lambda pair: _lot(pair[0].place))
            marked = marked[: math.ceil(self._wanted.share * len(marked))]
        for state, given in marked:
            seconded = any(one.blind for one in given)
            if not seconded and all(one.marker != own for one in given):
                text = self._text(state.place)
                seen = version(state, text, given)
                yield ReviewItem(
                    state, self._question(state.place), text, None, ("second mark",), (), None,
                    True, seen, (_SURE, 0.0),
                )  # fmt: skip

    def _question(self, place: CellPlace) -> Question | None:
        return self._questions.get(place.notebook, {}).get(place.grade_id)

    def _item(self, state: CellState, given: list[Review], disagreed: bool) -> ReviewItem:
        question = self._question(state.place)
        score = self._answers[state.place][1] if state.place in self._answers else None
        appeal = self._appeals.get(state.place)
        why = list(_reasons(state, score))
        if score is not None and (
            question is None or not score.fits(c.id for c in question.criteria)
        ):
            why.append("it was judged with another version of the rubric: regrade the question")
            score = None
        rank = _rank(state, score)
        if disagreed:
            why.insert(0, "two markers differ by more than one level")
            rank = _DISAGREED
        if appeal is not None:
            why.insert(0, "the learner asks that it is looked at again")
            rank = _APPEALED
        text = self._text(state.place)
        return ReviewItem(
            state, question, text, score, tuple(dict.fromkeys(why)), tuple(given), appeal, False,
            version(state, text, given), (rank, _confidence(score)),
        )  # fmt: skip

    def _text(self, place: CellPlace) -> str:
        """The judged text, or else what the cell of the autograded notebook holds."""
        if place in self._answers:
            return self._answers[place][0]
        key = (place.student, place.notebook)
        if key not in self._notebooks:
            folder = self._course.folder("autograded", place.student, place.assignment)
            self._notebooks[key] = _cells_of(folder / f"{place.notebook}.ipynb")
        for cell in self._notebooks[key]:
            metadata = cell.get("metadata", {}).get("nbgrader", {})
            if isinstance(metadata, dict) and metadata.get("grade_id") == place.grade_id:
                source = cell.get("source", "")
                return ("".join(source) if isinstance(source, list) else str(source))[:MAX_SHOWN]
        return ""


def _cells_of(path: Any) -> list[Mapping[str, Any]]:
    if not path.is_file() or path.is_symlink() or why_unreadable(path):
        return []
    try:
        return [cell for cell in load_raw(path)["cells"] if isinstance(cell, dict)]
    except (AnswersError, LookupError, TypeError):
        return []


def _reasons(state: CellState, score: Score | None) -> Iterator[str]:
    if state.manual is not None and state.needs_review:
        yield "a person has marked it, and it was graded again since"
    if score is not None:
        yield from score.reasons
        unusual = [flag for flag in score.flags if flag in UNUSUAL]
        yield from (cards.flag_text(flag) for flag in unusual)
    if state.points is None and score is None:
        yield "there is no automatic mark"


UNUSUAL = {"box_unreadable", "both_places", "cell_deleted", "duplicated_cell", "text_elsewhere"}
"""Flags of how the answer was handed in, which make it wait without the judge's doubt."""


def _rank(state: CellState, score: Score | None) -> int:
    if state.points is None:
        return _UNSCORED
    if state.manual is not None:
        return _AGAIN if state.needs_review else _SURE
    if score is not None and score.needs_review:
        return _DOUBTED
    return _FLAGGED if state.needs_review else _SURE


def _confidence(score: Score | None) -> float:
    sure: Iterable[float] = [v.confidence for v in score.verdicts] if score else []
    return sum(sure) / len(list(sure)) if sure else 0.0


def _lot(place: CellPlace) -> str:
    """A number that nobody chooses, the same in every run: who is drawn into a sample."""
    return hashlib.sha256("\0".join(place.key.values()).encode(errors="replace")).hexdigest()
