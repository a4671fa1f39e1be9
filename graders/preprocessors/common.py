"""What the plug-ins share: where the course is, which questions a notebook's cells answer."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from nbformat.notebooknode import NotebookNode

from graders.question import Question
from graders.question.assignment import load_rubrics

Resources = dict[str, Any]

NOTE = "seniorkit"
"""Key of the notebook metadata in which the plug-ins hand remarks to each other."""


DISTRUSTED = "the tests were tampered with and count for nothing"
"""How remarks begin that are for the instructor: a suspicion, which the learner is not told."""

UNCHECKED = (
    "the tests could not be checked, because the kernel did not answer in time: the machine was "
    "too busy, or the notebook keeps it so; they have no points until a person has looked at them"
)
"""A remark for the instructor and the learner; it accuses nobody."""

_OURS = secrets.token_hex(16)
"""Marks notes of this process; what a learner has planted does not bear it."""


def new_note() -> NotebookNode:
    """An empty note: `flags` by grade_id, and `remarks` in words."""
    return NotebookNode(flags=NotebookNode(), remarks=[], of=_OURS)


def note_of(nb: NotebookNode) -> NotebookNode:
    """The note of *nb*; a new one if it has none that the plug-ins wrote."""
    note = nb.metadata.get(NOTE)
    if not isinstance(note, NotebookNode) or note.get("of") != _OURS:
        note = nb.metadata[NOTE] = new_note()
    return note


def course_of(preprocessor: Any) -> Any:
    """The `CourseDirectory` of the converter that *preprocessor* runs in."""
    owner = preprocessor
    while owner is not None:
        if getattr(owner, "coursedir", None) is not None:
            return owner.coursedir
        owner = owner.parent
    raise RuntimeError(f"{type(preprocessor).__name__} runs in nbgrader's converters only")


def source_of(preprocessor: Any, resources: Resources) -> Path:
    """The instructor's folder of the assignment at hand."""
    course = course_of(preprocessor)
    assignment = resources["nbgrader"]["assignment"]
    return Path(course.format_path(course.source_directory, ".", assignment))


def questions_of(preprocessor: Any, resources: Resources) -> dict[str, Question]:
    """`grade_id` -> question for the notebook at hand; empty without a rubric."""
    rubrics = load_rubrics(source_of(preprocessor, resources))
    return rubrics.get(resources["nbgrader"]["notebook"], {})


def grade_id_of(cell: NotebookNode) -> str | None:
    """The cell's `grade_id`, or `None` for a cell without one."""
    metadata = cell.metadata.get("nbgrader", {})
    value = metadata.get("grade_id") if isinstance(metadata, dict) else None
    return value if isinstance(value, str) else None


def same_text(text: str, other: str) -> bool:
    """Whether two texts are equal but for white space."""
    return " ".join(text.split()) == " ".join(other.split())


def has_error(cell: NotebookNode, name: str) -> bool:
    """Whether a code cell ended with the error called *name*."""
    return any(
        output.output_type == "error" and output.ename == name for output in cell.get("outputs", [])
    )
