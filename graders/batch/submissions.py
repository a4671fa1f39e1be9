"""What learners handed in, looked at before anything is graded: readable, complete, whose."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graders.answers import SIDECAR, AnswersFile
from graders.course import Course
from graders.errors import AnswersError

MAX_NOTEBOOK_BYTES = 50_000_000


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
        remarks: What a person should know although it can be graded.
    """

    student: str
    folder: Path
    digest: str
    content: str
    problem: str | None = None
    remarks: tuple[str, ...] = ()


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
    remarks: list[str] = []
    problems: list[str] = []
    for name in expected:
        path = folder / f"{name}.ipynb"
        if not path.exists():
            remark = _adopt(folder, path, expected)
            if remark is None:
                present = sorted(p.name for p in folder.iterdir()) if folder.is_dir() else []
                listed = ", ".join(present[:5]) or "nothing"
                problems.append(f"no notebook {path.name} (handed in: {listed})")
                continue
            remarks.append(remark)
        problem = _unreadable(path)
        if problem:
            problems.append(f"{path.name} {problem}")
    return Handed(
        student=student,
        folder=folder,
        digest=_digest(folder),
        content="" if problems else _content(folder, expected, stubs),
        problem="; ".join(problems) or None,
        remarks=tuple(remarks),
    )


def _adopt(folder: Path, path: Path, expected: list[str]) -> str | None:
    """Copy the one notebook that was handed in under another name to the name it should have.

    The learner's own file stays. `None` if there is no such notebook, or more than one.
    """
    others = [
        other
        for other in folder.glob("*.ipynb")
        if other.stem not in expected and other.is_file() and not other.is_symlink()
    ]
    if len(others) != 1 or _unreadable(others[0]):
        return None
    if not any(True for _ in _graded_cells(_load(others[0]))):
        return None
    shutil.copyfile(others[0], path)
    return f"handed in as {others[0].name!r}; graded as {path.name}"


def _unreadable(path: Path) -> str | None:
    """Why *path* cannot be read as a notebook, in words, or `None`."""
    try:
        if path.stat().st_size > MAX_NOTEBOOK_BYTES:
            return f"is larger than {MAX_NOTEBOOK_BYTES // 1_000_000} MB"
        notebook = json.loads(path.read_bytes())
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    except (ValueError, RecursionError):
        return "is not valid JSON (a damaged or half-saved file)"
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        return "is not a notebook"
    return None


def _load(path: Path) -> dict[str, Any]:
    notebook: dict[str, Any] = json.loads(path.read_bytes())
    return notebook


def _graded_cells(notebook: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """`(grade_id, source)` of each cell that the learner was to fill in."""
    for cell in notebook["cells"]:
        if not isinstance(cell, dict):
            continue
        metadata = cell.get("metadata")
        own = metadata.get("nbgrader") if isinstance(metadata, dict) else None
        if isinstance(own, dict) and own.get("solution") and own.get("grade_id"):
            source = cell.get("source", "")
            text = "".join(map(str, source)) if isinstance(source, list) else str(source)
            yield str(own["grade_id"]), text


def _content(folder: Path, expected: list[str], stubs: set[str]) -> str:
    pieces = []
    for name in expected:
        for _, source in _graded_cells(_load(folder / f"{name}.ipynb")):
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
        if path.exists() and not _unreadable(path):
            stubs |= {" ".join(source.split()) for _, source in _graded_cells(_load(path))}
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
