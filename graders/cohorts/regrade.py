"""One question graded again for everybody, after its rubric was changed: looked at first, then applied.

Only the words are judged again; no code runs. A person's mark stays, whatever the new verdicts
say; where they are far from it, it is listed and waits in the queue.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graders.batch.judging import JudgingPass
from graders.batch.ledger import Ledger
from graders.batch.nameless import Nameless
from graders.batch.planning import carried_over
from graders.batch.recording import late_policy
from graders.batch.task import Deferred
from graders.cohorts.items import UNUSUAL
from graders.cohorts.marking import change_text
from graders.course import Course
from graders.errors import UsageError
from graders.gradebook import CellPlace, JudgedAnswer
from graders.gradebook.audit import notice, settle
from graders.gradebook.notices import notify
from graders.gradebook.recording import save_answer
from graders.gradebook.reviews import Review, reviews
from graders.gradebook.sessions import session_of
from graders.gradebook.standing import CellState, cells, counted, write
from graders.gradebook.stored import stored_answers
from graders.judged import FROM_WIDGET
from graders.judges.base import Judge
from graders.judges.factory import judge_named
from graders.levels import Level
from graders.question import Question
from graders.reports import check_known
from graders.score import FULL_MARKS, Score, marks

FAR = 1
"""Levels by which a person's mark and the new verdicts may differ without being listed."""


@dataclass(frozen=True)
class Change:
    """What grading again comes to for one answer.

    Attributes:
        place: Whose answer.
        points_from: The points that count now.
        points_to: The points that will count.
        level_from: The level behind the points that count now; a person's, if one gave it.
        level_to: The new automatic level.
        by_person: Whether a person's mark stands, which stays.
        answer: The new judgement.
        seen: Fingerprint of what stood when this was worked out.
    """

    place: CellPlace
    points_from: float | None
    points_to: float | None
    level_from: Level | None
    level_to: Level | None
    by_person: bool
    answer: JudgedAnswer
    seen: str


@dataclass(frozen=True)
class Regrade:
    """What grading one question again would do.

    Attributes:
        assignment: Name of the assignment.
        grade_id: Id of the answer cell.
        judge: Name and version of the judge.
        changes: The marks that would change, sorted by learner.
        kept: Persons' marks from which the new level differs by more than one; they stay.
        same: The answers whose points that count stay as they are; their verdicts are renewed.
        unjudged: Learners whose answer could not be judged again; theirs stays as it is.
        before: Notebook -> digest of the question by which its answers were graded, if all were
            graded by one.
        reader: The judge.
    """

    assignment: str
    grade_id: str
    judge: str
    changes: tuple[Change, ...]
    kept: tuple[Change, ...]
    same: tuple[Change, ...]
    unjudged: tuple[str, ...]
    before: Mapping[str, str]
    reader: Judge


@dataclass(frozen=True)
class Applied:
    """What was done.

    Attributes:
        changed: The learners whose mark has changed; each finds a notice on the next page.
        left: The learners whose answer or mark was changed since it was looked at; theirs is
            left as it is.
    """

    changed: tuple[str, ...]
    left: tuple[str, ...]


def preview(
    course: Course, assignment: str, grade_id: str, judge: str | Judge | None = None
) -> Regrade:
    """Judge every answer to one question again, and tell what would change; nothing is written.

    Verdicts are kept, so neither applying this nor grading later asks for them once more.

    Args:
        course: The course.
        assignment: Name of the assignment.
        grade_id: Id of the answer cell.
        judge: Who reads, or its name; the embedded judge if absent.

    Raises:
        UsageError: If there is no such assignment, answer or judge.
        RubricError: If the rubric is broken.
        StoreError: If gradebook or ledger cannot be used.
    """
    check_known(course, assignment)
    asked = _asked(course, assignment, grade_id)
    reader = judge_named("embedded") if judge is None else judge
    reader = judge_named(reader) if isinstance(reader, str) else reader
    with session_of(course.db_url) as session:
        states = {one.place: one for one in cells(session, assignment, grade_id=grade_id)}
        stored = stored_answers(session, assignment, grade_id=grade_id)
        given = reviews(session, assignment)
    wanted = {place: entry for place, entry in stored.items() if place in states}
    changes: list[Change] = []
    unjudged: list[str] = []
    for place, answer in _judged(course, assignment, reader, asked, wanted):
        if "unscored" in answer.score.flags:
            unjudged.append(place.student)
        else:
            text, old = wanted[place]
            changes.append(_change(states[place], given.get(place, []), old, answer, text))
    changes.sort(key=lambda change: change.place)
    return Regrade(
        assignment,
        grade_id,
        f"{reader.name} {reader.version}",
        tuple(one for one in changes if not one.by_person and one.points_from != one.points_to),
        tuple(one for one in changes if one.by_person and _is_far(one)),
        tuple(one for one in changes if _is_quiet(one)),
        tuple(sorted(unjudged)),
        _before(wanted),
        reader,
    )


