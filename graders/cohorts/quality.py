"""How good the marks of an assignment are: the judge against people, weeks, questions, learners.

Everything here is for a person to look at. Nothing of it changes a mark.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np

from graders.cohorts.agreement import kappa, level_of
from graders.cohorts.discrimination import Discrimination, discrimination, spearman
from graders.cohorts.similar import Alike, near_identical
from graders.course import Course, open_course
from graders.gradebook.reviews import Review, reviews
from graders.gradebook.sessions import session_of
from graders.gradebook.stored import stored_answers
from graders.gradebook.term import Term, load_term
from graders.gradebook.values import CellPlace
from graders.levels import Level
from graders.score import FULL_MARKS, Score

Answers = Mapping[CellPlace, tuple[str, Score]]


@dataclass(frozen=True)
class Pair:
    """What the judge and a person said of the same answer.

    Attributes:
        place: Which answer.
        judge: The judge's level.
        person: The person's.
        blind: Whether the person had not seen the judge's.
        by_points: Whether the levels follow from points, which end at `FULL_MARKS`.
    """

    place: CellPlace
    judge: Level
    person: Level
    blind: bool = False
    by_points: bool = False


@dataclass(frozen=True)
class QuestionAgreement:
    """How the judge and people agree on one question.

    Attributes:
        grade_id: Id of the answer cell.
        pairs: What both said.
        kappa: Quadratic weighted kappa; `None` where it says nothing.
        blind_kappa: The same over the blind marks alone.
        difference: Mean of the person's level less the judge's.
    """

    grade_id: str
    pairs: tuple[Pair, ...]
    kappa: float | None
    blind_kappa: float | None
    difference: float

    @property
    def same(self) -> int:
        """Answers that got the same level from both."""
        return sum(pair.judge == pair.person for pair in self.pairs)

    @property
    def near(self) -> int:
        """Answers whose levels differ by one at most."""
        return sum(abs(pair.judge - pair.person) <= 1 for pair in self.pairs)


@dataclass(frozen=True)
class Week:
    """One assignment in the course of the term.

    Attributes:
        assignment: Its name.
        judged: Answers with a level from the judge.
        mean_level: Mean of these levels, 0 to 4; `None` without any.
        pairs: Answers that a person marked, too.
        difference: Mean of the person's level less the judge's; `None` without any.
        kappa: Quadratic weighted kappa.
    """

    assignment: str
    judged: int
    mean_level: float | None
    pairs: int
    difference: float | None
    kappa: float | None


@dataclass(frozen=True)
class Handed:
    """When one learner handed in, how much they wrote, and their share of the points."""

    student: str
    hours_before_due: float | None
    words: int
    share: float


@dataclass(frozen=True)
class Quality:
    """All of it for one assignment.

    Attributes:
        assignment: Its name.
        learners: Learners who handed in.
        agreement: Question by question.
        weeks: All assignments of the course, in their order.
        items: How each cell tells learners apart.
        alike: `grade_id` -> pairs of nearly identical answers.
        handed: One for each learner with all marks.
        time_correlation: Of the hours before the due time with the points (Spearman).
        length_correlation: Of the words of the answers with the points (Spearman).
    """

    assignment: str
    learners: int
    agreement: tuple[QuestionAgreement, ...]
    weeks: tuple[Week, ...]
    items: tuple[Discrimination, ...]
    alike: Mapping[str, tuple[Alike, ...]]
    handed: tuple[Handed, ...]
    time_correlation: float | None
    length_correlation: float | None


def load_quality(root: Path, assignment: str) -> Quality:
    """Read the gradebook of the course in *root* and work out the quality of *assignment*.

    Raises:
        UsageError: If course or assignment do not exist.
        StoreError: If the gradebook cannot be read.
    """
    course = open_course(root)
    term = load_term(course.db_url)
    load_term(course.db_url, [assignment])  # an unknown name is told with those that are known
    answers: dict[str, Answers] = {}
    given: dict[str, Mapping[CellPlace, Sequence[Review]]] = {}
    with session_of(course.db_url) as session:
        for one in term.assignments:
            answers[one.name] = stored_answers(session, one.name)
            given[one.name] = reviews(session, one.name)
    pairs = {name: _pairs(answers[name], given[name], term) for name in answers}
    own = answers[assignment]
    handed = _handed(term, assignment, own)
    timed = [one for one in handed if one.hours_before_due is not None]
    return Quality(
        assignment=assignment,
        learners=sum(name == assignment for _, name in term.works),
        agreement=_agreement(pairs[assignment]),
        weeks=tuple(_week(name, answers[name], pairs[name]) for name in answers),
        items=discrimination(term, assignment),
        alike=_alike(course, assignment, own),
        handed=handed,
        time_correlation=spearman(
            np.array([one.hours_before_due for one in timed], dtype=np.float64),
            np.array([one.share for one in timed]),
        ),
        length_correlation=spearman(
            np.array([float(one.words) for one in handed if one.words]),
            np.array([one.share for one in handed if one.words]),
        ),
    )


def _pairs(
    answers: Answers, given: Mapping[CellPlace, Sequence[Review]], term: Term
) -> tuple[Pair, ...]:
    found = []
    for place, (_, score) in sorted(answers.items()):
        if score.level is None:
            continue
        own = [(review, level_of(review)) for review in given.get(place, ())]
        levels = [(review, level) for review, level in own if level is not None]
        found += [Pair(place, score.level, level, review.blind) for review, level in levels]
        if not levels:
            found += _by_points(place, score.level, term)
    return tuple(found)


def _by_points(place: CellPlace, judge: Level, term: Term) -> list[Pair]:
    """A person's points without levels, as formgrader has them, taken for the nearest level."""
    work = term.work(place.student, place.assignment)
    for mark in work.marks if work else ():
        item = mark.item
        if (item.notebook, item.grade_id) != (place.notebook, place.grade_id):
            continue
        if mark.manual is None or item.max_points <= 0:
            return []
        share = min(1.0, max(0.0, mark.manual / item.max_points))
        person = Level(int(share * FULL_MARKS + 0.5))
        return [Pair(place, min(judge, FULL_MARKS), person, by_points=True)]
    return []


