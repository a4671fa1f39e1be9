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
from dataclasses import dataclass, field
from multiprocessing import connection
from pathlib import Path

from graders.batch.submissions import Handed, copies, handed_in
from graders.course import Course, NbgraderLog, check_assignment, open_course
from graders.errors import SeniorkitError, UsageError
from graders.gradebook import Submission
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
        notebooks = gradebook.notebooks(assignment)
        submissions = handed_in(course, assignment, notebooks)
        if not submissions:
            raise UsageError(
                f"nobody has handed in {assignment!r}",
                where=str(course.folder("submitted", "*", assignment)),
                fix="Collect the submissions first",
            )
        remembered = gradebook.remembered(assignment)
        same = copies(submissions)
        todo: list[tuple[Handed, str, tuple[str, ...]]] = []
        unchanged = []
        failed: dict[str, str] = {}
        for handed in submissions:
            digest = hashlib.sha256(f"{setup}{handed.digest}".encode()).hexdigest()
            remarks = (*handed.remarks, *_copy_remarks(same.get(handed.student, [])))
            before = remembered.get(handed.student)
            if handed.problem:
                failed[handed.student] = handed.problem
                wanted = Submission(handed.student, digest, (handed.problem,), failed=True)
                if before != wanted:
                    if handed.arrived:
                        # It fails in nbgrader too, which registers the submission then.
                        grade_one(str(course.root), assignment, handed.student, judge)
                    gradebook.remember(assignment, wanted)
            elif _is_done(course, assignment, before, digest):
                unchanged.append(handed.student)
            else:
                gradebook.forget(assignment, handed.student)
                todo.append((handed, digest, remarks))
        graded = []
        results = _run(course, assignment, judge, todo, workers)
        for done, (handed, digest, remarks, error, found) in enumerate(results, 1):
            if error:
                failed[handed.student] = error
            else:
                graded.append(handed.student)
            told = (*remarks, *found, *((error,) if error else ()))
            gradebook.remember(
                assignment, Submission(handed.student, digest, told, failed=error is not None)
            )
            if progress:
                progress(done, len(todo), f"{handed.student}: {error or 'graded'}")
    return Outcome(
        tuple(sorted(graded)), tuple(unchanged), failed, round(time.monotonic() - started, 1)
    )


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
    course: Course, assignment: str, judge: str,
    todo: list[tuple[Handed, str, tuple[str, ...]]], workers: int,
) -> Iterator[tuple[Handed, str, tuple[str, ...], str | None, tuple[str, ...]]]:  # fmt: skip
    """Grade in worker processes; yields each submission with its error or its remarks."""
    if not todo:
        return
    context = multiprocessing.get_context("spawn")
    waiting = {handed.student: (handed, digest, remarks) for handed, digest, remarks in todo}
    pool = ProcessPoolExecutor(
        min(workers, len(todo)), mp_context=context, initializer=_end_with_parent
    )
    with pool:
        futures = {
            pool.submit(grade_one, str(course.root), assignment, student, judge): student
            for student in waiting
        }
        try:
            for future in as_completed(futures):
                handed, digest, remarks = waiting[futures[future]]
                try:
                    error, found = future.result()
                except BrokenProcessPool:
                    error, found = "the grading process was ended from outside; run again", ()
                except Exception as problem:
                    error, found = f"{type(problem).__name__}: {problem}", ()
                yield handed, digest, remarks, error, found
        except (KeyboardInterrupt, GeneratorExit):
            pool.shutdown(wait=False, cancel_futures=True)
            raise


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


def grade_one(
    root: str, assignment: str, student: str, judge: str
) -> tuple[str | None, tuple[str, ...]]:
    """Grade one submission in this process.

    Returns:
        Why it failed, or `None`; and what the plug-ins noted about it.
    """
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
        return log.cause() or str(error), ()
    return None, _notes(course, assignment, student)


def _notes(course: Course, assignment: str, student: str) -> tuple[str, ...]:
    notes: list[str] = []
    folder = course.folder("autograded", student, assignment)
    for path in sorted(folder.glob("*.ipynb")):
        note = json.loads(path.read_bytes()).get("metadata", {}).get("seniorkit", {})
        notes += [str(remark) for remark in note.get("remarks", [])]
    return tuple(notes)
