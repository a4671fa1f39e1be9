"""An nbgrader course on disk: its folders, its configuration, its gradebook's address."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from traitlets.config.loader import ConfigFileNotFound, PyFileConfigLoader

from graders.errors import UsageError
from graders.gradebook import CourseGradebook, let_nbgrader_find_alembic
from graders.question import Question
from graders.question.assignment import load_rubrics

CONFIG = "nbgrader_config.py"

INSTRUCTORS_OWN = ("*.rubric.yaml", "*.checks.yaml", "*.probes.json")
"""Files beside a master that are never released, nor copied to where learners' code runs."""


@dataclass(frozen=True)
class Course:
    """An opened course.

    Attributes:
        root: The course's folder.
        config: Its nbgrader configuration.
        directory: nbgrader's view of its folders.
    """

    root: Path
    config: Config
    directory: Any

    @property
    def db_url(self) -> str:
        """Address of the gradebook, as SQLAlchemy wants it."""
        return str(self.directory.db_url)

    def folder(self, step: str, student: str, assignment: str) -> Path:
        """The folder of one step (`source`, `submitted`, ...) for one learner and assignment."""
        directory = getattr(self.directory, f"{step}_directory")
        return Path(self.directory.format_path(directory, student, assignment))

    def source(self, assignment: str) -> Path:
        """The instructor's folder of *assignment*."""
        return self.folder("source", ".", assignment)

    def reports(self, assignment: str) -> Path:
        """Where the executed reports of *assignment* go."""
        return self.root / "reports" / assignment

    def questions(self, assignment: str) -> dict[str, dict[str, Question]]:
        """Notebook -> `grade_id` -> question; empty without rubrics.

        Raises:
            RubricError: If a rubric is broken.
        """
        return load_rubrics(self.source(assignment))

    def gradebook(self) -> CourseGradebook:
        """Open the gradebook.

        Raises:
            StoreError: If it cannot be opened.
        """
        return CourseGradebook(self.db_url)


class NbgraderLog(logging.Handler):
    """Keeps what nbgrader logs, to tell why it failed."""

    @classmethod
    def of(cls, converter: Any) -> NbgraderLog:
        """Take over the log of an nbgrader converter, which otherwise prints every step."""
        log = cls()
        converter.log.handlers[:] = [log]
        converter.log.setLevel(logging.WARNING)
        converter.log.propagate = False
        # The gradebook's own: it logs each database error with its traceback, and raises it.
        logging.getLogger("tornado.application").setLevel(logging.CRITICAL)
        return log

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one message."""
        self.lines.append(record.getMessage())

    def cause(self) -> str | None:
        """The last line of the last traceback, which names the error."""
        for line in reversed(self.lines):
            if line.startswith("Traceback"):
                return line.strip().splitlines()[-1][:300]
        return None


def open_course(root: Path) -> Course:
    """Open the course in *root*: any nbgrader course, with or without rubrics of this kit.

    Raises:
        UsageError: If *root* is not a course folder, or its configuration is broken.
    """
    root = root.resolve()
    if not root.is_dir():
        raise UsageError("there is no such course folder", where=str(root), fix="Check --course")
    if not (root / CONFIG).is_file() and not (root / "source").is_dir():
        raise UsageError(
            f"this is not an nbgrader course: neither {CONFIG} nor source/ is there",
            where=str(root),
            fix="Give the course's folder with --course",
        )
    config = Config()
    try:
        config = PyFileConfigLoader(CONFIG, path=str(root)).load_config()
    except ConfigFileNotFound:
        pass
    except Exception as error:
        raise UsageError(
            f"the configuration cannot be read ({type(error).__name__}: {error})",
            where=str(root / CONFIG),
            fix="Correct it; `nbgrader` itself would stop there too",
        ) from None
    config.CourseDirectory.root = str(root)
    logging.getLogger("traitlets").setLevel(logging.ERROR)
    let_nbgrader_find_alembic()
    directory = CourseDirectory(config=config)
    # Also where a course's own list does not name them.
    directory.ignore = [*directory.ignore, *sorted(set(INSTRUCTORS_OWN) - set(directory.ignore))]
    return Course(root, config, directory)


def known_assignments(course: Course) -> list[str]:
    """Names of the assignments in the course's source folder, sorted."""
    return sorted(p.name for p in course.source("*").parent.glob("*") if p.is_dir())


def _must_exist(course: Course, assignment: str) -> None:
    if not assignment or "/" in assignment or not course.source(assignment).is_dir():
        raise UsageError(
            f"there is no assignment {assignment!r}",
            where=str(course.source("*").parent),
            fix=f"Known: {', '.join(known_assignments(course)) or 'none'}",
        )


def check_assignment(course: Course, assignment: str) -> None:
    """Make sure that *assignment* exists and is known to the gradebook; release it if not.

    Raises:
        UsageError: If there is no such assignment, or it cannot be released.
    """
    _must_exist(course, assignment)
    with course.gradebook() as gradebook:
        known_to_gradebook = gradebook.has_assignment(assignment)
    if not known_to_gradebook:
        release(course, assignment)


def release(course: Course, assignment: str) -> None:
    """Derive `release/` from `source/` and register the assignment's cells in the gradebook.

    Raises:
        UsageError: If nbgrader refuses the master notebook.
    """
    from nbgrader.converters import GenerateAssignment
    from nbgrader.converters.base import NbGraderException

    _must_exist(course, assignment)
    course.directory.assignment_id = assignment
    converter = GenerateAssignment(coursedir=course.directory, config=course.config)
    converter.force = True
    converter.create_assignment = True
    log = NbgraderLog.of(converter)
    try:
        converter.start()
    except NbGraderException as error:
        raise UsageError(
            f"the assignment cannot be released ({log.cause() or error})",
            where=str(course.source(assignment)),
            fix="Run `nbgrader generate_assignment` to see the details",
        ) from None
    finally:
        course.directory.assignment_id = ""
