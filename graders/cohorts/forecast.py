"""What a week would do and cost, found out without doing it."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from graders.batch.answers import answers_of
from graders.batch.planning import make_plan
from graders.batch.recording import Recorder
from graders.batch.submissions import handed_in
from graders.cohorts.snapshot import Snapshot, copy_submission
from graders.course import Course
from graders.judges.base import Judge

if TYPE_CHECKING:
    from graders.judges.llm.estimate import Estimate


@dataclass(frozen=True)
class Forecast:
    """What would be graded.

    Attributes:
        todo: Learners whose work would be graded, for the first time or again.
        ungradable: Learner -> why their work cannot be graded.
        cost: What the language model would cost; `None` if none would be asked.
    """

    todo: tuple[str, ...] = ()
    ungradable: dict[str, str] = field(default_factory=dict)
    cost: Estimate | None = None


def forecast(course: Course, assignment: str, snapshot: Snapshot, judge: Judge) -> Forecast:
    """Look at what would be graded, as the grading itself would, on a copy that is thrown away.

    Args:
        course: The course.
        assignment: Name of the assignment.
        snapshot: What would be collected.
        judge: Who would read the free text; it is asked nothing.

    Raises:
        RubricError: If a rubric is broken.
        StoreError: If the gradebook or the kept verdicts cannot be read.
    """
    with course.gradebook() as gradebook:
        if not gradebook.has_assignment(assignment):
            # Only releasing it tells which cells there are.
            return Forecast(tuple(sorted(snapshot.folders)))
        with TemporaryDirectory(prefix="sk-week-") as folder:
            shadow = _shadow(course, Path(folder))
            for student, source in snapshot.folders.items():
                copy_submission(course, source, shadow.folder("submitted", student, assignment))
            plan = make_plan(
                shadow, assignment, gradebook,
                handed_in(shadow, assignment, gradebook.notebooks(assignment)), judge,
                creates_students=Recorder(course, assignment, gradebook).creates_students,
            )  # fmt: skip
            todo = tuple(sorted(job.student for job in plan.todo if not job.handed.problem))
            ungradable = {
                job.student: job.handed.problem
                for job in (*plan.todo, *plan.ungradable)
                if job.handed.problem
            }
            return Forecast(todo, ungradable, _cost(shadow, assignment, todo, judge))


def _cost(course: Course, assignment: str, todo: tuple[str, ...], judge: Judge) -> Estimate | None:
    if judge.name == "embedded":  # the rest need not be imported
        return None
    from graders.judges.llm.estimate import estimate

    return estimate(judge, answers_of(course, assignment, set(todo)))


def _shadow(course: Course, folder: Path) -> Course:
    """The same course, but submissions lie in *folder*."""
    config = copy.deepcopy(course.config)
    config.CourseDirectory.submitted_directory = str(folder / "submitted")
    return replace(course, config=config, directory=type(course.directory)(config=config))
