"""What learners handed in, looked at before anything is graded: readable, complete, whose."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from graders.answers import SIDECAR, AnswersFile
from graders.course import Course
from graders.errors import AnswersError
from graders.submitted import adopt_misnamed, answer_cells, load_raw, replace_links, why_unreadable


@dataclass(frozen=True)
class Handed:
    """One learner's submission as it lies in `submitted/`.

    Attributes:
        student: The learner's id.
        folder: Where it lies.
        digest: Fingerprint of all files in it.
        content: Fingerprint of what the learner wrote into the answer cells and the box, the
            same for two learners who handed in the same work; empty for blank work.
        problem: Why it cannot be graded, in words, or `None`.
        arrived: Whether there is a notebook at all, readable or not.
        remarks: What a person should know although it can be graded.
    """

    student: str
    folder: Path
    digest: str
    content: str
    problem: str | None = None
    arrived: bool = True
    remarks: tuple[str, ...] = ()

    def without_a_place(self) -> Handed:
        """The submission of somebody who is not in the gradebook, and is not to be put in."""
        problem = f"No student with ID '{self.student}' exists in the database"
        return replace(self, problem=problem, arrived=False)


def handed_in(course: Course, assignment: str, notebooks: Iterable[str]) -> list[Handed]:
    """Look at every submission of *assignment*, sorted by learner; never fails for one of them.

    Args:
        course: The course.
        assignment: Name of the assignment.
        notebooks: Names of the notebooks that a submission should hold, without suffix.
    """
    expected = sorted(notebooks)
    pattern = course.folder("submitted", "*", assignment)
    found = [
        path
        for path in sorted(pattern.parent.parent.glob(f"*/{assignment}"))
        if path.is_dir() and not path.parent.name.startswith(".")
    ]
    stubs = _stubs(course, assignment, expected)
    return [_look(folder, expected, stubs) for folder in found]


def _look(folder: Path, expected: list[str], stubs: set[str]) -> Handed:
    student = folder.parent.name
    remarks = [f"the link {name!r} was not followed" for name in replace_links(folder)]
    problems: list[str] = []
    for name in expected:
        path = folder / f"{name}.ipynb"
        remark = adopt_misnamed(folder, path, expected)
        if remark is not None:
            remarks.append(remark)
        if not path.exists():
            listed = ", ".join(sorted(p.name for p in folder.iterdir())[:5]) or "nothing"
            problems.append(f"no notebook {path.name} (handed in: {listed})")
            continue
        problem = why_unreadable(path)
        if problem:
            problems.append(f"{path.name} {problem}")
    return Handed(
        student=student,
        folder=folder,
        digest=_digest(folder),
        content="" if problems else _content(folder, expected, stubs),
        problem="; ".join(problems) or None,
        arrived=any(folder.glob("*.ipynb")),
        remarks=tuple(remarks),
    )


def _content(folder: Path, expected: list[str], stubs: set[str]) -> str:
    pieces = []
    for name in expected:
        for _, source in answer_cells(load_raw(folder / f"{name}.ipynb")):
            text = " ".join(source.split())
            if text and text not in stubs:
                pieces.append(text)
    try:
        saved = AnswersFile(folder / SIDECAR).read()
    except AnswersError:
        saved = {}
    pieces += [" ".join(entry.text.split()) for entry in saved.values() if entry.text.strip()]
    return hashlib.sha256("\0".join(sorted(pieces)).encode()).hexdigest() if pieces else ""


def _stubs(course: Course, assignment: str, expected: list[str]) -> set[str]:
    """The texts of unanswered cells, from the release."""
    stubs = set()
    for name in expected:
        path = course.folder("release", ".", assignment) / f"{name}.ipynb"
        if path.exists() and not why_unreadable(path):
            stubs |= {" ".join(source.split()) for _, source in answer_cells(load_raw(path))}
    return stubs


def _digest(folder: Path) -> str:
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and ".ipynb_checkpoints" not in path.parts:
            total.update(str(path.relative_to(folder)).encode(errors="surrogateescape") + b"\0")
            with path.open("rb") as file:
                total.update(hashlib.file_digest(file, "sha256").digest())
    return total.hexdigest()


def copies(submissions: Iterable[Handed]) -> dict[str, list[str]]:
    """Student -> the other students who handed in the very same work."""
    by_content: dict[str, list[str]] = {}
    for submission in submissions:
        if submission.content:
            by_content.setdefault(submission.content, []).append(submission.student)
    return {
        student: [other for other in group if other != student]
        for group in by_content.values()
        if len(group) > 1
        for student in group
    }