def apply(course: Course, regrade: Regrade, actor: str) -> Applied:
    """Write what was looked at: all of it, or nothing.

    Args:
        course: The course.
        regrade: What `preview` found.
        actor: Who decides it; it stands in the trail.

    Raises:
        StoreError: If the gradebook cannot be written; nothing of it is, then.
    """
    penalty = late_policy(course)
    assignment, changed, left = regrade.assignment, [], []
    with session_of(course.db_url, writing=True) as session:
        notice(session, assignment)
        found = cells(session, assignment, grade_id=regrade.grade_id)
        states = {one.place: one for one in found}
        stored = stored_answers(session, assignment, grade_id=regrade.grade_id)
        for change in (*regrade.changes, *regrade.kept, *regrade.same):
            place, state = change.place, states.get(change.place)
            if (
                state is None
                or place not in stored
                or _seen(state, stored[place][0]) != change.seen
            ):
                left.append(place.student)
                continue
            answer = change.answer
            needed = answer.score.needs_review or answer.flagged
            review = _is_far(change) or state.needs_review if change.by_person else needed
            values: dict[str, object] = {
                "auto_score": _points(answer.score, state.max_points),
                "auto_comment": answer.comment(state.max_points),
                "needs_manual_grade": review,
            }
            write(session, state, values, penalty)
            save_answer(session, place.key, answer.answer, answer.score.model_dump_json())
            if change.points_from != change.points_to:
                changed.append(place.student)
                moved = change_text(change.points_from, change.points_to, state.max_points)
                notify(session, place, f"{place.grade_id} was graded again: {moved}")
        detail = f"{regrade.grade_id} graded again"
        settle(session, assignment, actor=actor, action="regraded", detail=detail)
    _remember(course, regrade)
    return Applied(tuple(changed), tuple(sorted(left)))


def _before(graded: Mapping[CellPlace, tuple[str, Score]]) -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for place, (_, score) in graded.items():
        found.setdefault(place.notebook, set()).add(score.rubric_digest)
    return {notebook: digests.pop() for notebook, digests in found.items() if len(digests) == 1}


def _remember(course: Course, regrade: Regrade) -> None:
    """Let the next run know that there is nothing left to do for who was graded again here."""
    before = {(name, regrade.grade_id): digest for name, digest in regrade.before.items()}
    with course.gradebook() as gradebook:
        for submission in carried_over(
            course, regrade.assignment, gradebook, regrade.reader, before
        ):
            if submission.student not in regrade.unjudged:
                gradebook.remember(regrade.assignment, submission)


def _asked(course: Course, assignment: str, grade_id: str) -> Mapping[str, Question]:
    """Notebook -> the question that *grade_id* answers."""
    rubrics = course.questions(assignment)
    found = {name: of[grade_id] for name, of in rubrics.items() if grade_id in of}
    if not found:
        known = sorted(cell for of in rubrics.values() for cell in of)
        raise UsageError(
            f"{assignment} has no judged answer {grade_id!r}",
            where=str(course.source(assignment)),
            fix=f"Known: {', '.join(known) or 'none'}",
        )
    return found


def _judged(
    course: Course, assignment: str, judge: Judge, asked: Mapping[str, Question],
    wanted: Mapping[CellPlace, tuple[str, Score]],
) -> Iterator[tuple[CellPlace, JudgedAnswer]]:  # fmt: skip
    """Each answer with its new score: the one that is kept, or else the judge's."""
    by_student: dict[str, list[Deferred]] = {}
    for place, (text, old) in wanted.items():
        if place.notebook in asked:
            deferred = Deferred(
                notebook=place.notebook, grade_id=place.grade_id, text=text, flags=_collected(old)
            )
            by_student.setdefault(place.student, []).append(deferred)
    questions = {
        one.notebook: {one.grade_id: asked[one.notebook]}
        for of in by_student.values()
        for one in of
    }
    with Ledger(course.root, assignment) as ledger:
        judging = JudgingPass(judge, questions, ledger, Nameless.of_course(course))
        for student, answers in judging.judged(by_student, by_student.__getitem__):
            for answer in answers:
                yield CellPlace(student, assignment, answer.notebook, answer.grade_id), answer


def _collected(old: Score) -> tuple[str, ...]:
    """The flags that say how the answer was handed in, which no judge knows."""
    return tuple(flag for flag in old.flags if flag in UNUSUAL or flag == FROM_WIDGET)


def _change(
    state: CellState, given: list[Review], old: Score, answer: JudgedAnswer, text: str
) -> Change:
    by_person = state.manual is not None
    new = _points(answer.score, state.max_points)
    level = _persons_level(state, given) if by_person else old.level
    return Change(
        place=state.place,
        points_from=state.points,
        points_to=state.points if by_person else counted(None, new, state.extra),
        level_from=level,
        level_to=answer.score.level,
        by_person=by_person,
        answer=answer,
        seen=_seen(state, text),
    )


def _persons_level(state: CellState, given: list[Review]) -> Level | None:
    """The level a person gave; from the points, where they were given in formgrader."""
    for review in given:
        if review.counts and review.score is not None and review.points == state.manual:
            return review.score.level
    if state.manual is None or state.max_points <= 0:
        return None
    share = min(1.0, max(0.0, state.manual / state.max_points))
    return Level(int(share * FULL_MARKS + 0.5))


def _is_far(change: Change) -> bool:
    if change.level_from is None or change.level_to is None:
        return change.level_from is not change.level_to
    return abs(change.level_to - change.level_from) > FAR


def _is_quiet(change: Change) -> bool:
    """Whether it is neither a change of a mark nor far from a person's."""
    return not _is_far(change) if change.by_person else change.points_from == change.points_to


def _points(score: Score, worth: float) -> float | None:
    return None if score.points is None else round(marks(score.points) * worth, 2)


def _seen(state: CellState, text: str) -> str:
    parts = [state.manual, state.automatic, state.extra, text]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
