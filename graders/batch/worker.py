"""Grades one submission with nbgrader's own autograder in a private course; bytes in, bytes out.

Runs in a process of ours on this machine or another one. It has neither the gradebook nor keys;
learners' code runs in a kernel of its own.
"""

from __future__ import annotations

import atexit
import filecmp
import hashlib
import json
import threading
import warnings
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from nbgrader.converters.base import NbGraderException
from sqlalchemy.exc import SAWarning
from traitlets import TraitError

from graders.batch.converting import converter_for
from graders.batch.scratch import ScratchCourse, read_folder
from graders.batch.task import (
    MAX_RESULT_BYTES,
    MAX_SUBMISSION_BYTES,
    CellResult,
    CommentResult,
    CoursePack,
    Deferred,
    Result,
    Task,
    quoted,
    total,
)
from graders.checks import Observation
from graders.course import NbgraderLog
from graders.errors import SeniorkitError
from graders.kernels import isolation
from graders.kernels.forkserver import server_for
from graders.submitted import why_unreadable

NOTE = "seniorkit"
"""Key of the notebook metadata in which the plug-ins leave what they noted."""

_ONE_AT_A_TIME = threading.Lock()
"""nbgrader changes the folder of the whole process while it works."""

_OF_THE_MACHINE = (
    "No space left on device", "File too large", "Disk quota exceeded", "Too many open files",
    "disk I/O error", "database or disk is full", "Read-only file system", "ImportError: ",
    "ModuleNotFoundError: ", "NoSuchKernel: ",
)  # fmt: skip
"""What nbgrader logs when the worker's machine is at fault, whatever the submission is like."""

_courses: dict[str, ScratchCourse] = {}


def run(pack: bytes, task: bytes) -> bytes:
    """Grade one submission.

    Args:
        pack: An encoded `CoursePack`.
        task: An encoded `Task`.

    Returns:
        An encoded `Result`; whatever is wrong with the submission is said there.
    """
    with _ONE_AT_A_TIME:
        student = "?"
        try:
            submission = Task.decode(task)
            student = submission.student
            result = _graded(_course(pack), submission)
        except Exception as error:
            result = Result(student=student, error=_told(error), retry=_is_of_the_machine(error))
        encoded = result.encode()
        if len(encoded) > MAX_RESULT_BYTES:
            return Result(student=student, error="what came out of it is too large").encode()
        return encoded


def _course(pack: bytes) -> ScratchCourse:
    """The private course of this process; another one is made when another pack comes."""
    digest = hashlib.sha256(pack).hexdigest()
    if digest not in _courses:
        close()
        opened = CoursePack.decode(pack)
        for name, expected in opened.versions.items():
            if version(name) != expected:
                raise SeniorkitError(
                    f"this worker has {name} {version(name)}, the controller {expected}",
                    fix="Install the same version on both",
                )
        _courses[digest] = ScratchCourse(opened)
        warnings.filterwarnings("ignore", category=SAWarning)  # nbgrader's own, harmless
    return _courses[digest]


def prepare(pack: bytes) -> None:
    """Make the private course and start the kernels' server, before the first task comes."""
    with _ONE_AT_A_TIME:
        course = _course(pack)
    preload = course.pack.config.get("SeniorkitProvisioner", {}).get("preload")
    runs_code = course.rows("SELECT 1 FROM grade_cells WHERE cell_type = 'code'")
    if runs_code and isolation() and isinstance(preload, list):
        server_for(isolation(), tuple(preload))


@atexit.register
def close() -> None:
    """Remove this process's private courses."""
    for digest in list(_courses):
        _courses.pop(digest).close()


def _graded(course: ScratchCourse, task: Task) -> Result:
    course.hand_in(task)
    for name in course.pack.notebooks:
        path = course.folder("submitted", task.student) / f"{name}.ipynb"
        if path.is_file() and why_unreadable(path):
            # Let nbgrader register it and fail at once; 100,000 cells would take it minutes.
            path.write_bytes(b"")
    converter = converter_for(course, task.student)
    log = NbgraderLog.of(converter)
    error = None
    try:
        converter.start()
    except (NbGraderException, SeniorkitError) as failed:
        error = log.cause() or str(failed)
        lines = [*log.lines, error]
        if any(sign in line for line in lines for sign in _OF_THE_MACHINE):
            return Result(student=task.student, error=error, retry=True)
    return _result(course, task.student, error)


