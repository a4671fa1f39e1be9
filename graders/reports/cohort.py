"""What an assignment looks like over a cohort: who has what, who needs attention, what most miss."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from graders.course import Course, open_course
from graders.errors import UsageError
from graders.gradebook import CellPlace, LearnerGrades
from graders.gradebook.reviews import Review, counting
from graders.gradebook.sessions import session_of
from graders.levels import Level
from graders.question import Question
from graders.reports.pseudonyms import Pseudonyms
from graders.score import FULL_MARKS, Score


@dataclass(frozen=True)
class LearnerRow:
    """One learner in the table of a cohort.

    Attributes:
        student: The learner's id.
        points: Sum of all points given so far, or `None` if nothing could be graded.
        max_points: Points that can be reached.
        open_points: Points of cells that nobody has graded yet.
        levels: `grade_id` -> level of each free-text answer; `None` is unscored.
        flags: Short machine-readable remarks.
        attention: Why a person should look, in words; empty for most learners.
    """

    student: str
    points: float | None
    max_points: float
    open_points: float
    levels: dict[str, Level | None]
    flags: tuple[str, ...]
    attention: tuple[str, ...]


@dataclass(frozen=True)
class Gap:
    """A criterion and how many of the judged answers stay below full marks on it."""

    question_id: str
    asks: str
    dimension: str
    missed: int
    judged: int


@dataclass(frozen=True)
class Cohort:
    """All of one assignment: learners sorted by id, and what most miss, worst first.

    If it is anonymised, the ids are pseudonyms.
    """

    assignment: str
    max_points: float
    answers: dict[str, str]
    learners: tuple[LearnerRow, ...]
    gaps: tuple[Gap, ...]
    anonymised: bool = False


def load_cohort(root: Path, assignment: str, *, anonymised: bool = False) -> Cohort:
    """Read everything about *assignment* from the course's gradebook.

    Args:
        root: The course's folder.
        assignment: Name of the assignment.
        anonymised: Whether learners have pseudonyms.

    Raises:
        UsageError: If course or assignment do not exist, or nothing has been graded yet.
        StoreError: If the gradebook cannot be read.
    """
    course = open_course(root)
    rubrics = course.questions(assignment)
    questions = {gid: question for of in rubrics.values() for gid, question in of.items()}
    check_known(course, assignment)
    with course.gradebook() as gradebook:
        graded = gradebook.learners(assignment)
    with session_of(course.db_url) as session:
        given = counting(session, assignment)
    graded = [_as_marked(learner, assignment, given) for learner in graded]
    maximum = max((sum(c.max_points for c in learner.cells) for learner in graded), default=0.0)
    cohort = Cohort(
        assignment=assignment,
        max_points=maximum,
        answers={grade_id: question.id for grade_id, question in questions.items()},
        learners=tuple(_row(learner, list(questions), maximum) for learner in graded),
        gaps=tuple(_gaps(graded, questions)),
        anonymised=anonymised,
    )
    return _anonymised(course, cohort) if anonymised else cohort


def _anonymised(course: Course, cohort: Cohort) -> Cohort:
    """Pseudonyms in the place of learners, in the order of the pseudonyms: that of ids would tell."""
    names = Pseudonyms.of_course(course, [row.student for row in cohort.learners])
    rows = [
        replace(
            row,
            student=names.of(row.student),
            attention=tuple(names.without_names(reason) for reason in row.attention),
        )
        for row in cohort.learners
    ]
    return replace(cohort, learners=tuple(sorted(rows, key=lambda row: row.student)))


def _as_marked(
    learner: LearnerGrades, assignment: str, given: Mapping[CellPlace, Review]
) -> LearnerGrades:
    """*learner* with the scores behind the marks that count: a person's before the judge's."""
    scores = dict(learner.scores)
    for cell in learner.cells:
        score = scores.get(cell.grade_id)
        if score is None:
            continue
        place = CellPlace(learner.student, assignment, cell.notebook, cell.grade_id)
        review = given.get(place) if cell.manual else None
        if review is not None and review.score is not None and review.points == cell.points:
            score = review.score
        elif cell.manual and not cell.needs_review:
            # Marked in formgrader: what made the judge doubt waits for nobody any more.
            score = score.model_copy(update={"needs_review": False, "reasons": ()})
        if cell.needs_review and not score.needs_review and not set(score.flags) & set(_UNUSUAL):
            # An appeal, two markers who differ, a mark from before it was graded again.
            again = {"needs_review": True, "reasons": ("a person looks at it again",)}
            score = score.model_copy(update=again)
        scores[cell.grade_id] = score
    return replace(learner, scores=scores)


def check_known(course: Course, assignment: str) -> None:
    """Make sure that there is something to report, before a kernel is started for it.

    Raises:
        UsageError: If the gradebook does not know *assignment*.
        StoreError: If the gradebook cannot be read.
    """
    with course.gradebook() as gradebook:
        if not gradebook.has_assignment(assignment):
            raise UsageError(
                f"the gradebook knows no assignment {assignment!r}",
                where=course.db_url,
                fix=f"Grade it first: seniorkit grade {assignment}",
            )


def _row(learner: LearnerGrades, grade_ids: list[str], maximum: float) -> LearnerRow:
    remarks = list(learner.submission.remarks) if learner.submission else []
    flags: list[str] = []
    attention = list(remarks)
    failed = learner.submission is not None and learner.submission.failed
    if not learner.cells and not failed and learner.submission is None:
        attention.append("nothing handed in")
        flags.append("missing")
    if failed:
        flags.append("failed")
    if learner.seconds_late > 0:
        flags.append("late")
        attention.append(f"late by {_duration(learner.seconds_late)}")
    for grade_id, score in learner.scores.items():
        # An answer from the box is how it should be.
        flags += [flag for flag in score.flags if flag not in (*flags, "from_widget")]
        if score.needs_review:
            reasons = " ".join(score.reasons) or "waits for a person"
            attention.append(f"{grade_id}: {reasons}")
        unusual = [flag for flag in score.flags if flag in _UNUSUAL]
        if unusual:
            attention.append(f"{grade_id}: " + ", ".join(_UNUSUAL[flag] for flag in unusual))
    judged = {grade_id for grade_id in learner.scores}
    waiting = [
        cell.grade_id
        for cell in learner.cells
        if not failed and (cell.points is None or cell.needs_review) and cell.grade_id not in judged
    ]
    if waiting:
        attention.append(f"a person grades {', '.join(waiting)}")
    known = [cell.points for cell in learner.cells if cell.points is not None]
    return LearnerRow(
        student=learner.student,
        points=None if failed or not known else round(sum(known), 2),
        max_points=maximum,
        open_points=sum(cell.max_points for cell in learner.cells if cell.points is None),
        levels={gid: learner.scores[gid].level for gid in grade_ids if gid in learner.scores},
        flags=tuple(flags),
        attention=tuple(dict.fromkeys(attention)),
    )


_UNUSUAL = {
    "box_unreadable": "the answer is blank, but it may stand in the box's damaged file",
    "both_places": "answered in the box and in the cell; the cell was graded",
    "cell_deleted": "the answer cell had been deleted",
    "duplicated_cell": "the answer cell exists more than once; the last filled one was graded",
    "text_elsewhere": "the answer cell is blank, but there is text in a cell below it",
}


def _duration(seconds: float) -> str:
    minutes = int(seconds // 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _gaps(graded: list[LearnerGrades], questions: dict[str, Question]) -> list[Gap]:
    missed: Counter[tuple[str, str]] = Counter()
    judged: Counter[tuple[str, str]] = Counter()
    for learner in graded:
        for grade_id, score in learner.scores.items():
            for key, level in _levels(score) if grade_id in questions else []:
                judged[key] += 1
                missed[key] += level < FULL_MARKS
    found = []
    for question in questions.values():
        for criterion in question.criteria:
            key = (question.id, criterion.id)
            if judged[key]:
                found.append(
                    Gap(question.id, criterion.asks, criterion.dimension, missed[key], judged[key])
                )
    return sorted(found, key=lambda gap: (-gap.missed / gap.judged, gap.question_id, gap.asks))


def _levels(score: Score) -> list[tuple[tuple[str, str], Level]]:
    """Verdicts of an answer that says something; blank and stopped ones tell nothing of criteria."""
    if not score.level:
        return []
    return [
        ((score.question_id, verdict.criterion), verdict.level)
        for verdict in score.verdicts
        if verdict.level is not None
    ]
