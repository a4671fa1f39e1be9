"""What learners get back: their pages, as soon as nobody needs to look at their work any more.

With an exchange, pages go there. Without one they are packed into one archive, for the course's
web space or to be sent. What lies there is compared with the pages, so a run that was broken off
is finished by the next one, and nothing is sent twice.
"""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path

from graders.cohorts.exchange import CourseExchange, by_plugin, page_name
from graders.course import Course
from graders.errors import StoreError, writing
from graders.submitted import SECRET

ARCHIVE = "feedback.zip"


class Handout:
    """Returns the feedback pages of one assignment.

    Args:
        course: The course.
        assignment: Name of the assignment.
        exchange: Where learners fetch from; `None` for an archive.
    """

    def __init__(self, course: Course, assignment: str, exchange: CourseExchange | None) -> None:
        self._course = course
        self._assignment = assignment
        self._exchange = exchange
        self.archive = course.reports(assignment) / ARCHIVE
        self._packed = _packed(self.archive) if exchange is None else {}

    def is_returned(self, student: str) -> bool:
        """Whether the learner can read the pages as they are now."""
        pages = self._pages(student)
        return bool(pages) and all(self._is_there(student, page) for page in pages)

    def give(self, students: Collection[str]) -> tuple[list[str], dict[str, str]]:
        """Return the pages of *students*.

        Returns:
            Those who got something new, and learner -> why theirs could not be returned.

        Raises:
            StoreError: If exchange or archive cannot be written; what was returned stays.
        """
        fresh = [student for student in sorted(students) if not self.is_returned(student)]
        if self._exchange is None:
            stale = self._packed.keys() - {
                self._name(student, page) for student in students for page in self._pages(student)
            }
            if fresh or stale:
                self._pack(students)
            return [student for student in fresh if self._pages(student)], {}
        problems: dict[str, str] = {}
        given = []
        for student in fresh:
            problem = self._release(student)
            if problem:
                problems[student] = problem
            else:
                given.append(student)
        return given, problems

    def _pages(self, student: str) -> list[Path]:
        return sorted(self._course.folder("feedback", student, self._assignment).glob("*.html"))

    def _name(self, student: str, page: Path) -> str:
        return f"{student}/{self._assignment}/{page.name}"

    def _is_there(self, student: str, page: Path) -> bool:
        if self._exchange is None:
            return self._packed.get(self._name(student, page)) == _digest(page)
        if self._exchange.root is None:
            return _digest(page) == _read(self._mark(page))
        target = self._target(student, page)
        return target is not None and target.is_file() and _digest(target) == _digest(page)

    def _target(self, student: str, page: Path) -> Path | None:
        """Where nbgrader looks for the page; `None` if that cannot be told."""
        assert self._exchange is not None
        secret = _read(self._course.folder("submitted", student, self._assignment) / SECRET)
        if not secret:
            return None
        return self._exchange.feedback / page_name(secret, page.stem)

    def _mark(self, page: Path) -> Path:
        return page.with_name(f".{page.name}.returned")

    def _release(self, student: str) -> str:
        """Put one learner's pages into the exchange; why that cannot be done, or nothing."""
        assert self._exchange is not None
        if self._exchange.root is None:
            return self._release_by_plugin(student)
        for page in self._pages(student):
            target = self._target(student, page)
            if target is None:
                return (
                    "the submission did not come through the exchange (it has no"
                    f" {SECRET}): hand its page over in another way: {page}"
                )
            try:
                _place(page, target, shared=bool(self._course.directory.groupshared))
            except OSError as error:
                raise StoreError(
                    f"feedback cannot be put into the exchange ({error.strerror or error})",
                    where=str(target.parent),
                    fix="Make room or correct the rights; the same command does the rest",
                ) from None
        return ""

    def _release_by_plugin(self, student: str) -> str:
        assert self._exchange is not None
        everybody = self._course.directory.student_id
        try:
            self._course.directory.student_id = student
            by_plugin(self._exchange, self._course, "ReleaseFeedback", self._assignment)
        finally:
            self._course.directory.student_id = everybody
        for page in self._pages(student):
            mark = self._mark(page)
            with writing("what was returned", mark):
                mark.write_text(_digest(page), encoding="utf-8")
        return ""

    def _pack(self, students: Collection[str]) -> None:
        fresh = self.archive.with_name(f".{ARCHIVE}.new")
        try:
            self.archive.parent.mkdir(parents=True, exist_ok=True)
            with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as archive:
                for student in sorted(students):
                    for page in self._pages(student):
                        archive.write(page, self._name(student, page))
            fresh.replace(self.archive)
        except OSError as error:
            raise StoreError(
                f"the archive of feedback pages cannot be written ({error.strerror or error})",
                where=str(self.archive),
                fix="Make room or correct the rights; the same command does the rest",
            ) from None
        self._packed = _packed(self.archive)


def _place(page: Path, target: Path, *, shared: bool) -> None:
    """Put a copy of *page* in the place of *target*, in one step, as nbgrader does."""
    if not target.parent.is_dir():
        target.parent.mkdir(parents=True)
        # Learners can open what they know the name of, and see no names.
        target.parent.chmod(0o2771 if shared else 0o711)
    fresh = target.with_name(f"{target.stem}-tmp.html")
    try:
        shutil.copyfile(page, fresh)
        fresh.chmod(0o664 if shared else 0o644)
        fresh.replace(target)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


def _packed(archive: Path) -> dict[str, str]:
    """Name -> digest of what is in the archive; a broken one is written anew."""
    try:
        with zipfile.ZipFile(archive) as opened:
            return dict(_digests(opened))
    except (OSError, zipfile.BadZipFile):
        return {}


def _digests(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    for name in archive.namelist():
        yield name, hashlib.sha256(archive.read(name)).hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""
