"""Answers, and the sidecar file that widgets write them to.

JupyterLab does not save widget state by default and autograding would drop it, so
`answers.json` beside the notebook is the truth. The file is written by learners' machines and
read by graders: on reading it is hostile until proven otherwise.
"""

from __future__ import annotations

import json
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from graders.errors import AnswersError

try:
    import fcntl
except ImportError:  # Windows; two notebooks in one folder are not kept apart there
    fcntl = None  # type: ignore[assignment]

SIDECAR = "answers.json"
MAX_ANSWER_CHARS = 200_000
MAX_FILE_BYTES = 5_000_000
SCHEMA_VERSION: Final = 1
_LOCK_SECONDS = 10


class Answer(BaseModel):
    """What a learner answered to one question.

    Attributes:
        question_id: Id of the question.
        text: The learner's own words. Data, never instructions.
        source: Where the text was found.
        suspicious: Whether the gates took out what speaks to the grader, or what nobody would see.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    question_id: str
    text: str
    source: Literal["api", "cell", "widget", "file"] = "api"
    suspicious: bool = False


class SavedAnswer(BaseModel):
    """One entry of the sidecar: the text as it stands, draft or submitted."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    question_id: str = Field(max_length=200)
    text: str = Field(max_length=MAX_ANSWER_CHARS)
    saved_at: datetime
    submitted_at: datetime | None = None


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    schema_version: Literal[1] = SCHEMA_VERSION
    answers: dict[str, SavedAnswer] = Field(default_factory=dict)


class AnswersFile:
    """The sidecar of one notebook: `grade_id` -> `SavedAnswer`, replaced atomically on write."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> dict[str, SavedAnswer]:
        """All saved answers; empty if there is no file.

        Raises:
            AnswersError: If the file is too large, not JSON, not of this shape, or written by
                a newer version of the kit.
        """
        where = str(self.path)
        try:
            # A pipe would be waited for for ever, and a link may lead to somebody else's file.
            if not stat.S_ISREG(self.path.lstat().st_mode):
                raise AnswersError(
                    "is a link, a folder or a device", where=where, fix="Put a plain file there"
                )
            if self.path.stat().st_size > MAX_FILE_BYTES:
                raise _too_large(where)
            raw = json.loads(self.path.read_bytes())
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise AnswersError(
                f"cannot be read ({error.strerror})", where=where, fix="Check the file's rights"
            ) from None
        except (ValueError, RecursionError):
            raise AnswersError(
                "not valid JSON", where=where, fix="Restore it from a copy, or answer again"
            ) from None
        return _parse(raw, where)

    def save(
        self, grade_id: str, question_id: str, text: str, *, submitted: bool = False
    ) -> SavedAnswer:
        """Store *text* as the answer of *grade_id*, keeping all other entries.

        Raises:
            AnswersError: If the text is too long or no text, the file would become too large,
                or it cannot be read or written. What was saved before stays as it was.
        """
        if len(text) > MAX_ANSWER_CHARS:
            raise AnswersError(
                f"the answer has {len(text):,} characters; {MAX_ANSWER_CHARS:,} are accepted",
                where=grade_id,
                fix="Shorten it",
            )
        try:
            with _locked(self.path):
                return self._add(grade_id, question_id, text, submitted)
        except OSError as error:
            raise AnswersError(
                f"cannot be written ({error.strerror})",
                where=str(self.path),
                fix="Free some space or check the folder's rights; your text is still in the box",
            ) from None

    def _add(self, grade_id: str, question_id: str, text: str, submitted: bool) -> SavedAnswer:
        answers = self.read()
        now = datetime.now(UTC)
        before = answers.get(grade_id)
        submitted_at = now if submitted else (before.submitted_at if before else None)
        try:
            entry = SavedAnswer(
                question_id=question_id, text=text, saved_at=now, submitted_at=submitted_at
            )
            content = _File(answers={**answers, grade_id: entry})
        except ValidationError as error:
            raise _first_fault(error, grade_id, "Remove it and save again") from None
        data = content.model_dump_json(indent=1).encode()
        if len(data) > MAX_FILE_BYTES:
            raise _too_large(str(self.path))
        self._replace(data)
        return entry

    def _replace(self, data: bytes) -> None:
        handle, temporary = tempfile.mkstemp(dir=self.path.parent, prefix=".answers-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(self.path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


def _parse(raw: Any, where: str) -> dict[str, SavedAnswer]:
    version = raw.get("schema_version") if isinstance(raw, dict) else None
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise AnswersError(
            f"the file was written by a newer version of the kit (schema {version})",
            where=where,
            fix="Update seniorkit",
        )
    try:
        return _File.model_validate(raw).answers
    except ValidationError as error:
        raise _first_fault(error, where, "Was it edited by hand?") from None


def _first_fault(error: ValidationError, where: str, fix: str) -> AnswersError:
    fault = error.errors(include_url=False)[0]
    key = ".".join(map(str, fault["loc"]))[:200]
    what = {
        "string_unicode": "holds half a character, such as a cut emoji",
        "model_type": "should be a JSON object of keys and values",
    }.get(fault["type"], fault["msg"])
    return AnswersError(what, where=f"{where}: {key}" if key else where, fix=fix)


def _too_large(where: str) -> AnswersError:
    return AnswersError(
        f"larger than {MAX_FILE_BYTES:,} bytes", where=where, fix="Shorten the answers"
    )


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Let one process or thread at a time change *path*.

    The lock file is removed while it is held, so that none is left beside the notebook; whoever
    then gets a lock on the removed file starts again with a new one.

    Raises:
        AnswersError: If another program keeps the lock for ten seconds.
        OSError: If no file can be made in the folder.
    """
    if fcntl is None:
        yield
        return
    lock = path.with_name(f".{path.name}.lock")
    deadline = time.monotonic() + _LOCK_SECONDS
    while (handle := _try_lock(lock)) is None:
        if time.monotonic() > deadline:
            raise AnswersError(
                "is being written by another program", where=str(path), fix="Try again in a moment"
            )
        time.sleep(0.01)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)
        os.close(handle)


def _try_lock(lock: Path) -> int | None:
    """A descriptor that holds *lock*, or `None` if another one does."""
    handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(handle), lock.stat()):
            return handle
    except (BlockingIOError, FileNotFoundError):
        pass
    except OSError:
        return handle  # A file system without locks: better to save unprotected than not at all.
    os.close(handle)
    return None
