"""Where one person's files are: in the course's folder, in the exchange, and in what others read."""

from __future__ import annotations

import html
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from graders.cohorts.exchange import CourseExchange, page_name
from graders.course import Course, known_assignments
from graders.gradebook.personal import mention
from graders.submitted import SECRET

STEPS = ("submitted", "autograded", "feedback")
MADE = ("reports", "exports")
"""Folders whose files this kit can write again."""

_LARGEST = 200_000_000
_DATABASES = (".db", ".sqlite3", ".sqlite", "-wal", "-shm", "-journal")


@dataclass(frozen=True)
class Traces:
    """What lies where.

    Attributes:
        own: Files and folders of this person alone.
        made: Reports and exports that mention them; they can be written again.
        others: Other files that mention them, which only a person can judge.
        databases: Copies of databases that may hold them.
    """

    own: tuple[Path, ...]
    made: tuple[Path, ...]
    others: tuple[Path, ...]
    databases: tuple[Path, ...]


def find_traces(
    course: Course, exchange: CourseExchange | None, student: str, words: Sequence[str]
) -> Traces:  # fmt: skip
    """Look through the course and the exchange.

    Args:
        course: The course.
        exchange: Its exchange, if it has one that lies in a folder.
        student: The learner's id.
        words: How reports may call them: id, name, address, pseudonym.
    """
    own = [*_steps(course, student), *_in_exchange(course, exchange, student)]
    made: list[Path] = []
    others: list[Path] = []
    databases: list[Path] = []
    # What other learners wrote, whoever it mentions, is theirs; and there may be gigabytes of it.
    works = {course.folder(step, "x", "y").relative_to(course.root).parts[0] for step in STEPS}
    for path in _files(course.root):
        parts = path.relative_to(course.root).parts
        if parts[0] in works or any(one in path.parents for one in own):
            continue
        if path.name.endswith(_DATABASES) or ".db." in path.name:
            if not _is_live(course, path):
                databases.append(path)
        elif _mentions(path, words):
            (made if parts[0] in MADE else others).append(path)
    return Traces(tuple(own), tuple(made), tuple(others), tuple(databases))


def files_below(paths: Sequence[Path]) -> list[Path]:
    """All ordinary files in *paths*, which are files and folders."""
    found = []
    for path in paths:
        found += [path] if path.is_file() else [one for one in _files(path)]
    return found


def _steps(course: Course, student: str) -> Iterator[Path]:
    for step in STEPS:
        anywhere = course.folder(step, student, "x").parent
        if anywhere.name == student:
            if anywhere.is_dir() and not anywhere.is_symlink():
                yield anywhere
            continue
        for assignment in known_assignments(course):  # another structure of folders
            folder = course.folder(step, student, assignment)
            if folder.is_dir():
                yield folder


def _in_exchange(course: Course, exchange: CourseExchange | None, student: str) -> Iterator[Path]:
    """What they submitted there, and the pages that were released for it."""
    if exchange is None or exchange.root is None or not exchange.root.is_dir():
        return
    handed = []
    if exchange.inbound.is_dir():
        handed = [p for p in sorted(exchange.inbound.iterdir()) if p.name.startswith(f"{student}+")]
        yield from (path for path in handed if path.is_dir() and not path.is_symlink())
    folders = [
        *handed,
        *(f for one in _steps(course, student) for f in one.iterdir() if f.is_dir()),
    ]
    pages = set()
    for folder in folders:
        secret = folder / SECRET
        if secret.is_file() and not secret.is_symlink():
            for notebook in folder.glob("*.ipynb"):
                pages.add(exchange.feedback / page_name(secret.read_text("utf-8"), notebook.stem))
    yield from sorted(page for page in pages if page.is_file())


def _files(root: Path) -> Iterator[Path]:
    """Ordinary files below *root*, without the instructor's and without what is no part of it."""
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if parts[0] in ("source", "release", ".git", ".venv", "node_modules"):
            continue
        if path.is_file() and not path.is_symlink():
            yield path


def _is_live(course: Course, path: Path) -> bool:
    """Whether *path* belongs to the gradebook or to the ledger, which are cleaned in themselves."""
    live = Path(course.db_url.removeprefix("sqlite:///"))
    ledger = course.root / ".seniorkit" / "ledger.sqlite3"
    return any(path.name in (one.name, *(one.name + end for end in _DATABASES)) and path.parent == one.parent for one in (live, ledger))  # fmt: skip


def _mentions(path: Path, words: Sequence[str]) -> bool:
    """Whether the name or the content of *path* has one of *words* in it, in whatever notation."""
    if path.stat().st_size > _LARGEST:
        return False
    patterns = [mention(form) for word in words for form in _forms(word)]
    if any(pattern.search(path.name) for pattern in patterns):
        return True
    if zipfile.is_zipfile(path):
        return _archive_mentions(path, patterns)
    text = path.read_bytes().decode("utf-8", errors="replace")
    return any(pattern.search(text) for pattern in patterns)


def _archive_mentions(path: Path, patterns: Sequence[object]) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            names = "\n".join(archive.namelist())
    except (zipfile.BadZipFile, OSError):
        return False
    return any(pattern.search(names) for pattern in patterns)  # type: ignore[attr-defined]


def _forms(word: str) -> set[str]:
    """*word* as it stands in a text, in JSON and in HTML."""
    return {word, json.dumps(word)[1:-1], html.escape(word), html.escape(word, quote=False)}
