"""Feedback pages: one for each graded notebook, self-contained and safe to open."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from graders.batch.executors import _main_unseen, context
from graders.course import Course, NbgraderLog, open_course
from graders.errors import StoreError
from graders.feedback import Material, render, stamp, stamp_of
from graders.gradebook.returned import ReturnedNotebook, load_returned
from graders.submitted import SECRET, TIMESTAMP

OURS = {"GetGrades", "PrepareFeedback", "CSSHTMLHeaderPreprocessor"}
"""What our pages do themselves; a course that lists more, or other templates, gets its own pages."""

WORTH_PROCESSES = 1_200
"""Pages from which several processes are faster: starting them takes as long as 600 pages."""


@dataclass(frozen=True)
class _Page:
    """One page that is to be written."""

    notebook: Path
    target: Path
    stamp: str
    returned: ReturnedNotebook


def write_feedback(root: Path, assignment: str, *, workers: int | None = None) -> list[Path]:
    """Write `feedback/LEARNER/ASSIGNMENT/*.html` for every autograded submission.

    A page that would come out as it is already is not written again. A course whose configuration
    has pages of its own (other preprocessors, templates or hooks) gets those, from nbgrader.

    Args:
        root: The course's folder.
        assignment: Name of the assignment.
        workers: Processes at most; as many as there are processors if absent.

    Returns:
        The pages, sorted.

    Raises:
        StoreError: If one of them could not be written; the others are.
    """
    course = open_course(root)
    folder = course.folder("autograded", "*", assignment).parent.parent
    if not list(folder.glob(f"*/{assignment}")):
        return []
    if _has_own_pages(course):
        return _by_nbgrader(course, assignment)
    writing = _Writing(course, assignment)
    failed = writing.write(workers or os.cpu_count() or 1)
    if failed:
        name, why = next(iter(failed.items()))
        raise StoreError(
            f"{len(failed)} feedback pages could not be written (the first: {name}: {why})",
            where=str(course.folder("feedback", "*", assignment)),
            fix="Correct that; the same command writes what is missing",
        )
    return sorted(writing.expected)


class _Writing:
    """The pages of one assignment."""

    def __init__(self, course: Course, assignment: str) -> None:
        self._course = course
        self._assignment = assignment
        self._returned = load_returned(course.db_url, assignment)
        self._materials = _materials(course, assignment)
        self._facts = {name: _fact(material) for name, material in self._materials.items()}
        shared = bool(course.directory.groupshared)
        usual = 664 if shared else 644
        wanted = course.config.GenerateFeedback.get("permissions", usual)
        self._permissions = int(str(wanted), 8)
        self._shared = shared
        self.expected: list[Path] = []

    def write(self, workers: int) -> dict[str, str]:
        """Write what has changed; what could not be written, and why."""
        failed: dict[str, str] = {}
        pages: list[_Page] = []
        for notebook, target, returned in self._all():
            self.expected.append(target)
            try:
                made_from = self._stamp(notebook, returned)
            except OSError as error:
                failed[str(target)] = str(error.strerror or error)
                continue
            if stamp_of(target) != made_from or not _has_beside(notebook, target):
                pages.append(_Page(notebook, target, made_from, returned))
        self._make_folders(pages)
        for target, why in self._written(pages, workers):
            if why:
                failed[str(target)] = why
        return failed

    def _all(self) -> Iterator[tuple[Path, Path, ReturnedNotebook]]:
        """Notebook, page and grades; pages that nothing stands behind any more are removed."""
        for (student, name), returned in sorted(self._returned.items()):
            notebook = self._course.folder("autograded", student, self._assignment)
            target = self._course.folder("feedback", student, self._assignment) / f"{name}.html"
            path = notebook / f"{name}.ipynb"
            if path.is_file() and not path.is_symlink():
                yield path, target, returned
            else:
                target.unlink(missing_ok=True)

    def _stamp(self, notebook: Path, returned: ReturnedNotebook) -> str:
        facts = [self._assignment, asdict(returned), self._facts.get(returned.notebook)]
        return stamp(notebook.read_bytes(), facts)

    def _make_folders(self, pages: Sequence[_Page]) -> None:
        for folder in {page.target.parent for page in pages}:
            folder.mkdir(parents=True, exist_ok=True)
            if self._shared:
                for path in (folder, folder.parent):
                    path.chmod(path.stat().st_mode | 0o2770)

    def _written(self, pages: Sequence[_Page], workers: int) -> Iterator[tuple[Path, str]]:
        task = (self._materials, self._assignment, self._permissions)
        if workers < 2 or len(pages) < WORTH_PROCESSES:
            yield from write_pages(pages, *task)
            return
        size = -(-len(pages) // (4 * workers))
        parts = [pages[at : at + size] for at in range(0, len(pages), size)]
        with ProcessPoolExecutor(workers, mp_context=context()) as pool:
            with _main_unseen():
                waiting = [_begun(pool, part, *task) for part in parts]
            for part, written in zip(parts, waiting, strict=True):
                try:
                    yield from written.result()
                except BrokenProcessPool:
                    why = "the process that writes it was ended from outside"
                    yield from ((page.target, why) for page in part)


def _begun(pool: ProcessPoolExecutor, *task: Any) -> Future[list[tuple[Path, str]]]:
    """Begin with some pages; that a process has died is told by the result alone."""
    try:
        return pool.submit(write_pages, *task)
    except BrokenProcessPool as broken:
        failed: Future[list[tuple[Path, str]]] = Future()
        failed.set_exception(broken)
        return failed


def write_pages(
    pages: Sequence[_Page], materials: dict[str, Material], assignment: str, permissions: int
) -> list[tuple[Path, str]]:
    """Write *pages* in this process; each with why it could not be written, or an empty text."""
    return [(page.target, _written(page, materials, assignment, permissions)) for page in pages]


def _written(page: _Page, materials: dict[str, Material], assignment: str, permissions: int) -> str:
    try:
        notebook = json.loads(page.notebook.read_bytes())
        material = materials.get(page.returned.notebook, Material())
        html = render(notebook, page.returned, material, assignment=assignment, stamp=page.stamp)
        fresh = page.target.with_name(f".{page.target.name}.new")
        fresh.write_text(html, encoding="utf-8", errors="replace")
        fresh.chmod(permissions)
        for name in _beside(page.notebook.parent):
            shutil.copyfile(page.notebook.with_name(name), page.target.with_name(name))
        fresh.replace(page.target)
    except OSError as error:
        return str(error.strerror or error)
    except Exception as error:
        # Whatever is odd about one notebook, the others have their pages.
        return f"{type(error).__name__}: {error}"[:300]
    return ""


def _beside(folder: Path) -> list[str]:
    """What `nbgrader release_feedback` wants to find beside a page, as far as it was handed in."""
    paths = [folder / name for name in (TIMESTAMP, SECRET)]
    return [path.name for path in paths if path.is_file() and not path.is_symlink()]


def _has_beside(notebook: Path, page: Path) -> bool:
    for name in _beside(notebook.parent):
        beside = page.with_name(name)
        if not beside.is_file() or beside.read_bytes() != notebook.with_name(name).read_bytes():
            return False
    return True


def _materials(course: Course, assignment: str) -> dict[str, Material]:
    questions = course.questions(assignment)
    found = {}
    for path in sorted(course.source(assignment).glob("*.ipynb")):
        found[path.stem] = Material.of(json.loads(path.read_bytes()), questions.get(path.stem, {}))
    return found


def _fact(material: Material) -> list[Any]:
    questions = {name: one.model_dump_json() for name, one in material.questions.items()}
    return [{text: dict(pictures) for text, pictures in material.texts.items()}, questions]


def _has_own_pages(course: Course) -> bool:
    """Whether the course's configuration decides how its feedback looks."""
    config = course.config
    listed = config.GenerateFeedback.get("preprocessors", [])
    names = {str(getattr(entry, "__name__", entry)).rpartition(".")[2] for entry in listed}
    hooks = {"pre_convert_hook", "post_convert_hook", "export_class"} & set(config.GenerateFeedback)
    return bool(names - OURS or hooks or "HTMLExporter" in config or "Feedback" in config)


def _by_nbgrader(course: Course, assignment: str) -> list[Path]:
    from nbgrader.converters import GenerateFeedback
    from nbgrader.converters.base import NbGraderException

    course.directory.assignment_id = assignment
    converter = GenerateFeedback(coursedir=course.directory, config=course.config)
    converter.force = True
    log = NbgraderLog.of(converter)
    try:
        converter.start()
    except NbGraderException as error:
        raise StoreError(
            f"not every feedback page could be written ({log.cause() or error})",
            where=str(course.folder("feedback", "*", assignment)),
            fix=f"Run `nbgrader generate_feedback {assignment}` to see the details",
        ) from None
    pages = course.folder("feedback", "*", assignment).parent.parent
    return sorted(pages.glob(f"*/{assignment}/*.html"))
