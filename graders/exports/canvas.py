"""Canvas: its own gradebook export, with the marks of some assignments filled in.

Format: a header row; below it rows without an ID ("Manual Posting" and "Points Possible"); then
one row for each learner (Canvas community, "How do I import grades in the Gradebook?"). Only the
columns that identify people and those of the exported assignments are written back, so that an
upload can change nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from graders.errors import UsageError
from graders.exports.filling import Target, Template, column_of, fill
from graders.exports.sheet import Sheet, read_sheet, value_of
from graders.exports.values import Choices, Exported
from graders.gradebook.term import Term

IDENTITY = ("Student", "ID", "SIS User ID", "SIS Login ID", "Integration ID", "Root Account", "Section")  # fmt: skip
COLUMNS = {
    "SIS Login ID": ("student", "email"),
    "SIS User ID": ("student", "lms_user_id"),
    # Canvas's own number: a learner's id in the gradebook could be the same by accident.
    "ID": ("lms_user_id",),
}
TITLE = r"(.+?)\s*\(\d+\)"
TEST_STUDENTS = ("student, test", "test student")


def write_canvas(
    term: Term, assignments: Sequence[str], target: Path, template: Path, choices: Choices
) -> Exported:
    """Fill the marks of *assignments* into Canvas's export *template*.

    Raises:
        UsageError: If *template* is not what Canvas exports, or lacks an assignment.
        StoreError: If *target* cannot be written.
    """
    sheet = read_sheet(template)
    student = sheet.needed("Student", "an export of Canvas's gradebook")
    key = sheet.needed("ID", "an export of Canvas's gradebook")
    above = _rows_above(sheet, key, student)
    targets = [_target(sheet, name, above, choices) for name in assignments]
    identity = [n for n, name in enumerate(sheet.header) if name.strip() in IDENTITY]
    return fill(
        Template(
            sheet=sheet,
            people=[
                n
                for n in range(above, len(sheet.rows))
                if sheet.rows[n][student].strip().casefold() not in TEST_STUDENTS
            ],
            columns=COLUMNS,
            label=student,
            targets=targets,
            kept=[*identity, *(one.column for one in targets)],
        ),
        term,
        choices,
        target,
    )


def _rows_above(sheet: Sheet, key: int, student: int) -> int:
    """How many rows stand between the header and the first learner."""
    above = 0
    while above < len(sheet.rows) and not sheet.rows[above][key].strip():
        above += 1
    if above == 0 or "points possible" not in sheet.rows[above - 1][student].strip().casefold():
        raise UsageError(
            "the row 'Points Possible' below the header is missing",
            where=sheet.source,
            fix="Export the gradebook from Canvas again, and do not change the file",
        )
    return above


def _target(sheet: Sheet, assignment: str, above: int, choices: Choices) -> Target:
    column = column_of(sheet, assignment, choices, TITLE)
    possible = sheet.rows[above - 1][column]
    if "read only" in possible.casefold():
        raise UsageError(
            f"Canvas does not let the column {sheet.header[column]!r} be changed",
            where=sheet.source,
            fix=f"Name another one: --column '{assignment}=...'",
        )
    worth = value_of(possible)
    rows = range(above, len(sheet.rows))
    return Target(assignment, column, {n: worth for n in rows} if worth is not None else {})