def _agreement(pairs: Sequence[Pair]) -> tuple[QuestionAgreement, ...]:
    found = []
    for grade_id in dict.fromkeys(pair.place.grade_id for pair in pairs):
        own = tuple(pair for pair in pairs if pair.place.grade_id == grade_id)
        blind = [pair for pair in own if pair.blind]
        found.append(
            QuestionAgreement(
                grade_id, own, _kappa(own), _kappa(blind) if blind else None, _difference(own)
            )
        )
    return tuple(found)


def _kappa(pairs: Sequence[Pair]) -> float | None:
    return kappa([(int(pair.judge), int(pair.person)) for pair in pairs])


def _difference(pairs: Sequence[Pair]) -> float:
    return float(np.mean([int(pair.person) - int(pair.judge) for pair in pairs]))


def _week(name: str, answers: Answers, pairs: Sequence[Pair]) -> Week:
    levels = [int(score.level) for _, score in answers.values() if score.level is not None]
    return Week(
        assignment=name,
        judged=len(levels),
        mean_level=float(np.mean(levels)) if levels else None,
        pairs=len(pairs),
        difference=_difference(pairs) if pairs else None,
        kappa=_kappa(pairs),
    )


def _alike(course: Course, assignment: str, answers: Answers) -> dict[str, tuple[Alike, ...]]:
    questions = course.questions(assignment)
    by_cell: dict[tuple[str, str], dict[str, str]] = {}
    for place, (text, _) in answers.items():
        by_cell.setdefault((place.notebook, place.grade_id), {})[place.student] = text
    found = {}
    for (notebook, grade_id), texts in sorted(by_cell.items()):
        question = questions.get(notebook, {}).get(grade_id)
        known = [question.prompt] if question else []
        if question and question.model_answers:
            known += question.model_answers.model_dump().values()
        pairs = near_identical(texts, known=known)
        if pairs:
            found[grade_id] = pairs
    return found


def _handed(term: Term, assignment: str, answers: Answers) -> tuple[Handed, ...]:
    facts = term.assignment(assignment)
    words: dict[str, int] = {}
    for place, (text, _) in answers.items():
        words[place.student] = words.get(place.student, 0) + len(text.split())
    found = []
    for (student, name), work in sorted(term.works.items()):
        if name != assignment or work.state != "graded" or not facts.max_points:
            continue
        before = None
        if work.at is not None and facts.due is not None:
            before = (facts.due - work.at) / timedelta(hours=1)
        # The penalty is for the time; what is compared with the time is the work.
        share = work.given / facts.max_points
        found.append(Handed(student, before, words.get(student, 0), share))
    return tuple(found)
