"""Marks put into a template: the other program's own file, with cells filled in."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from graders.errors import UsageError
from graders.exports.matching import Key, Matches, matched
from graders.exports.sheet import Sheet, decimal_sign, harmless, save_sheet, written
from graders.exports.values import Choices, Exported, mark
from graders.gradebook.term import Term


@dataclass(frozen=True)
class Target:
    """Where the marks of one assignment go.

    Attributes:
        assignment: Name of the assignment.
        column: Position of its column.
        worth: Row -> points that the other program counts, where it says so.
        locked: Rows in which the mark must not be changed.
    """

    assignment: str
    column: int
    worth: Mapping[int, float] = field(default_factory=dict)
    locked: Collection[int] = ()


@dataclass(frozen=True)
class Template:
    """The other program's file and what is what in it.

    Attributes:
        sheet: The file.
        people: Numbers of the rows that stand for people.
        columns: Name of a column -> the fields of a learner that it may hold.
        label: The column by which a person knows a row.
        targets: Where marks go.
        kept: Positions of the columns that are written; all if `None`.
    """

    sheet: Sheet
    people: Sequence[int]
    columns: Mapping[str, Sequence[Key]]
    label: int
    targets: Sequence[Target]
    kept: Sequence[int] | None = None


ANY_FIELD = ("student", "email", "lms_user_id")


def fill(template: Template, term: Term, choices: Choices, path: Path) -> Exported:
    """Write *template* with the marks of *term* to *path*.

    A cell without a mark keeps what stands there.

    Raises:
        UsageError: If nobody can be matched, or points differ and are not to be converted.
        StoreError: If the file cannot be written.
    """
    sheet = template.sheet
    columns = {choices.match: ANY_FIELD} if choices.match else template.columns
    matches = matched(
        sheet,
        template.people,
        term.learners,
        columns=columns,
        label=template.label,
        same=choices.same,
    )
    if not matches.rows:
        raise UsageError(
            f"none of the {len(template.people)} rows belongs to a learner of the gradebook",
            where=sheet.source,
            fix=_advice(template, term, columns),
        )
    rows = [list(row) for row in sheet.rows]
    count, blank = _put(rows, template, matches, term, choices)
    kept = range(len(sheet.header)) if template.kept is None else template.kept
    final = Sheet(
        tuple(sheet.header[n] for n in kept),
        tuple(tuple(row[n] for n in kept) for row in rows),
        sheet.form,
        sheet.source,
    )
    save_sheet(path, final)
    changed = sum(harmless(cell) != cell for row in final.rows for cell in row)
    remarks = [f"{changed} cells that a spreadsheet would run were made harmless"] * bool(changed)
    return Exported(
        path,
        count,
        blank=tuple(blank),
        strangers=matches.strangers,
        absent=tuple(one for one in matches.absent if not choices.students or one in choices.students),
        unclear=matches.unclear,
        remarks=tuple(remarks),
    )  # fmt: skip


def _put(
    rows: list[list[str]], template: Template, matches: Matches, term: Term, choices: Choices
) -> tuple[int, list[str]]:
    count, blank = 0, []
    for target in template.targets:
        shown = [rows[n][target.column] for n in template.people]
        sign = decimal_sign([*map(str, _texts(template, target)), *shown])
        maximum = term.assignment(target.assignment).max_points
        for number, student in matches.rows.items():
            if choices.students and student not in choices.students:
                continue
            points, why = mark(term, student, target.assignment, choices)
            if points is not None and number in target.locked:
                points, why = None, "the mark is locked in the file"
            if points is None:
                blank.append(f"{student}: {target.assignment} {why}")
                continue
            worth = target.worth.get(number)
            if worth is not None and worth != maximum:
                points *= _factor(worth, maximum, target, template, choices)
            rows[number][target.column] = written(points, sign)
            count += 1
    return count, blank


def _texts(template: Template, target: Target) -> list[str]:
    """Cells that show how numbers are written: those of the maximum, and the rows above people."""
    column = template.sheet.column("Maximum Grade")
    if column is not None:
        return [row[column] for row in template.sheet.rows]
    return [row[target.column] for row in template.sheet.rows]


def _factor(
    worth: float, maximum: float, target: Target, template: Template, choices: Choices
) -> float:
    if choices.scale and maximum:
        return worth / maximum
    raise UsageError(
        f"{target.assignment} is worth {maximum:g} points in the gradebook, {worth:g} in the file",
        where=template.sheet.source,
        fix="Set the same points there, or convert with --scale",
    )


def _advice(template: Template, term: Term, columns: Mapping[str, Sequence[Key]]) -> str:
    names = [name for name in columns if template.sheet.column(name) is not None]
    example = term.learners[0].student if term.learners else "nobody"
    return (
        f"Compared: {', '.join(names)} with ids such as {example!r} and with e-mail addresses. Name "
        "another column with --match, or enter e-mail or LMS ids: nbgrader db student import"
    )


def column_of(sheet: Sheet, assignment: str, choices: Choices, pattern: str) -> int:
    """Position of the column of *assignment*.

    Args:
        sheet: The file.
        assignment: Name of the assignment.
        choices: May name the column.
        pattern: Matches a header that belongs to an assignment; its first group is the name.

    Raises:
        UsageError: If there is none, or more than one.
    """
    named = choices.columns.get(assignment)
    if named is not None:
        return sheet.needed(named, "the right file")
    titles = {
        n: m for n, name in enumerate(sheet.header) if (m := re.fullmatch(pattern, name.strip()))
    }
    fitting = [n for n, m in titles.items() if _plain(m.group(1)) == _plain(assignment)]
    if len(fitting) == 1:
        return fitting[0]
    listed = ", ".join(repr(sheet.header[n]) for n in list(titles)[:20])
    raise UsageError(
        f"{'no column is' if not fitting else 'more than one column is'} called {assignment!r}",
        where=sheet.source,
        fix=f"Name it: --column '{assignment}=...'; columns: {listed or 'none'}",
    )  # fmt: skip


def _plain(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum())
