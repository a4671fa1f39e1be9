"""A worker's private course: a folder with the assignment, and a gradebook with its structure only.

It is made once for each process and used for one submission after the other. A folder that a
killed worker left behind is removed by the next one.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event

from graders.batch import once
from graders.batch.task import CoursePack, Task, unquoted

try:
    import fcntl
except ImportError:  # Windows: folders of killed workers stay until the machine tidies up
    fcntl = None  # type: ignore[assignment]

PREFIX = "seniorkit-worker-"
ROOM = 1_000_000_000
"""Free bytes that memory must have, so that the folder lies there."""
_LOCK = "lock"


class ScratchCourse:
    """The private course of this process for one assignment.

    Args:
        pack: What to know of the course.
    """

    def __init__(self, pack: CoursePack) -> None:
        self.pack = pack
        base = _base()
        _sweep(base)
        made = Path(tempfile.mkdtemp(prefix=f".{PREFIX}", dir=base)).resolve()
        self._lock = (made / _LOCK).open("w")
        if fcntl is not None:
            fcntl.flock(self._lock, fcntl.LOCK_EX)
        # Only now does it get a name under which another worker looks whether it is still used.
        self.root = made.rename(made.with_name(made.name[1:]))
        self.source = self.root / "source" / pack.assignment
        _write(self.source, pack.source)
        _write(self.root, pack.modules)
        if pack.modules and str(self.root) not in sys.path:
            sys.path.append(str(self.root))
        self.db_url = f"sqlite:///{self.root / 'gradebook.db'}"
        (self.root / "gradebook.db").write_bytes(b"")
        self._open_gradebook()

    def folder(self, step: str, student: str) -> Path:
        """The learner's folder of one step (`submitted`, `autograded`)."""
        return self.root / step / student / self.pack.assignment

    def hand_in(self, task: Task) -> None:
        """Forget the submission before and put in this one."""
        for step in ("submitted", "autograded"):
            shutil.rmtree(self.root / step, ignore_errors=True)
        folder = self.folder("submitted", task.student)
        folder.mkdir(parents=True)
        _write(folder, task.files)
        self._reset()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of the scratch gradebook."""
        with self._engine.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query)]

    def close(self) -> None:
        """Remove the folder."""
        once.unshare(self.db_url)
        self._engine.dispose()
        with contextlib.suppress(ValueError):
            sys.path.remove(str(self.root))
        shutil.rmtree(self.root, ignore_errors=True)
        self._lock.close()

    def _open_gradebook(self) -> None:
        engine = create_engine(self.db_url, future=True)

        @event.listens_for(engine, "connect")
        def _(connection: Any, record: object) -> None:
            # What is lost with the machine is graded again: there is nothing to wait for.
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("PRAGMA journal_mode = MEMORY")

        self._engine = engine
        self._reset()
        once.share(self.db_url, engine)

    def _reset(self) -> None:
        """Put the gradebook back to the structure alone."""
        raw = self._engine.raw_connection()
        try:
            template = sqlite3.connect(":memory:")
            template.deserialize(self.pack.structure)
            target: Any = raw.driver_connection
            template.backup(target)
            template.close()
        finally:
            raw.close()


def _write(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / unquoted(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def read_folder(folder: Path) -> Iterator[tuple[str, Path]]:
    """(Path within *folder*, path) of every ordinary file in it, sorted."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield str(path.relative_to(folder)), path


def _base() -> Path:
    memory = Path("/dev/shm")
    if memory.is_dir() and os.access(memory, os.W_OK):
        with contextlib.suppress(OSError):
            if shutil.disk_usage(memory).free > ROOM:
                return memory
    return Path(tempfile.gettempdir())


def _sweep(base: Path) -> None:
    """Remove the folders of workers that are no more."""
    if fcntl is None:
        return
    for folder in base.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if folder.stat().st_uid != os.getuid():
                continue
            with (folder / _LOCK).open() as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
