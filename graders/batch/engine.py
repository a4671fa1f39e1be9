"""Grades all submissions of an assignment: resumable, several at a time, one failure stops no other.

Each submission goes through nbgrader's own autograder, so the gradebook ends as
`nbgrader autograde` would leave it. What is remembered as the last step of each makes a second
run skip what has not changed, and a run after a crash repeat what was not finished.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from multiprocessing import connection
from pathlib import Path
from typing import Any

from graders.batch.submissions import Handed, copies, handed_in
from graders.course import Course, NbgraderLog, check_assignment, open_course
from graders.errors import SeniorkitError, UsageError
from graders.gradebook import CourseGradebook, Submission
from graders.judges.factory import judge_named

Progress = Callable[[int, int, str], None]
"""Called with (submissions done, submissions in all, what happened)."""


@dataclass(frozen=True)
class Outcome:
    """What one run did.

    Attributes:
        graded: Learners graded in this run.
        unchanged: Learners whose grades were up to date.
        failed: Learner -> why the submission could not be graded.
        seconds: Wall time of the run.
    """

    graded: tuple[str, ...]
    unchanged: tuple[str, ...]
    failed: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0


def grade_assignment(
    root: Path, assignment: str, *, judge: str = "embedded", workers: int = 2,
    progress: Progress | None = None,
) -> Outcome:  # fmt: skip
    """Grade every submission of *assignment* that has not been graded as it stands.

    Args:
        root: The course's folder.
        assignment: Name of the assignment.
        judge: Name of the judge for free text.
        workers: How many submissions are graded at a time.
        progress: Told after each submission.

    Raises:
        UsageError: If course, assignment, judge or submissions do not exist.
        RubricError: If a rubric is broken; nothing has been graded then.
        StoreError: If the gradebook cannot be used.
    """
    started = time.monotonic()
    if workers < 1:
        raise UsageError(f"{workers} workers cannot grade", fix="Give 1 or more")
    course = open_course(root)
    setup = _setup_digest(course, assignment, judge)
    check_assignment(course, assignment)
    with course.gradebook() as gradebook:
        submissions = handed_in(course, assignment, gradebook.notebooks(assignment))
        if not submissions:
            raise UsageError(
                f"nobody has handed in {assignment!r}",
                where=str(course.folder("submitted", "*", assignment)),
                fix="Collect the submissions first",
            )
        plan = _plan(course, assignment, gradebook, submissions, setup)
        failed = {job.student: str(job.handed.problem) for job in plan.ungradable}
        graded = []
        for done, (job, result) in enumerate(
            _run(course, assignment, judge, plan.todo, workers), 1
        ):
            if job.handed.problem:
                # It fails in nbgrader, too, which registers the submission; ours says it better.
                result = Result(job.handed.problem)
            if result.error:
                failed[job.student] = result.error
            else:
                graded.append(job.student)
            _remember(gradebook, assignment, job.remembered(result))
            if progress:
                progress(done, len(plan.todo), f"{job.student}: {result.error or 'graded'}")
    seconds = round(time.monotonic() - started, 1)
    return Outcome(tuple(sorted(graded)), tuple(plan.unchanged), failed, seconds)


@dataclass(frozen=True)
class Result:
    """How grading one submission went: why it failed, or what the plug-ins noted."""

    error: str | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Job:
    """One submission to be graded, with the fingerprint that its result will carry."""

    handed: Handed
    digest: str
    remarks: tuple[str, ...]

    @property
    def student(self) -> str:
        return self.handed.student

    def remembered(self, result: Result) -> Submission:
        told = (*self.remarks, *result.notes, *((result.error,) if result.error else ()))
        return Submission(self.student, self.digest, told, failed=result.error is not None)


@dataclass(frozen=True)
class _Plan:
    """What a run has to do: jobs, submissions known not to be gradable, who is up to date."""

    todo: list[_Job]
    ungradable: list[_Job]
    unchanged: list[str]


def _plan(
    course: Course, assignment: str, gradebook: CourseGradebook, submissions: list[Handed],
    setup: str,
) -> _Plan:  # fmt: skip
    remembered = gradebook.remembered(assignment)
    same = copies(submissions)
    plan = _Plan([], [], [])
    for handed in submissions:
        copied = _copy_remarks(same.get(handed.student, []))
        remarks = (*handed.remarks, *copied)
        # What is remarked about copies depends on the others' submissions, too.
        parts = json.dumps([setup, handed.digest, copied])
        digest = hashlib.sha256(parts.encode(errors="replace")).hexdigest()
        job = _Job(handed, digest, remarks)
        before = remembered.get(handed.student)
        ungradable = job.remembered(Result(handed.problem)) if handed.problem else None
        if ungradable and (before == ungradable or not handed.arrived):
            if before != ungradable:
                gradebook.remember(assignment, ungradable)
            plan.ungradable.append(job)
        elif _is_done(course, assignment, before, digest):
            plan.unchanged.append(handed.student)
        else:
            gradebook.forget(assignment, handed.student)
            plan.todo.append(job)
    return plan


def _remember(gradebook: CourseGradebook, assignment: str, submission: Submission) -> None:
    """Note that *submission* was graded; not for good, if a judge failed on an answer.

    A server may have been down or a budget spent: the next run gives the judge another chance.
    """
    judged = gradebook.answers(assignment, submission.student).values()
    if any("unscored" in score.flags for _, score in judged):
        submission = replace(submission, digest="")
    gradebook.remember(assignment, submission)


def _copy_remarks(others: list[str]) -> tuple[str, ...]:
    return (f"the same work as {', '.join(others)}",) if others else ()


def _is_done(course: Course, assignment: str, before: Submission | None, digest: str) -> bool:
    """Whether the gradebook and `autograded/` hold the result of just this submission."""
    if before is None or before.failed or before.digest != digest:
        return False
    return course.folder("autograded", before.student, assignment).is_dir()


def _setup_digest(course: Course, assignment: str, judge: str) -> str:
    """Fingerprint of everything but the submission that decides its grades."""
    reader = judge_named(judge)
    rubrics = course.questions(assignment)
    parts: list[object] = [reader.name, reader.version]
    for notebook, questions in sorted(rubrics.items()):
        parts += [[notebook, grade_id, q.digest] for grade_id, q in sorted(questions.items())]
    for path in sorted(course.source(assignment).glob("*.ipynb")):
        parts.append(hashlib.sha256(path.read_bytes()).hexdigest())
    return json.dumps(parts)


def _run(
    course: Course, assignment: str, judge: str, todo: list[_Job], workers: int
) -> Iterator[tuple[_Job, Result]]:
    """Grade in worker processes; yields each job with its result as it ends."""
    if not todo:
        return
    pool = ProcessPoolExecutor(
        min(workers, len(todo)), mp_context=_context(), initializer=_end_with_parent
    )
    with pool:
        futures = {
            pool.submit(grade_one, str(course.root), assignment, job.student, judge): job
            for job in todo
        }
        try:
            for future in as_completed(futures):
                try:
                    result = future.result()
                except BrokenProcessPool:
                    result = Result("the grading process was ended from outside; run again")
                except Exception as error:
                    result = Result(f"{type(error).__name__}: {error}"[:500])
                yield futures[future], result
        except (KeyboardInterrupt, GeneratorExit):
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _context() -> Any:
    """How workers are started: from a server that has imported everything once, if there is one.

    Plain forking is out of the question, because this runs in a kernel with threads and sockets.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["nbgrader.converters", "graders.preprocessors", "graders.judges.embedded.judge", __name__]
    )
    return context