def _result(course: ScratchCourse, student: str, error: str | None) -> Result:
    folder = course.folder("autograded", student)
    notes = _Notes()
    files: dict[str, bytes] = {}
    copied: dict[str, Any] = {}
    for name, path in read_folder(folder) if error is None else ():
        if Path(name).parent == Path() and path.suffix == ".ipynb":
            files[quoted(name)] = notes.taken_from(path)
            continue
        same = _copied_from(course, student, name, path)
        if same:
            copied[quoted(name)] = same
        else:
            files[quoted(name)] = path.read_bytes()
        if total(files) > MAX_SUBMISSION_BYTES:
            return Result(student=student, error="what came out of it is too large")
    submitted = course.rows("SELECT timestamp FROM submitted_assignment")
    present = _present(course, student)
    return Result(
        student=student,
        error=error,
        registered=bool(submitted),
        timestamp=_time(submitted[0][0]) if submitted else None,
        cells=tuple(_cells(course, present, notes)),
        comments=tuple(
            CommentResult(notebook=notebook, grade_id=name, text=text)
            for notebook, name, text in course.rows(_COMMENTS)
        ),
        deferred=tuple(notes.deferred),
        observations=notes.observations,
        remarks=tuple(notes.remarks),
        unchecked=notes.unchecked,
        files=files,
        copied=copied,
        graded=tuple(sorted(present)) if error is None else (),
        unsafe=_unsafe(course.pack.trust),
    )


def _unsafe(trust: bool) -> str:
    """What to say where code is not kept apart."""
    found = isolation()
    if found:
        return ""
    if trust:
        return f"Learners' code ran without a sandbox: {found.reason}."
    return f"Learners' code was not run, because there is no sandbox: {found.reason}."


class _Notes:
    """What the plug-ins noted in the autograded notebooks."""

    def __init__(self) -> None:
        self.deferred: list[Deferred] = []
        self.observations: dict[str, tuple[Observation, ...]] = {}
        self.remarks: list[str] = []
        self.unrun: set[tuple[str, str]] = set()
        self.untrusted: set[str] = set()
        self.unchecked = False

    def taken_from(self, path: Path) -> bytes:
        """Collect the notes of one notebook; its bytes without what is for the controller only."""
        content = path.read_bytes()
        notebook = json.loads(content)
        note = notebook.get("metadata", {}).get(NOTE, {})
        for cell in notebook["cells"]:
            if any(output.get("ename") == "KernelDied" for output in cell.get("outputs", [])):
                name = cell["metadata"].get("nbgrader", {}).get("grade_id")
                self.unrun.add((path.stem, str(name)))
        self.remarks += [str(remark) for remark in note.get("remarks", [])]
        if note.get("unrun") or note.get("tampered") or note.get("unchecked"):
            self.untrusted.add(path.stem)
        self.unchecked = self.unchecked or bool(note.get("unchecked"))
        deferred, observed = note.pop("deferred", None), note.pop("observations", None)
        if deferred is None and observed is None:
            return content
        self.deferred += [Deferred(notebook=path.stem, **entry) for entry in deferred or ()]
        if observed:
            self.observations[path.stem] = tuple(map(Observation.model_validate, observed))
        # As nbformat writes it, so the file is what plain nbgrader would have left.
        text = json.dumps(
            notebook, ensure_ascii=False, indent=1, sort_keys=True, separators=(",", ": ")
        )
        return f"{text}\n".encode()


def _cells(course: ScratchCourse, present: set[str], notes: _Notes) -> list[CellResult]:
    cells = []
    for notebook, name, points, review, kind in course.rows(_GRADES):
        # What did not run, or in a kernel that lies or is silent, has no points; a person decides.
        unsure = notebook in notes.untrusted and kind == "code"
        review = bool(review) or unsure or (notebook, name) in notes.unrun
        cells.append(
            CellResult(
                notebook=notebook,
                grade_id=name,
                points=None if unsure else points,
                needs_review=review,
                missing=notebook not in present,
            )
        )
    return cells


def _present(course: ScratchCourse, student: str) -> set[str]:
    """The notebooks that were handed in, also under a name that was put right."""
    folder = course.folder("submitted", student)
    return {name for name in course.pack.notebooks if (folder / f"{name}.ipynb").exists()}


def _copied_from(course: ScratchCourse, student: str, name: str, path: Path) -> str | None:
    """Whose file an autograded file is a copy of, unless it has been changed."""
    for owner, folder in (
        ("source", course.source),
        ("submitted", course.folder("submitted", student)),
    ):
        original = folder / name
        if original.is_file() and filecmp.cmp(original, path, shallow=False):
            return owner
    return None


def _time(value: object) -> datetime | None:
    return datetime.fromisoformat(str(value)) if value else None


def _told(error: Exception) -> str:
    if isinstance(error, SeniorkitError):
        return str(error)
    return f"{type(error).__name__}: {error}"[:500]


def _is_of_the_machine(error: Exception) -> bool:
    return isinstance(error, ImportError | OSError | SeniorkitError | TraitError) or any(
        sign in str(error) for sign in _OF_THE_MACHINE
    )


_GRADES = """
SELECT n.name, c.name, g.auto_score, g.needs_manual_grade, coalesce(k.cell_type, 'task')
FROM grade g JOIN submitted_notebook s ON g.notebook_id = s.id
JOIN notebook n ON s.notebook_id = n.id JOIN base_cell c ON g.cell_id = c.id
LEFT JOIN grade_cells k ON k.id = c.id
"""
_COMMENTS = """
SELECT n.name, c.name, m.auto_comment
FROM comment m JOIN submitted_notebook s ON m.notebook_id = s.id
JOIN notebook n ON s.notebook_id = n.id JOIN base_cell c ON m.cell_id = c.id
"""
