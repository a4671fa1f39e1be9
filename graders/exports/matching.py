"""Whose row is it: the learners of the gradebook and the rows of another program's file.

Only what identifies a person is compared: ids and e-mail addresses, whole, whatever the case.
Names never decide; they make suggestions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from graders.errors import UsageError
from graders.exports.sheet import Sheet
from graders.gradebook.term import Learner

Key = str
"""Name of a field of `Learner`."""


@dataclass(frozen=True)
class Matches:
    """Which row is whose.

    Attributes:
        rows: Number of the row -> learner's id.
        strangers: Rows that belong to nobody in the gradebook, as a person would name them.
        absent: Learners without a row.
        unclear: Why a row was left alone, in words.
    """

    rows: dict[int, str]
    strangers: tuple[str, ...]
    absent: tuple[str, ...]
    unclear: tuple[str, ...]


def matched(
    sheet: Sheet, rows: Iterable[int], learners: Sequence[Learner], *,
    columns: Mapping[str, Sequence[Key]], label: int, same: Mapping[str, str],
) -> Matches:  # fmt: skip
    """Find the learner of each row.

    Args:
        sheet: The file.
        rows: Numbers of the rows that stand for people.
        learners: The learners of the gradebook.
        columns: Name of a column -> the fields of a learner that it may hold.
        label: The column by which a person knows a row.
        same: What a row says in one of the columns -> the learner's id, as a person decided.

    Raises:
        UsageError: If the file has none of the columns, or *same* names an unknown learner.
    """
    found = {name: sheet.column(name) for name in columns}
    if all(position is None for position in found.values()):
        raise UsageError(
            f"no column says who a row belongs to (looked for: {', '.join(columns)})",
            where=sheet.source,
            fix=f"Name it with --match; columns: {', '.join(sheet.header[:20])}",
        )
    index = _Index.of(learners, same)
    owners: dict[int, set[str]] = {}
    for number in rows:
        row = sheet.rows[number]
        owners[number] = index.by_hand(row) or {
            owner
            for name, position in found.items()
            if position is not None
            for owner in index.owners(columns[name], row[position])
        }
    return _sorted_out(sheet, owners, learners, label)


@dataclass(frozen=True)
class _Index:
    """(field, folded value) -> learners, and what a person decided."""

    owned: dict[tuple[Key, str], set[str]]
    same: Mapping[str, str]

    @classmethod
    def of(cls, learners: Sequence[Learner], same: Mapping[str, str]) -> _Index:
        known = {learner.student for learner in learners}
        unknown = sorted(set(same.values()) - known)
        if unknown:
            raise UsageError(
                f"the gradebook knows no learner {unknown[0]!r}", where="--same", fix="Check the id"
            )
        owned: dict[tuple[Key, str], set[str]] = defaultdict(set)
        for learner in learners:
            for key in ("student", "email", "lms_user_id"):
                value = getattr(learner, key).strip().casefold()
                if value:
                    owned[key, value].add(learner.student)
        return cls(dict(owned), {_folded(said): student for said, student in same.items()})

    def owners(self, keys: Sequence[Key], cell: str) -> set[str]:
        value = _folded(cell)
        return {owner for key in keys for owner in self.owned.get((key, value), ())}

    def by_hand(self, row: Sequence[str]) -> set[str]:
        return {self.same[_folded(cell)] for cell in row if _folded(cell) in self.same}


def _folded(cell: str) -> str:
    # A file that went through an export has apostrophes in front of what looks like a formula.
    return cell.strip().removeprefix("'").casefold()


def _sorted_out(
    sheet: Sheet, owners: Mapping[int, set[str]], learners: Sequence[Learner], label: int
) -> Matches:
    rows: dict[int, str] = {}
    strangers, unclear = [], []
    of_learner: dict[str, list[int]] = defaultdict(list)
    for number, candidates in owners.items():
        if len(candidates) == 1:
            of_learner[next(iter(candidates))].append(number)
    for number, candidates in owners.items():
        name = sheet.rows[number][label].strip() or f"row {number + 2}"
        if not candidates:
            strangers.append(name)
        elif len(candidates) > 1:
            listed = ", ".join(sorted(candidates))
            unclear.append(f"{name}: the row fits more than one learner ({listed})")
        else:
            (student,) = candidates
            if len(of_learner[student]) > 1:
                lines = ", ".join(str(n + 2) for n in of_learner[student])
                unclear.append(f"{name}: more than one row is {student}'s (rows {lines})")
            else:
                rows[number] = student
    doubted = {owner for candidates in owners.values() for owner in candidates}
    absent = [one.student for one in learners if one.student not in doubted]
    return Matches(rows, tuple(strangers), tuple(absent), tuple(unclear))
