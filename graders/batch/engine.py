"""Grades all submissions of an assignment: resumable, several at a time, one failure stops no other.

Workers run nbgrader's own autograder, so the gradebook ends as `nbgrader autograde` would leave
it; this process alone judges free text and writes. What is remembered with each submission makes
a second run skip what has not changed, and a run after a crash goes on where the other ended.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Collection, Iterator
from concurrent import futures
from dataclasses import dataclass, field, replace
from pathlib import Path

from graders.batch.executors import (
    Executor,
    GivenExecutor,
    LocalExecutor,
    executed,
    start_early,
)
from graders.batch.hidden import HiddenChecks
from graders.batch.judging import JudgingPass
from graders.batch.ledger import Ledger
from graders.batch.nameless import Nameless
from graders.batch.outcome import Outcome, keep
from graders.batch.packing import pack_course, pack_submission
from graders.batch.planning import Job, Plan, make_plan, remarks_of, unsettled
from graders.batch.recording import Recorder
from graders.batch.submissions import handed_in
from graders.batch.task import Deferred, Result
from graders.course import Course, check_assignment, open_course
from graders.errors import StoreError, UsageError
from graders.gradebook import CourseGradebook, JudgedAnswer
from graders.judges.base import Judge
from graders.judges.factory import judge_named

Progress = Callable[[int, int, str], None]
"""Called with (submissions done, submissions in all, what happened)."""

RETRIES = 3
"""How often a submission is tried where the worker's machine is at fault."""


def grade_assignment(
    root: Path, assignment: str, *, judge: str | Judge = "embedded", workers: int = 2,
    scheduler: str | None = None, executor: futures.Executor | None = None, trust: bool = False,
    progress: Progress | None = None, only: Collection[str] | None = None,
) -> Outcome:  # fmt: skip
    """Grade every submission of *assignment* that has not been graded as it stands.

    Args:
        root: The course's folder.
        assignment: Name of the assignment.
        judge: Who reads free text: a judge, or the name of one.
        workers: How many submissions are graded at a time on this machine.
        scheduler: Address of a Dask scheduler whose workers are used instead.
        executor: Where tasks run instead, *workers* at a time: anything that takes functions and
            bytes.
        trust: Whether learners' code may run where no sandbox works.
        progress: Told after each submission.
        only: The learners whose work is graded, if not everybody's.

    Raises:
        UsageError: If course, assignment, judge or submissions do not exist, or another run
            of the assignment is at work.
        RubricError: If a rubric or a file of hidden checks is broken; nothing has been graded then.
        StoreError: If gradebook, ledger or folders cannot be used, or no worker can be started;
            what was recorded stays, and the same call does the rest.
    """
    started = time.monotonic()
    if workers < 1:
        raise UsageError(f"{workers} workers cannot grade", fix="Give 1 or more")
    if scheduler is None and executor is None:
        start_early()
    course = open_course(root)
    reader = judge_named(judge) if isinstance(judge, str) else judge
    course.questions(assignment)
    check_assignment(course, assignment)
    with (
        course.gradebook() as gradebook,
        Ledger(course.root, assignment) as ledger,
        ledger.alone(),
    ):
        run = _planned(course, assignment, gradebook, ledger, reader, only)
        run.progress = progress
        if run.plan.todo:
            pack = pack_course(course, assignment, trust=trust).encode()
            run.go(pack, lambda count: _executor(pack, min(workers, count), scheduler, executor))
    outcome = run.outcome(round(time.monotonic() - started, 1))
    keep(outcome, course.reports(assignment))
    return outcome


def _planned(
    course: Course, assignment: str, gradebook: CourseGradebook, ledger: Ledger, judge: Judge,
    only: Collection[str] | None,
) -> _Run:  # fmt: skip
    """Look at everything that was handed in; nothing is graded yet."""
    submissions = handed_in(course, assignment, gradebook.notebooks(assignment))
    if not submissions:
        raise UsageError(
            f"nobody has handed in {assignment!r}",
            where=str(course.folder("submitted", "*", assignment)),
            fix="Collect the submissions first",
        )
    recorder = Recorder(course, assignment, gradebook)
    plan = make_plan(
        course, assignment, gradebook, submissions, judge,
        creates_students=recorder.creates_students, only=only,
    )  # fmt: skip
    for noted in plan.noted:
        gradebook.remember(assignment, noted)
    gradebook.notice(assignment)
    return _Run(
        plan=plan,
        ledger=ledger,
        recorder=recorder,
        checks=HiddenChecks(course.source(assignment), assignment, gradebook),
        judging=JudgingPass(
            judge, course.questions(assignment), ledger, Nameless.of_course(course)
        ),
    )


def _executor(
    pack: bytes, workers: int, scheduler: str | None, executor: futures.Executor | None
) -> Executor:
    if executor is not None:
        return GivenExecutor(pack, executor, workers)
    if scheduler is not None:
        try:
            from graders.batch.cluster import ClusterExecutor
        except ImportError:
            raise UsageError(
                "a cluster needs Dask", fix="Install it: pip install 'seniorkit[dask]'"
            ) from None
        return ClusterExecutor(pack, scheduler)
    return LocalExecutor(pack, workers)


