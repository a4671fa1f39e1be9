"""What counts as handed in: for each learner, what lay in the exchange when their time was over.

Whoever has nothing in time is collected with what came later; what that costs is the course's
own policy. A course that sets `c.ExchangeCollect.before_duedate = False` gets the newest always.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from graders.cohorts.exchange import CourseExchange, Handin, by_plugin, left_out, moment
from graders.course import Course
from graders.errors import StoreError
from graders.gradebook import Roster
from graders.submitted import TIMESTAMP

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


@dataclass
class Snapshot:
    """What was, or would be, collected.

    Attributes:
        collected: Learners whose work was put into `submitted/`.
        waiting: Learners who have handed in, and whose time is not over.
        problems: Learner or folder -> why it was not collected, in words.
        notes: Learner -> what else there is to know.
        folders: Learner -> where the work lies that will be graded.
    """

    collected: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    folders: dict[str, Path] = field(default_factory=dict)


def take(
    course: Course, assignment: str, exchange: CourseExchange | None, roster: Roster,
    now: datetime, *, dry: bool = False,
) -> Snapshot:  # fmt: skip
    """Collect the work of everybody whose time is over.

    A second call finds the same, and copies nothing.

    Args:
        course: The course.
        assignment: Name of the assignment.
        exchange: Where learners submit; `None` if their work is put into `submitted/` otherwise.
        roster: Who there is, and when their work is due.
        now: The time (UTC).
        dry: Whether nothing is copied.

    Raises:
        StoreError: If the exchange cannot be read or the disk is full; what was collected stays.
    """
    snapshot = Snapshot()
    if exchange is not None and exchange.root is not None:
        _from_folder(course, assignment, exchange, roster, now, snapshot, dry)
    elif exchange is not None and not dry:
        _from_plugin(course, assignment, exchange, roster, now)
    for folder in _submitted(course, assignment):
        student = folder.parent.name
        if roster.dues.is_due(student, now):
            snapshot.folders.setdefault(student, folder)
        elif student not in snapshot.waiting:
            snapshot.waiting.append(student)
    snapshot.waiting.sort()
    return snapshot


def handed_at(folder: Path) -> datetime | None:
    """When the work in *folder* was handed in (UTC), as its `timestamp.txt` says."""
    try:
        return moment((folder / TIMESTAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _submitted(course: Course, assignment: str) -> Iterator[Path]:
    pattern = course.folder("submitted", "*", assignment)
    for path in sorted(pattern.parent.parent.glob(f"*/{assignment}")):
        if path.is_dir() and not path.parent.name.startswith("."):
            yield path


def _from_folder(
    course: Course, assignment: str, exchange: CourseExchange, roster: Roster, now: datetime,
    snapshot: Snapshot, dry: bool,
) -> None:  # fmt: skip
    by_student: dict[str, list[Handin]] = defaultdict(list)
    for handin in exchange.handins(assignment, snapshot.problems):
        by_student[handin.student].append(handin)
    in_time = bool(exchange.config.ExchangeCollect.get("before_duedate", True))
    checked = bool(exchange.config.ExchangeCollect.get("check_owner", True))
    for student, found in sorted(by_student.items()):
        if not roster.dues.is_due(student, now):
            snapshot.waiting.append(student)
            continue
        handins = list(_own(found, roster, snapshot)) if checked else found
        if not handins:
            continue
        chosen = _chosen(handins, roster.dues.of(student) if in_time else None)
        target = course.folder("submitted", student, assignment)
        if _is_there(chosen, handins, target, snapshot):
            continue
        snapshot.collected.append(student)
        snapshot.folders[student] = chosen.folder if dry else target
        if not dry and (problem := _collect(course, chosen.folder, target)):
            snapshot.collected.remove(student)
            del snapshot.folders[student]
            snapshot.problems[student] = problem


def _own(handins: Sequence[Handin], roster: Roster, snapshot: Snapshot) -> Iterator[Handin]:
    """Those that no other learner made; the others go to the snapshot's problems.

    Everybody may write where all hand in, under any name.
    """
    for one in handins:
        by = owner(one.folder)
        if by is not None and by != one.student and by in roster.students:
            snapshot.problems[one.student] = (
                f"{one.folder.name!r} was made by {by!r}: not collected"
            )
        else:
            yield one


def _chosen(handins: Sequence[Handin], due: datetime | None) -> Handin:
    early = [one for one in handins if due is None or one.at <= due]
    return max(early or handins, key=lambda one: one.at)


def _is_there(chosen: Handin, handins: Sequence[Handin], target: Path, snapshot: Snapshot) -> bool:
    """Whether *chosen* lies in *target* already, or something that it must not replace."""
    if not target.is_dir():
        return False
    there = handed_at(target)
    if there == chosen.at:
        return True
    if there in {one.at for one in handins} or (there is not None and there < chosen.at):
        return False
    note = "what lies in submitted/ is newer, and did not come from the exchange; it was kept"
    snapshot.notes[chosen.student] = note
    return True


def owner(folder: Path) -> str | None:
    """The account that made *folder*; `None` where accounts have no names."""
    try:
        import pwd

        return pwd.getpwuid(folder.stat().st_uid).pw_name
    except (ImportError, KeyError, OSError):
        return None


def _collect(course: Course, source: Path, target: Path) -> str:
    """Put a copy of *source* in the place of *target*, in one step; why that failed, or nothing."""
    fresh = target.with_name(f".{target.name}.new")
    old = target.with_name(f".{target.name}.old")
    try:
        for path in (fresh, old):
            shutil.rmtree(path, ignore_errors=True)
        copy_submission(course, source, fresh)
        if target.exists():
            target.rename(old)
        fresh.rename(target)
        shutil.rmtree(old, ignore_errors=True)
    except (OSError, shutil.Error) as error:
        shutil.rmtree(fresh, ignore_errors=True)
        if _is_full(error) or not os.access(target.parent.parent, os.W_OK):
            raise StoreError(
                "submissions cannot be collected: the disk is full or may not be written",
                where=str(target.parent.parent),
                fix="Make room or correct the rights; the same command does the rest",
            ) from None
        return f"it cannot be copied from the exchange ({_words(error)})"
    return ""


def copy_submission(course: Course, source: Path, target: Path) -> None:
    """Copy a submission as nbgrader does, except that no link in it is followed.

    Raises:
        OSError: If something of it cannot be copied, or it is larger than the course allows.
    """
    directory: Any = course.directory
    size = sum(path.lstat().st_size for path in source.rglob("*") if not path.is_symlink())
    if size > 1000 * directory.max_dir_size:
        raise OSError(errno.EFBIG, f"it is larger than {directory.max_dir_size:,} kB")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(source, target, symlinks=True, ignore=left_out(course))
    usual = 0o770 if directory.groupshared else 0o700
    for path in (target, *target.rglob("*")):
        if not path.is_symlink():
            path.chmod((path.stat().st_mode | (usual if path.is_dir() else usual & 0o660)) & 0o2777)


def _is_full(error: OSError) -> bool:
    # copytree gathers what went wrong as texts.
    return error.errno in FULL or any(os.strerror(code) in str(error) for code in FULL)


def _words(error: OSError) -> str:
    if isinstance(error, shutil.Error) and error.args and error.args[0]:
        return str(error.args[0][0][2])[:200]
    return str(error.strerror or error)[:200]


def _from_plugin(
    course: Course, assignment: str, exchange: CourseExchange, roster: Roster, now: datetime
) -> None:
    everybody = course.directory.student_id
    try:
        for student in roster.students:
            if roster.dues.is_due(student, now):
                course.directory.student_id = student
                by_plugin(exchange, course, "Collect", assignment)
    finally:
        course.directory.student_id = everybody
