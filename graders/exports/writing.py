"""One way to write marks for another program, whatever the format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from graders.course import Course
from graders.errors import UsageError
from graders.exports.canvas import write_canvas
from graders.exports.moodle import write_moodle, write_worksheet
from graders.exports.plain import write_csv, write_json
from graders.exports.values import Choices, Exported
from graders.gradebook.term import Term, load_term

FORMATS = {
    "canvas": "Canvas; needs its own export as template",
    "moodle": "Moodle's grade import; its own grade export may be the template",
    "moodle-worksheet": "Moodle's offline grading worksheet, which is the template",
    "csv": "a row for each learner and assignment",
    "json": "everything, down to the cells",
}
"""Format -> what it is."""

__all__ = ["FORMATS", "Choices", "Exported", "write", "write_term"]


def write(
    course: Course, assignments: Sequence[str], format: str, target: Path,
    template: Path | None = None, *, choices: Choices | None = None,
) -> Exported:  # fmt: skip
    """Write the marks of *assignments* for another program.

    Args:
        course: The course.
        assignments: Names of assignments; empty for all.
        format: One of `FORMATS`.
        target: The file to write.
        template: The other program's own export, where the format needs one.
        choices: What a person decides; the defaults leave out what is not certain.

    Raises:
        UsageError: If something asked for does not exist or does not fit.
        StoreError: If the gradebook cannot be read or the file cannot be written.
    """
    return write_term(course.db_url, assignments, format, target, template, choices=choices)


def write_term(
    db_url: str, assignments: Sequence[str], format: str, target: Path,
    template: Path | None = None, *, choices: Choices | None = None,
) -> Exported:  # fmt: skip
    """As `write`, for the gradebook at *db_url*."""
    if format not in FORMATS:
        raise UsageError(f"there is no format {format!r}", fix=f"Formats: {', '.join(FORMATS)}")
    if template is None and format in ("canvas", "moodle-worksheet"):
        raise UsageError(
            f"the format {format} needs the other program's own file",
            fix="Export it there and give it with --template",
        )
    if template is not None and format in ("csv", "json"):
        raise UsageError(f"the format {format} takes no template", fix="Leave --template out")
    chosen = choices or Choices()
    term = load_term(db_url, assignments)
    names = list(dict.fromkeys(assignments)) or [one.name for one in term.assignments]
    if not names:
        raise UsageError("the gradebook has no assignment", fix="Release and grade one first")
    _check(chosen, term, names)
    done = _written(term, names, format, target, template, chosen)
    return replace(done, remarks=(*done.remarks, *_doubtful(term, names)))


def _written(
    term: Term, names: Sequence[str], format: str, target: Path, template: Path | None,
    choices: Choices,
) -> Exported:  # fmt: skip
    if format == "canvas" and template is not None:
        return write_canvas(term, names, target, template, choices)
    if format == "moodle":
        return write_moodle(term, names, target, template, choices)
    if format == "moodle-worksheet" and template is not None:
        return write_worksheet(term, names, target, template, choices)
    plain = write_csv if format == "csv" else write_json
    return plain(term, names, target, choices)


def _doubtful(term: Term, names: Sequence[str]) -> list[str]:
    """Marks that are written although a person was to look at them first."""
    found = []
    for name in names:
        students = sorted(
            work.student
            for (_, assignment), work in term.works.items()
            if assignment == name and work.points is not None and work.doubtful
        )
        if students:
            found.append(
                f"{name}: a person was to look at the marks of {', '.join(students)}; they are "
                "written as they stand"
            )
    return found


def _check(choices: Choices, term: Term, names: Sequence[str]) -> None:
    unknown = sorted(set(choices.students) - {one.student for one in term.learners})
    if unknown:
        raise UsageError(f"the gradebook knows no learner {unknown[0]!r}", fix="Check the id")
    strange = sorted(set(choices.columns) - set(names))
    if strange:
        raise UsageError(
            f"a column is named for {strange[0]!r}, which is not exported",
            where="--column",
            fix=f"Exported: {', '.join(names)}",
        )
