"""What is exported for whom, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from graders.gradebook.term import Term


@dataclass(frozen=True)
class Choices:
    """What a person decides about an export.

    Attributes:
        missing: What stands for work that was not handed in: nothing, or a zero.
        scale: Whether marks are converted where the other program counts other points.
        match: The column that says who a row belongs to, instead of those that are looked for.
        columns: Assignment -> name of its column, where the names differ.
        same: What a row says -> the learner's id, where ids differ.
        students: Only these learners; empty for all.
    """

    missing: Literal["blank", "zero"] = "blank"
    scale: bool = False
    match: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    same: Mapping[str, str] = field(default_factory=dict)
    students: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exported:
    """What an export wrote, and whom it left out.

    Attributes:
        path: The file.
        marks: Marks that were written.
        blank: Marks that were left as they are, each with the reason.
        strangers: Rows of the template that belong to nobody in the gradebook.
        absent: Learners of the gradebook whom the template does not have.
        unclear: Rows that were left alone because it is not clear whose they are.
        remarks: What a person should know, in words.
    """

    path: Path
    marks: int
    blank: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether everybody's mark found its place."""
        return not (self.blank or self.absent or self.unclear)


WHY = {
    "waiting": "waits for a person",
    "failed": "could not be graded",
    "missing": "nothing handed in",
}


def mark(
    term: Term, student: str, assignment: str, choices: Choices
) -> tuple[float | None, str | None]:
    """The mark to export, and why there is none.

    What nobody has graded yet is never a zero.

    Returns:
        Points after the penalty, or `None` with the reason in words.
    """
    work = term.work(student, assignment)
    if work is None and choices.missing == "zero":
        return 0.0, None
    if work is None or work.points is None:
        return None, WHY[term.state(student, assignment)]
    return work.points, None
