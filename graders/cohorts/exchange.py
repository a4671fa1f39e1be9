"""nbgrader's exchange, where a course has one: the folder that learners submit to and fetch from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_config_path
from nbgrader.exchange import ExchangeError, ExchangeFactory
from nbgrader.exchange.default import Exchange as FolderExchange
from nbgrader.utils import ignore_patterns, notebook_hash, parse_utc
from traitlets.config import Config
from traitlets.config.loader import ConfigFileNotFound, PyFileConfigLoader

from graders.course import CONFIG, Course, NbgraderLog
from graders.errors import StoreError, UsageError


@dataclass(frozen=True)
class Handin:
    """One submission as it lies in the exchange.

    Attributes:
        student: The learner's id.
        at: When it was submitted (UTC).
        folder: Where it lies.
    """

    student: str
    at: datetime
    folder: Path


@dataclass(frozen=True)
class CourseExchange:
    """The exchange of one course.

    Attributes:
        root: The folder of the whole exchange; `None` if it is none that lies in a folder.
        course_id: The course's id in it.
        factory: Makes nbgrader's own exchange classes, or those that take their place.
        config: The configuration that holds for it: the machine's, and the course's over it.
    """

    root: Path | None
    course_id: str
    factory: Any
    config: Config

    @property
    def inbound(self) -> Path:
        """Where learners submit to."""
        assert self.root is not None
        return self.root / self.course_id / "inbound"

    @property
    def feedback(self) -> Path:
        """Where learners fetch their feedback."""
        assert self.root is not None
        return self.root / self.course_id / "feedback"

    def check(self) -> None:
        """Make sure that it is there, before anything is done.

        Raises:
            StoreError: If its folder is missing, such as a network drive that is not mounted.
        """
        if self.root is not None and not self.root.is_dir():
            raise StoreError(
                "the exchange is not there",
                where=str(self.root),
                fix=f"Mount or make the folder, or correct c.Exchange.root in {CONFIG}",
            )

    def handins(self, assignment: str, problems: dict[str, str]) -> Iterator[Handin]:
        """Every submission of *assignment*; those with an unusable name go to *problems*."""
        mark = f"+{assignment}+"
        if not self.inbound.is_dir():
            return
        try:
            found = sorted(self.inbound.iterdir())
        except OSError as error:
            raise StoreError(
                f"the exchange cannot be read ({error.strerror or error})", where=str(self.inbound)
            ) from None
        for folder in found:
            # Learners name these folders, by way of `nbgrader submit` or by hand.
            student, found_mark, rest = folder.name.rpartition(mark)
            if not found_mark:
                continue
            at = moment(rest.split("+")[0])
            if at is None:
                problems[folder.name] = "its name holds no time; it was not collected"
            elif not student or student.startswith(".") or "\\" in student:
                problems[folder.name] = "its name holds no learner's id; it was not collected"
            elif folder.is_symlink() or not folder.is_dir():
                problems[folder.name] = "is no folder; it was not collected"
            else:
                yield Handin(student, at, folder)


def exchange_of(course: Course) -> CourseExchange | None:
    """The course's exchange, or `None` if it has none.

    It has one if the configuration (the course's, or Jupyter's own `nbgrader_config.py`) names a
    folder or a plug-in for it, or if the course is in nbgrader's usual folder already.

    Raises:
        UsageError: If an exchange is configured, but the course has no id.
    """
    config = _config(course)
    factory = ExchangeFactory(config=config)
    own = not issubclass(factory.collect, FolderExchange)
    root = None if own else Path(FolderExchange(coursedir=course.directory, config=config).root)
    course_id = str(course.directory.course_id)
    named = own or "root" in config.Exchange
    if not named and (root is None or not course_id or not (root / course_id).is_dir()):
        return None
    if not course_id:
        raise UsageError(
            "an exchange is configured, but the course has no id",
            where=str(course.root / CONFIG),
            fix='Add the line c.CourseDirectory.course_id = "..."',
        )
    return CourseExchange(root, course_id, factory, config)


def moment(text: str) -> datetime | None:
    """A time as nbgrader writes it (UTC), or `None`."""
    try:
        at: datetime = parse_utc(text.strip()[:100]).replace(tzinfo=UTC)
    except (ValueError, OverflowError, AttributeError):
        return None
    return at


def left_out(course: Course) -> Callable[[str, list[str]], list[str]]:
    """What nbgrader does not copy of a submission, for `shutil.copytree`."""
    directory = course.directory
    ignored: Callable[[str, list[str]], list[str]] = ignore_patterns(
        exclude=directory.ignore, include=directory.include, max_file_size=directory.max_file_size
    )
    return ignored


def page_name(secret: str, notebook: str) -> str:
    """The name under which nbgrader looks for a feedback page; only its learner can tell it."""
    return f"{notebook_hash(secret=secret, notebook_id=notebook)}.html"


def by_plugin(exchange: CourseExchange, course: Course, name: str, assignment: str) -> None:
    """Let another kind of exchange (ngshare, ...) do one step, for the learner that is set.

    Args:
        exchange: The exchange.
        course: The course; its `student_id` says for whom.
        name: `Collect` or `ReleaseFeedback`.
        assignment: Name of the assignment.

    Raises:
        StoreError: If the exchange refuses.
    """
    course.directory.assignment_id = assignment
    step = getattr(exchange.factory, name)(coursedir=course.directory, config=exchange.config)
    log = NbgraderLog.of(step)
    try:
        step.start()
    except (ExchangeError, OSError, RuntimeError) as error:
        raise StoreError(
            f"the exchange refuses ({log.cause() or error})", where=type(step).__name__
        ) from None
    finally:
        course.directory.assignment_id = ""


def _config(course: Course) -> Config:
    """The course's configuration over the machine's, as nbgrader's own commands read them."""
    config = Config()
    for folder in reversed(jupyter_config_path()):
        try:
            config.merge(PyFileConfigLoader(CONFIG, path=folder).load_config())
        except ConfigFileNotFound:
            continue
        except Exception as error:
            raise UsageError(
                f"the configuration cannot be read ({type(error).__name__}: {error})",
                where=str(Path(folder) / CONFIG),
            ) from None
    config.merge(course.config)
    return config
