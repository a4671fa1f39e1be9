"""Decides what a run has to do: who is new or changed, who is up to date, who cannot be graded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from graders.batch.submissions import Handed, copies
from graders.batch.task import Result
from graders.course import Course
from graders.gradebook import CourseGradebook, Submission
from graders.judges.base import Judge


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
    """

    todo: list[Job] = field(default_factory=list)
    ungradable: list[Job] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


def make_plan(
    course: Course, assignment: str, gradebook: CourseGradebook, submissions: Sequence[Handed],
    judge: Judge, *, creates_students: bool,
) -> Plan:  # fmt: skip
    """Compare what was handed in with what is remembered.

    Args:
        course: The course.
        assignment: Name of the assignment.
        gradebook: Its gradebook, open.
        submissions: What was handed in.
        judge: Who will read the free text.
        creates_students: Whether learners whom the gradebook does not know are put in.
    """
    setup = _setup_digest(course, assignment, judge)
    remembered = gradebook.remembered(assignment)
    same = copies(submissions)
    left_out = set(str(course.directory.student_id_exclude).split(","))
    plan = Plan()
    for handed in submissions:
        if handed.student in left_out:
            plan.skipped.append(handed.student)
            continue
        if not creates_students and not gradebook.has_student(handed.student):
            handed = handed.without_a_place()
        copied = _copy_remarks(same.get(handed.student, []))
        # What is remarked about copies depends on the others' submissions, too.
        parts = json.dumps([setup, handed.digest, copied])
        digest = hashlib.sha256(parts.encode(errors="replace")).hexdigest()
        job = Job(handed, digest, (*handed.remarks, *copied))
        before = remembered.get(handed.student)
        if handed.problem:
            ungradable = job.remembered(Result(student=handed.student, error=handed.problem))
            if before == ungradable or not handed.arrived:
                if before != ungradable:
                    gradebook.remember(assignment, ungradable)
                plan.ungradable.append(job)
                continue
        if _is_done(course, assignment, before, digest):
            plan.unchanged.append(handed.student)
        else:
            plan.todo.append(job)
    return plan


def remarks_of(result: Result, remarks: Sequence[str]) -> tuple[str, ...]:
    """What a person should know of a submission, from before and from the grading."""
    return (*remarks, *result.remarks, *((result.error,) if result.error else ()))


def _copy_remarks(others: list[str]) -> tuple[str, ...]:
    return (f"the same work as {', '.join(others)}",) if others else ()


def _is_done(course: Course, assignment: str, before: Submission | None, digest: str) -> bool:
    """Whether the gradebook and `autograded/` hold the result of just this submission."""
    if before is None or before.failed or before.digest != digest:
        return False
    return course.folder("autograded", before.student, assignment).is_dir()


def _setup_digest(course: Course, assignment: str, judge: Judge) -> str:
    """Fingerprint of everything but the submission that decides its grades."""
    parts: list[object] = [judge.name, judge.version]
    for notebook, questions in sorted(course.questions(assignment).items()):
        parts += [[notebook, grade_id, q.digest] for grade_id, q in sorted(questions.items())]
    source = course.source(assignment)
    for path in sorted([*source.glob("*.ipynb"), *source.glob("*.checks.yaml")]):
        parts.append(hashlib.sha256(path.read_bytes()).hexdigest())
    return json.dumps(parts)
