"""Moodle: a file for its grade import, and the offline grading worksheet of one assignment.

Grade import: any CSV with a column that identifies people; Moodle asks which column is what
(Moodle docs, "Grade import"). Worksheet: "Download grading worksheet" of an assignment, uploaded
again with the grades (Moodle docs, "Assignment settings", "Offline grading worksheet"); Moodle
looks at Identifier, Grade and the times of the last change, so all other cells stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from graders.errors import UsageError
from graders.exports.filling import Target, Template, column_of, fill
from graders.exports.sheet import Form, Sheet, read_sheet, save_sheet, value_of, written
from graders.exports.values import Choices, Exported, mark
from graders.gradebook.term import Term

COLUMNS = {
    "Email address": ("email", "student"),
    "ID number": ("student", "lms_user_id"),
    "Username": ("student",),
}
IDENTITY = ("First name", "Last name", "Surname", "ID number", "Username", "Institution", "Department", "Email address")  # fmt: skip
TITLE = r"(?:[^:]+:\s*)?(.+?)\s*(?:\((?:Real|Percentage|Letter|Feedback)\))?"
"""A grade item in Moodle's own export: `Assignment: week01 (Real)`."""


def write_moodle(
    term: Term, assignments: Sequence[str], target: Path, template: Path | None, choices: Choices
) -> Exported:
    """Write a file for Moodle's grade import.

    Args:
        term: The marks.
        assignments: Which of them.
        target: The file.
        template: Moodle's own grade export: its people and its names of columns are used then.
        choices: What a person decides.

    Raises:
        UsageError: If *template* is not what Moodle exports, or lacks an assignment.
        StoreError: If *target* cannot be written.
    """
    if template is None:
        return _from_gradebook(term, assignments, target, choices)
    sheet = read_sheet(template)
    identity = [n for n, name in enumerate(sheet.header) if name.strip() in IDENTITY]
    targets = [Target(name, column_of(sheet, name, choices, TITLE)) for name in assignments]
    if choices.match is not None:
        identity.append(sheet.needed(choices.match, "the right file"))
    if not identity:
        raise UsageError(
            "this is not a grade export of Moodle: no column says who a row belongs to",
            where=str(template),
            fix=f"Name it with --match; columns: {', '.join(sheet.header[:20])}",
        )
    return fill(
        Template(
            sheet=sheet,
            people=range(len(sheet.rows)),
            columns=COLUMNS,
            label=sheet.column("Email address", "ID number", "Username") or identity[0],
            targets=targets,
            kept=[*dict.fromkeys(identity), *(one.column for one in targets)],
        ),
        term,
        choices,
        target,
    )


def _from_gradebook(
    term: Term, assignments: Sequence[str], target: Path, choices: Choices
) -> Exported:
    rows, blank, count = [], [], 0
    for learner in term.learners:
        if choices.students and learner.student not in choices.students:
            continue
        cells = [learner.student, learner.first_name, learner.last_name, learner.email]
        for assignment in assignments:
            points, why = mark(term, learner.student, assignment, choices)
            cells.append("" if points is None else written(points))
            count += points is not None
            if points is None:
                blank.append(f"{learner.student}: {assignment} {why}")
        rows.append(tuple(cells))
    header = ("ID number", "First name", "Last name", "Email address", *assignments)
    save_sheet(target, Sheet(header, tuple(rows), Form(newline="\n")))
    return Exported(target, count, blank=tuple(blank))


def write_worksheet(
    term: Term, assignments: Sequence[str], target: Path, template: Path, choices: Choices
) -> Exported:
    """Fill the marks of one assignment into Moodle's offline grading worksheet.

    Raises:
        UsageError: If there is not exactly one assignment, or *template* is no worksheet.
        StoreError: If *target* cannot be written.
    """
    if len(assignments) != 1:
        raise UsageError(
            f"a worksheet is for one assignment, not for {len(assignments)}", fix="Name one"
        )
    (assignment,) = assignments
    sheet = read_sheet(template)
    what = "a grading worksheet of Moodle"
    identifier = sheet.needed("Identifier", what)
    grade = sheet.needed(choices.columns.get(assignment, "Grade"), what)
    return fill(
        Template(
            sheet=sheet,
            people=range(len(sheet.rows)),
            columns=COLUMNS,
            label=sheet.column("Full name", "Identifier") or identifier,
            targets=[Target(assignment, grade, *_limits(sheet))],
        ),
        term,
        choices,
        target,
    )


def _limits(sheet: Sheet) -> tuple[dict[int, float], set[int]]:
    """Row -> the most that may be given, and the rows that may not be changed."""
    most, may = sheet.column("Maximum Grade"), sheet.column("Grade can be changed")
    worth = {} if most is None else {n: value_of(row[most]) for n, row in enumerate(sheet.rows)}
    locked = set() if may is None else {
        n for n, row in enumerate(sheet.rows) if row[may].strip().casefold() == "no"
    }  # fmt: skip
    return {n: value for n, value in worth.items() if value is not None}, locked