@dataclass
class _Run:
    """One run: what is to be done, who does it, and how far it has come."""

    plan: Plan
    ledger: Ledger
    recorder: Recorder
    checks: HiddenChecks
    judging: JudgingPass
    progress: Progress | None = None
    graded: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    attention: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unsafe: str = ""
    done: int = 0

    def go(self, pack: bytes, executor: Callable[[int], Executor]) -> None:
        """Execute, judge and record all jobs of the plan."""
        course = hashlib.sha256(pack).hexdigest()
        jobs = {job.student: job for job in self.plan.todo}
        kept: list[Job] = []
        missing: list[Job] = []
        for job in self.plan.todo:
            digest = _digest(course, job)
            (missing if self.ledger.collected(job.student, digest) is None else kept).append(job)
        if self.judging.at_once:
            # All words are judged in one pass, several at a time, when all code has run.
            kept += self._executed(course, missing, executor)
            self._judge_and_record(jobs, (job.student for job in kept))
            return
        self._judge_and_record(jobs, (job.student for job in kept))
        for job in self._executed(course, missing, executor):
            self._judge_and_record(jobs, iter([job.student]))

    def outcome(self, seconds: float) -> Outcome:
        """What came of it."""
        failed = {job.student: str(job.handed.problem) for job in self.plan.ungradable}
        return Outcome(
            graded=tuple(sorted(self.graded)),
            unchanged=tuple(self.plan.unchanged),
            failed=failed | self.failed,
            seconds=seconds,
            attention=dict(sorted(self.attention.items())),
            skipped=tuple(self.plan.skipped),
            unsafe=self.unsafe,
        )

    def _executed(
        self, course: str, jobs: list[Job], executor: Callable[[int], Executor]
    ) -> Iterator[Job]:
        """Execute *jobs*; yields each when its result is in the ledger."""
        tries: dict[str, int] = {}
        while jobs:
            again: list[Job] = []
            workers = executor(len(jobs))
            try:
                for job, encoded in executed(
                    jobs, workers, lambda job: pack_submission(job.handed).encode()
                ):
                    result = self._checked(job, encoded)
                    tries[job.student] = tries.get(job.student, 0) + 1
                    if result.retry and tries[job.student] < RETRIES:
                        again.append(job)
                    elif result.retry:
                        raise StoreError(
                            f"a worker cannot work ({result.error})",
                            fix="Check its free space and memory; the same command does the rest",
                        )
                    else:
                        text = encoded if isinstance(encoded, bytes) else result.encode()
                        self.ledger.executed(job.student, _digest(course, job), text)
                        yield job
            finally:
                workers.close()
            jobs = again

    def _checked(self, job: Job, encoded: bytes | str) -> Result:
        """A worker's answer; what it may not say is an error of this submission."""
        if isinstance(encoded, str):
            return Result(student=job.student, error=encoded)
        try:
            result = Result.decode(encoded)
        except StoreError as error:
            return Result(student=job.student, error=str(error))
        if result.student != job.student:
            return Result(student=job.student, error="the worker sent another one's result")
        return result

    def _judge_and_record(self, jobs: dict[str, Job], students: Iterator[str]) -> None:
        def deferred(student: str) -> tuple[Deferred, ...]:
            return self._checked(jobs[student], self.ledger.result(student)).deferred

        for student, answers in self.judging.judged(students, deferred):
            self.ledger.reached(student, "judged")
            self._record(jobs[student], answers)

    def _record(self, job: Job, answers: tuple[JudgedAnswer, ...]) -> None:
        result = self.checks.compare(self._checked(job, self.ledger.result(job.student)))
        # What nbgrader would say of it, too; ours says it better.
        error = job.handed.problem or result.error
        self.unsafe = self.unsafe or result.unsafe
        remembered = job.remembered(result.model_copy(update={"error": error}))
        unscored = any("unscored" in answer.score.flags for answer in answers)
        if unscored or result.unchecked:
            # A server may have been down, a budget spent or the machine too busy: the next run
            # tries again, unless a person has given the marks by then.
            remembered = replace(remembered, digest=unsettled(job.digest))
        self.recorder.record(job.handed, result, answers, remembered)
        # It need not run its code again for an answer alone: the result stays.
        kept = unscored and not result.unchecked
        self.ledger.reached(job.student, "judged" if kept else "recorded")
        self.done += 1
        if error:
            self.failed[job.student] = error
        else:
            self.graded.append(job.student)
            self._note_attention(job, result, answers)
        if self.progress:
            self.progress(self.done, len(self.plan.todo), f"{job.student}: {error or 'graded'}")

    def _note_attention(self, job: Job, result: Result, answers: tuple[JudgedAnswer, ...]) -> None:
        reasons = list(remarks_of(result, job.remarks))
        judged = {(answer.notebook, answer.grade_id) for answer in answers}
        for answer in answers:
            if answer.score.needs_review or answer.flagged:
                reasons += answer.score.reasons or (f"a person should read {answer.grade_id}",)
        reasons += [
            f"a person grades {cell.grade_id}"
            for cell in result.cells
            if cell.needs_review and (cell.notebook, cell.grade_id) not in judged
        ]
        if reasons:
            self.attention[job.student] = tuple(dict.fromkeys(reasons))


def _digest(course: str, job: Job) -> str:
    """Fingerprint of all that decides what a worker sends back."""
    return hashlib.sha256(json.dumps([course, job.handed.digest]).encode()).hexdigest()
