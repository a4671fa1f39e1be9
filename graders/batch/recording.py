"""The one writer: puts autograded files in place and each submission into the gradebook."""

from __future__ import annotations

import importlib
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from nbgrader.converters import Autograde
from nbgrader.preprocessors import AssignLatePenalties
from traitlets import TraitError
from traitlets.config import Config

from graders.batch.submissions import Handed
from graders.batch.task import Result, unquoted
from graders.course import CONFIG, Course, NbgraderLog
from graders.errors import UsageError, writing
from graders.gradebook import (
    CellComment,
    CellScore,
    CourseGradebook,
    GradedSubmission,
    JudgedAnswer,
    Penalty,
    Submission,
)


class Recorder:
    """Writes the results of one assignment.

    Args:
        course: The course.
        assignment: Name of the assignment.
        gradebook: Its gradebook, open.
    """

    def __init__(self, course: Course, assignment: str, gradebook: CourseGradebook) -> None:
        self._course = course
        self._assignment = assignment
        self._gradebook = gradebook
        converter = Autograde(coursedir=course.directory, config=course.config)
        self._log = NbgraderLog.of(converter)
        self._permissions = int(str(converter.permissions), 8)
        self.creates_students = bool(converter.create_student)
        self._penalty = late_policy(course)

    def record(
        self, handed: Handed, result: Result, answers: Sequence[JudgedAnswer],
        remembered: Submission,
    ) -> None:  # fmt: skip
        """Put one submission's files in place, then write its grades in one transaction.

        Done again after an interruption it comes to the same.

        Raises:
            StoreError: If files or gradebook cannot be written.
        """
        folder = self._course.folder("autograded", handed.student, self._assignment)
        with writing("the autograded files", folder):
            if result.error is None:
                self._place(folder, handed, result)
            elif folder.exists():
                shutil.rmtree(folder)
        graded = GradedSubmission(
            student=handed.student,
            registered=result.registered,
            timestamp=result.timestamp,
            cells=tuple(
                CellScore(c.notebook, c.grade_id, c.points, c.needs_review, c.missing)
                for c in result.cells
            ),
            comments=tuple(
                CellComment(c.notebook, c.grade_id, c.text) for c in result.comments
            ),
            answers=tuple(answers),
            graded=result.graded,
        )  # fmt: skip
        self._gradebook.record(self._assignment, graded, remembered, penalty=self._penalty)

    def _place(self, folder: Path, handed: Handed, result: Result) -> None:
        """Make the new folder beside the old one, and put it there in one step."""
        fresh = folder.parent / f".{folder.name}.new"
        old = folder.parent / f".{folder.name}.old"
        for path in (fresh, old):
            shutil.rmtree(path, ignore_errors=True)
        fresh.mkdir(parents=True)
        sources = {"source": self._course.source(self._assignment), "submitted": handed.folder}
        for name, content in result.files.items():
            self._path(fresh, name).write_bytes(content)
        for name, owner in result.copied.items():
            _copy(sources[owner] / unquoted(name), self._path(fresh, name))
        for path in fresh.rglob("*"):
            if path.is_file():
                path.chmod(self._permissions)
        if folder.exists():
            folder.rename(old)
        fresh.rename(folder)
        shutil.rmtree(old, ignore_errors=True)

    def _path(self, folder: Path, name: str) -> Path:
        path = folder / unquoted(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


def _copy(original: Path, to: Path) -> None:
    if original.is_symlink():
        raise OSError("a file became a link while it was graded")
    shutil.copyfile(original, to)


def late_policy(course: Course) -> Penalty | None:
    """What the course takes off for lateness, by nbgrader's own rules; `None` if it never does.

    Raises:
        UsageError: If its plug-in cannot be loaded.
    """
    converter = Autograde(coursedir=course.directory, config=course.config)
    # A policy of the course's own lies in its folder, where nbgrader itself would be started.
    sys.path.append(str(course.root))
    try:
        for kind in map(_imported, converter.autograde_preprocessors):
            if isinstance(kind, type) and issubclass(kind, AssignLatePenalties):
                assigning = kind(config=Config(course.config))
                assigning.init_plugin()
                return _by(assigning)
    except (TraitError, ImportError) as error:
        raise UsageError(
            f"the policy for late submissions cannot be loaded ({error})",
            where=str(course.root / CONFIG),
            fix="Correct c.AssignLatePenalties.plugin_class",
        ) from None
    finally:
        sys.path.remove(str(course.root))
    return None


def _by(assigning: Any) -> Penalty:
    def penalty(student: str, score: float, seconds_late: float) -> float | None:
        taken = assigning.plugin_inst.late_submission_penalty(student, score, seconds_late)
        if taken is None:
            return None
        return float(assigning._check_late_penalty(SimpleNamespace(score=score), taken))

    return penalty


def _imported(entry: Any) -> Any:
    if not isinstance(entry, str):
        return entry
    module, _, name = entry.rpartition(".")
    try:
        return getattr(importlib.import_module(module), name, None)
    except ImportError:
        return None
