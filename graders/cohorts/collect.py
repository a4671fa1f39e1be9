"""Submissions without a hub: from a platform's download or a folder of attachments.

Whoever is not surely known is listed, with suggestions; nothing is guessed. Of two files of the
same name the later one counts, and both are listed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from graders.cohorts.delivery import Delivery, opened
from graders.cohorts.naming import Named, named, original
from graders.cohorts.people import People, read_roster
from graders.cohorts.placing import lying, lying_since, place, recover
from graders.course import Course, known_assignments
from graders.errors import UsageError
from graders.gradebook.roster import Dues, load_roster
from graders.gradebook.term import Learner, load_learners
from graders.submitted import TIMESTAMP

MAX_OF_ONE = 200
"""Files of one learner; who hands in a whole environment by mistake is listed."""


@dataclass(frozen=True)
class Collected:
    """What became of a delivery, in words where a person has to know.

    Attributes:
        taken: Learners whose submission was put into `submitted/`.
        replaced: Those of them who had handed in before.
        unchanged: Learners whose submission lay there already.
        older: Learners whose submission there is newer than the delivered one, which was left.
        duplicates: Files that came more than once: which counts, which do not.
        strangers: Files of nobody who is known, with suggestions.
        refused: Files that are not safe to take, each with the reason.
        remarks: Anything else a person should know.
    """

    taken: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    older: tuple[str, ...] = ()
    duplicates: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every file found its place."""
        return not (self.strangers or self.refused)


@dataclass
class _Lists:
    taken: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    older: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def done(self) -> Collected:
        return Collected(**{name: tuple(lines) for name, lines in vars(self).items()})


def collect(
    course: Course, assignment: str, source: Path, *, roster: Path | None = None,
    same: Mapping[str, str] | None = None, handed_in: datetime | None = None,
    dry_run: bool = False,
) -> Collected:  # fmt: skip
    """Put what *source* holds into `submitted/`; collecting it again changes nothing.

    Args:
        course: The course.
        assignment: Name of the assignment.
        source: A zip archive, or a folder.
        roster: A CSV file with learners whom the gradebook does not know yet.
        same: What a file name says -> the learner's id, as a person decided.
        handed_in: When all of it was handed in (aware); else the time of each file counts.
        dry_run: Whether to look only.

    Raises:
        UsageError: If something asked for does not exist, or *source* cannot be read.
        StoreError: If a submission cannot be written; those before it are in place.
    """
    if assignment not in known_assignments(course):
        raise UsageError(
            f"there is no assignment {assignment!r}",
            where=str(course.source("*").parent),
            fix=f"Known: {', '.join(known_assignments(course)) or 'none'}",
        )
    people = People(_learners(course, roster), same or {})
    dues = load_roster(course.db_url, assignment).dues
    expected = sorted(path.stem for path in course.source(assignment).glob("*.ipynb"))
    lists = _Lists()
    with opened(source) as delivery:
        lists.refused += delivery.refused
        for student, files in _of_each(delivery, people, expected, lists).items():
            at = handed_in or _handed_in(student, files.values(), dues, lists)
            folder = course.folder("submitted", student, assignment)
            _take(folder, student, files, at, delivery, dry_run, lists)
    return lists.done()


def _learners(course: Course, roster: Path | None) -> list[Learner]:
    known = {one.student: one for one in load_learners(course.db_url)}
    if roster is not None:
        known |= {one.student: one for one in read_roster(roster)}
    if not known:
        raise UsageError(
            "nobody is known yet whom a file could belong to",
            fix="Give a CSV file with --roster, or use: nbgrader db student import",
        )
    return list(known.values())


def _of_each(
    delivery: Delivery, people: People, expected: Sequence[str], lists: _Lists
) -> dict[str, dict[tuple[str, ...], Named]]:
    """Learner -> name of the file -> the one that counts."""
    found, unknown = named(delivery.pieces, people.is_sure, people.begins)
    lists.strangers += [f"{name}: the name does not say whose it is" for name in unknown]
    all_of: dict[str, dict[tuple[str, ...], list[Named]]] = defaultdict(lambda: defaultdict(list))
    nobody: dict[tuple[str, str], list[Named]] = defaultdict(list)
    for one in found:
        # Moodle's number is of the upload's page, not of the person.
        who = people.find(one.who, one.number if one.scheme == "canvas" else "")
        if who.student is None:
            nobody[one.who, who.why].append(one)
        elif one.file[-1] != TIMESTAMP:  # the time is ours to tell
            all_of[who.student][original(one.file, expected)].append(one)
    for (said, why), theirs in nobody.items():
        listed = ", ".join(one.piece.name for one in theirs[:3])
        more = f" and {len(theirs) - 3} more" if len(theirs) > 3 else ""
        lists.strangers.append(f"{said}: {why} ({listed}{more})")
    counting: dict[str, dict[tuple[str, ...], Named]] = {}
    for student, files in sorted(all_of.items()):
        if len(files) > MAX_OF_ONE:
            lists.refused.append(f"{student}: {len(files)} files; at most {MAX_OF_ONE} are taken")
            continue
        counting[student] = {name: _last(student, ones, lists) for name, ones in files.items()}
    return counting


def _last(student: str, ones: Sequence[Named], lists: _Lists) -> Named:
    ordered = sorted(ones, key=lambda one: (one.attachment, one.piece.at, one.piece.position))
    if len(ordered) > 1:
        others = ", ".join(one.piece.name for one in ordered[:-1])
        lists.duplicates.append(f"{student}: {ordered[-1].piece.name} counts, not {others}")
    return ordered[-1]


def _handed_in(student: str, files: Iterable[Named], dues: Dues, lists: _Lists) -> datetime:
    """The time of the newest file, unless the platform knows better whether it is late."""
    ones = list(files)
    at = max(one.piece.at for one in ones)
    due = dues.of(student)
    told = {one.late for one in ones} - {None}
    if due is None or not told:
        return at
    if told == {False} and at > due:
        # A download has the time at which it was made: nobody pays for that.
        return due
    if True in told and at <= due:
        lists.remarks.append(
            f"{student}: the platform says late, the file's time does not; nothing is taken off"
        )
    return at


def _take(
    folder: Path, student: str, files: Mapping[tuple[str, ...], Named], at: datetime,
    delivery: Delivery, dry_run: bool, lists: _Lists,
) -> None:  # fmt: skip
    contents: dict[tuple[str, ...], bytes] = {}
    for name, one in files.items():
        try:
            contents[name] = delivery.read(one.piece)
        except UsageError as error:
            lists.refused.append(str(error))
    if not contents:
        return
    if not dry_run:
        recover(folder)
    before, since = lying(folder), lying_since(folder)
    if before == contents:
        lists.unchanged.append(student)
        return
    if before and since is not None and since > at:
        lists.older.append(
            f"{student}: {since:%Y-%m-%d %H:%M} lies there, {at:%Y-%m-%d %H:%M} came"
        )
        return
    lists.taken.append(student)
    if before:
        lists.replaced.append(student)
    if not dry_run:
        place(folder, contents, at)
