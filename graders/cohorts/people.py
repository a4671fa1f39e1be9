"""Who is meant: a name, a number or an address from elsewhere, and the learners of the course.

Only what is certain is taken: an id, an address, the platform's number, or a name that exactly one
learner has. What is merely similar is suggested to a person.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from graders.errors import UsageError
from graders.exports.sheet import read_sheet
from graders.gradebook.term import Learner

SIMILAR = 78.0
"""Of 100, as rapidfuzz counts; below it a suggestion only distracts."""

_UNDECOMPOSED = str.maketrans("øłđ", "old")
"""Letters whose stroke Unicode does not take off."""

_COLUMNS = {
    "student": ("id", "student_id", "student", "username", "SIS Login ID", "ID number"),
    "first_name": ("first_name", "First name"),
    "last_name": ("last_name", "Last name", "Surname"),
    "email": ("email", "Email address", "e-mail"),
    "lms_user_id": ("lms_user_id", "user id"),
}


@dataclass(frozen=True)
class Found:
    """Who is meant: a learner, or why nobody is, in words."""

    student: str | None
    why: str = ""


class People:
    """The learners of a course, found by what others call them.

    Args:
        learners: The learners.
        same: What others say -> the learner's id, as a person decided.

    Raises:
        UsageError: If *same* names an unknown learner.
    """

    def __init__(self, learners: Sequence[Learner], same: Mapping[str, str]) -> None:
        self.learners = {one.student: one for one in learners}
        for student in same.values():
            if student not in self.learners:
                raise UsageError(
                    f"no learner is called {student!r}", where="--same", fix="Check the id"
                )
        self._same = {_folded(said): student for said, student in same.items()}
        self._sure: dict[str, set[str]] = defaultdict(set)
        self._names: dict[str, set[str]] = defaultdict(set)
        self._numbers: dict[str, set[str]] = defaultdict(set)
        for one in learners:
            for value in (one.student, one.email):
                if value:
                    self._sure[_folded(value)].add(one.student)
            if one.lms_user_id:
                self._numbers[one.lms_user_id].add(one.student)
            if one.first_name and one.last_name:
                for name in (one.first_name + one.last_name, one.last_name + one.first_name):
                    self._names[slug(name)].add(one.student)

    def find(self, said: str, number: str = "") -> Found:
        """The learner whom *said*, or the platform's *number*, means."""
        for key in (f"{_folded(said)}_{number}" if number else "", number, _folded(said)):
            if key and key in self._same:
                return Found(self._same[key])
        by_number = self._numbers.get(number, set()) if number else set()
        by_name = self._names.get(slug(said), set())
        if by_number and by_name and not by_number & by_name:
            listed = f"{', '.join(sorted(by_number))} by its number, {', '.join(sorted(by_name))}"
            return Found(None, f"the file is {listed} by its name")
        for index, key in (
            (self._numbers, number), (self._sure, _folded(said)), (self._names, slug(said)),
        ):  # fmt: skip
            fitting = index.get(key, set()) if key else set()
            if len(fitting) == 1:
                return Found(next(iter(fitting)))
            if fitting:
                listed = ", ".join(sorted(fitting))
                return Found(None, f"more than one learner is called that ({listed})")
        near = self.similar(said)
        return Found(None, f"perhaps {' or '.join(near)}" if near else "nobody is called like that")

    def is_sure(self, said: str) -> bool:
        """Whether *said* is surely a learner."""
        return self.find(said).student is not None

    def begins(self, file: str) -> str | None:
        """The longest id or address that *file* begins with, as it stands there."""
        folded = file.casefold()
        fitting = [
            key
            for key in (*self._sure, *self._same)
            if folded.startswith(key) and not folded[len(key) : len(key) + 1].isalnum()
        ]
        return file[: len(max(fitting, key=len))] if fitting else None

    def similar(self, said: str) -> list[str]:
        """Learners who are called much like that, nearest first: for a person to decide."""
        from rapidfuzz import fuzz, process

        choices = {
            (one.student, key): key
            for one in self.learners.values()
            for key in {slug(one.student), slug(one.name), slug(one.last_name + one.first_name)}
            if key
        }
        near = process.extract(
            slug(said), choices, scorer=fuzz.ratio, score_cutoff=SIMILAR, limit=6
        )
        students = dict.fromkeys(key[0] for _, _, key in near)
        return [
            f"{student} ({self.learners[student].name})" if self.learners[student].name else student
            for student in list(students)[:3]
        ]


def slug(name: str) -> str:
    """*name* as platforms shorten it: letters and digits, without accents, in small letters."""
    apart = unicodedata.normalize("NFKD", name.casefold().translate(_UNDECOMPOSED))
    return "".join(sign for sign in apart if sign.isalnum())


def read_roster(path: Path) -> list[Learner]:
    """The learners in a CSV file: that of `nbgrader db student import`, or a platform's list.

    Raises:
        UsageError: If the file cannot be read, has no ids, or one of them twice.
    """
    sheet = read_sheet(path)
    columns = {field: sheet.column(*names) for field, names in _COLUMNS.items()}
    if columns["student"] is None:
        raise UsageError(
            "no column has the learners' ids (looked for: " + ", ".join(_COLUMNS["student"]) + ")",
            where=str(path),
            fix="Name one 'id'",
        )
    found: dict[str, Learner] = {}
    for number, row in enumerate(sheet.rows, 2):
        values = {f: row[n].strip() for f, n in columns.items() if n is not None}
        student = values["student"]
        if not student:
            continue
        if student in found:
            raise UsageError(
                f"{student!r} stands there twice", where=f"{path}, row {number}", fix="Remove one"
            )
        if not _usable(student):
            raise UsageError(
                f"{student!r} cannot be the name of a folder",
                where=f"{path}, row {number}",
                fix="Use letters, digits, dots, dashes",
            )
        found[student] = Learner(**values)
    return list(found.values())


def _usable(student: str) -> bool:
    return (
        student.isprintable()
        and not student.startswith(".")
        and not {"/", "\\", "+", ":"} & set(student)
        and len(student) <= 128
    )


def _folded(said: str) -> str:
    return " ".join(unicodedata.normalize("NFC", said).split()).casefold()
