"""Decides what a run has to do: who is new or changed, who is up to date, who cannot be graded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from graders.batch.submissions import Handed, copies, handed_in
from graders.batch.task import Result
from graders.course import Course
from graders.gradebook import CourseGradebook, Submission, load_roster
from graders.judges.base import Judge

UNSETTLED = "?"


@dataclass(frozen=True)
class Job:
    """One submission to be graded, with the fingerprint that its result will carry."""

    handed: Handed
    digest: str
    remarks: tuple[str, ...]

    @property
    def student(self) -> str:
        """The learner's id."""
        return self.handed.student

    def remembered(self, result: Result) -> Submission:
        """What is remembered of it."""
        told = remarks_of(result, self.remarks)
        return Submission(self.student, self.digest, told, failed=result.error is not None)


@dataclass(frozen=True)
class Plan:
    """What a run has to do.

    Attributes:
        todo: Submissions to grade.
        ungradable: Those that are known not to be gradable.
        unchanged: Learners who are up to date.
        skipped: Learners whom the configuration leaves out.
        noted: What is to be remembered without grading anything.
    """

    todo: list[Job] = field(default_factory=list)
    ungradable: list[Job] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    noted: list[Submission] = field(default_factory=list)


def make_plan(
    course: Course, assignment: str, gradebook: CourseGradebook, submissions: Sequence[Handed],
    judge: Judge, *, creates_students: bool, only: Collection[str] | None = None,
) -> Plan:  # fmt: skip
    """Compare what was handed in with what is remembered; nothing is written.

    Args:
        course: The course.
        assignment: Name of the assignment.
        gradebook: Its gradebook, open.
        submissions: What was handed in.
        judge: Who will read the free text.
        creates_students: Whether learners whom the gradebook does not know are put in.
        only: The learners whose work is graded, if not everybody's; the others' is still compared
            with theirs.
    """
    setup = _setup_digest(course, assignment, judge)
    remembered = gradebook.remembered(assignment)
    waiting: set[str] = set()
    if any(one.digest.startswith(UNSETTLED) for one in remembered.values()):
        entries = load_roster(gradebook.db_url, assignment).entries
        waiting = {student for student, entry in entries.items() if entry.waiting}
    same = copies(submissions)
    left_out = set(str(course.directory.student_id_exclude).split(","))
    plan = Plan()
    for handed in submissions:
        if handed.student in left_out or (only is not None and handed.student not in only):
            plan.skipped.append(handed.student)
            continue
        if not creates_students and not gradebook.has_student(handed.student):
            handed = handed.without_a_place()
        copied = _copy_remarks(same.get(handed.student, []))
        digest = _fingerprint(setup, handed, copied)
        job = Job(handed, digest, (*handed.remarks, *copied))
        before = remembered.get(handed.student)
        if handed.problem:
            ungradable = job.remembered(Result(student=handed.student, error=handed.problem))
            if before == ungradable or not handed.arrived:
                if before != ungradable:
                    plan.noted.append(ungradable)
                plan.ungradable.append(job)
                continue
        if _is_done(course, assignment, before, digest, waiting):
            plan.unchanged.append(handed.student)
        else:
            plan.todo.append(job)
    return plan


def carried_over(
    course: Course, assignment: str, gradebook: CourseGradebook, judge: Judge,
    before: Mapping[tuple[str, str], str],
) -> list[Submission]:  # fmt: skip
    """What is to be remembered when the answers to changed questions were graded again, alone.

    Of learners for whom nothing else has changed; a run then has nothing to do for them.

    Args:
        course: The course.
        assignment: Name of the assignment.
        gradebook: Its gradebook, open.
        judge: Who read the answers again.
        before: (Notebook, `grade_id`) -> digest of the question before it was changed.
    """
    submissions = handed_in(course, assignment, gradebook.notebooks(assignment))
    then = _setup_digest(course, assignment, judge, before)
    today = _setup_digest(course, assignment, judge)
    remembered, same = gradebook.remembered(assignment), copies(submissions)
    found = []
    for handed in submissions:
        known = remembered.get(handed.student)
        copied = _copy_remarks(same.get(handed.student, []))
        if known is not None and known.digest == _fingerprint(then, handed, copied):
            found.append(replace(known, digest=_fingerprint(today, handed, copied)))
    return found


def remarks_of(result: Result, remarks: Sequence[str]) -> tuple[str, ...]:
    """What a person should know of a submission, from before and from the grading."""
    return (*remarks, *result.remarks, *((result.error,) if result.error else ()))


def _copy_remarks(others: list[str]) -> tuple[str, ...]:
    return (f"the same work as {', '.join(others)}",) if others else ()


def unsettled(digest: str) -> str:
    """The fingerprint of a submission of which something could not be scored for now."""
    return UNSETTLED + digest[:63]


def _is_done(
    course: Course, assignment: str, before: Submission | None, digest: str, waiting: set[str]
) -> bool:
    """Whether the gradebook and `autograded/` hold the result of just this submission."""
    if before is None or before.failed:
        return False
    settled = before.digest == unsettled(digest) and before.student not in waiting
    if before.digest != digest and not settled:
        return False
    return course.folder("autograded", before.student, assignment).is_dir()


def _fingerprint(setup: str, handed: Handed, copied: Sequence[str]) -> str:
    # What is remarked about copies depends on the others' submissions, too.
    parts = json.dumps([setup, handed.digest, copied])
    return hashlib.sha256(parts.encode(errors="replace")).hexdigest()


def _setup_digest(
    course: Course, assignment: str, judge: Judge,
    before: Mapping[tuple[str, str], str] | None = None,
) -> str:  # fmt: skip
    """Fingerprint of everything but the submission that decides its grades.

    With *before*, as it was when those questions had these digests.
    """
    parts: list[object] = [judge.name, judge.version]
    for notebook, questions in sorted(course.questions(assignment).items()):
        for cell, question in sorted(questions.items()):
            digest = (before or {}).get((notebook, cell), question.digest)
            parts.append([notebook, cell, digest])
    source = course.source(assignment)
    for path in sorted([*source.glob("*.ipynb"), *source.glob("*.checks.yaml")]):
        parts.append(hashlib.sha256(path.read_bytes()).hexdigest())
    return json.dumps(parts)