def _end_with_parent() -> None:
    """Let this worker end as soon as the process that started it does, even by `kill -9`.

    A worker that lived on would go on writing into the gradebook beside the next run.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:

        def watch() -> None:
            connection.wait([parent.sentinel])
            os._exit(1)

        threading.Thread(target=watch, daemon=True).start()


def grade_one(root: str, assignment: str, student: str, judge: str) -> Result:
    """Grade one submission in this process, through nbgrader's autograder."""
    from nbgrader.converters import Autograde
    from nbgrader.converters.base import NbGraderException
    from sqlalchemy.exc import SAWarning

    # nbgrader's own, harmless, once for every submission.
    warnings.filterwarnings("ignore", category=SAWarning)
    course = open_course(Path(root))
    course.config.SaveRubricGrades.judge = judge
    course.directory.assignment_id = assignment
    course.directory.student_id = student
    converter = Autograde(coursedir=course.directory, config=course.config)
    converter.force = True
    log = NbgraderLog.of(converter)
    try:
        converter.start()
    except (NbGraderException, SeniorkitError) as error:
        return Result(log.cause() or str(error))
    return Result(None, _notes(course, assignment, student))


def _notes(course: Course, assignment: str, student: str) -> tuple[str, ...]:
    notes: list[str] = []
    folder = course.folder("autograded", student, assignment)
    for path in sorted(folder.glob("*.ipynb")):
        note = json.loads(path.read_bytes()).get("metadata", {}).get("seniorkit", {})
        notes += [str(remark) for remark in note.get("remarks", [])]
    return tuple(notes)
