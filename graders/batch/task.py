"""What crosses the border between the controller and a worker: frozen values, JSON, size-limited.

A task holds one submission's bytes and nothing secret: no address of the gradebook, no key, no
expected value. A result is checked as if a stranger had sent it.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePosixPath
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import quote_from_bytes, unquote_to_bytes

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from graders.checks import Observation
from graders.errors import StoreError

MAX_SUBMISSION_BYTES: Final = 200_000_000
"""Size of all files of one submission together."""
MAX_RESULT_BYTES: Final = 200_000_000
MAX_FILES: Final = 5_000
MAX_TEXT: Final = 1_000_000
_LEVEL = 1


def _relative(name: str) -> str:
    path = PurePosixPath(os.fsdecode(unquote_to_bytes(name)))
    if path.is_absolute() or not path.parts or {"..", "."} & set(path.parts) or "\0" in str(path):
        raise ValueError("not a path inside a folder")
    if len(str(path)) > 1_000 or max(len(os.fsencode(part)) for part in path.parts) > 255:
        raise ValueError("too long for a path")
    return name


def _name(text: str) -> str:
    if not text or "/" in text or "\0" in text or text in (".", ".."):
        raise ValueError("not the name of a folder")
    return text


Name = Annotated[str, Field(max_length=255), AfterValidator(_name)]
FileName = Annotated[str, Field(max_length=4_000), AfterValidator(_relative)]
Text = Annotated[str, Field(max_length=MAX_TEXT)]
Files = Annotated[dict[FileName, bytes], Field(max_length=MAX_FILES)]


def quoted(path: str) -> str:
    """A file's path as ASCII, whatever bytes its name is made of."""
    return quote_from_bytes(os.fsencode(path), safe="/ ")


def unquoted(name: str) -> str:
    """The path that `quoted` wrote."""
    return os.fsdecode(unquote_to_bytes(name))


class _Message(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64"
    )

    def encode(self) -> bytes:
        """The message as compressed JSON."""
        return zlib.compress(self.model_dump_json().encode(), _LEVEL)

    @classmethod
    def decode(cls, message: bytes, limit: int = MAX_RESULT_BYTES) -> Self:
        """Read a message; nothing is unpacked beyond *limit* bytes.

        Raises:
            StoreError: If it is not one.
        """
        unpacking = zlib.decompressobj()
        try:
            text = unpacking.decompress(message, 2 * limit)
            if unpacking.unconsumed_tail:
                raise ValueError("it is too large")
            return cls.model_validate_json(text)
        except (zlib.error, ValidationError, ValueError) as error:
            first = str(error).splitlines()[0][:200]
            raise StoreError(f"a {cls.__name__.lower()} cannot be read ({first})") from None


class CoursePack(_Message):
    """What a worker has to know of the course; the same for all submissions of an assignment.

    Attributes:
        assignment: Name of the assignment.
        notebooks: Names of the released notebooks, without suffix.
        config: The course's configuration as JSON, without what is secret or of another machine.
        python: Text of the configuration, if it defines functions that `functions` names.
        functions: Options (`Section.name`) whose values are functions of `python`.
        modules: Python files beside the configuration, which it may import.
        source: The instructor's support files and rubrics, and what the kernel is to be asked.
        structure: The assignment's structure as a SQLite file.
        trust: Whether code may run without a sandbox.
        versions: Package -> version that the controller has.
    """

    assignment: Name
    notebooks: tuple[Name, ...]
    config: dict[str, Any]
    python: str = ""
    functions: tuple[str, ...] = ()
    modules: Files = {}
    source: Files = {}
    structure: bytes
    trust: bool = False
    versions: dict[str, str] = {}


class Task(_Message):
    """One submission: the learner's id and files."""

    student: Name
    files: Files


class CellResult(_Message):
    """What was found for one grade cell."""

    notebook: Name
    grade_id: Text
    points: float | None = Field(allow_inf_nan=False)
    needs_review: bool
    missing: bool = False


class CommentResult(_Message):
    """The automatic comment on one cell."""

    notebook: Name
    grade_id: Text
    text: Text | None


class Deferred(_Message):
    """A free-text answer that the controller lets a judge read."""

    notebook: Name
    grade_id: Text
    text: Text
    flags: tuple[Text, ...] = ()


class Result(_Message):
    """What became of one submission.

    Attributes:
        student: The learner's id.
        error: Why it could not be graded, in words, or `None`.
        retry: Whether the machine was to blame and not the submission.
        registered: Whether nbgrader came as far as registering the submission.
        timestamp: When it was handed in (UTC, naive).
        cells: All grade cells.
        comments: All comments.
        deferred: Answers to be judged.
        observations: Notebook -> what the kernel was asked after all cells had run.
        remarks: What a person should know.
        unchecked: Whether the kernel was too slow for its tests to be believed.
        files: The autograded files, but for those in `copied`.
        copied: Autograded files that are as they were in the instructor's or learner's folder.
        graded: Names of the notebooks that were graded.
        unsafe: Why code had to run without a sandbox, or did not run; empty if it ran in one.
    """

    student: Name
    error: Text | None = None
    retry: bool = False
    registered: bool = False
    timestamp: datetime | None = None
    cells: tuple[CellResult, ...] = ()
    comments: tuple[CommentResult, ...] = ()
    deferred: tuple[Deferred, ...] = ()
    observations: dict[Name, tuple[Observation, ...]] = {}
    remarks: tuple[Text, ...] = ()
    unchecked: bool = False
    files: Files = {}
    copied: dict[FileName, Literal["source", "submitted"]] = {}
    graded: tuple[Name, ...] = ()
    unsafe: Text = ""


def total(files: Mapping[str, bytes]) -> int:
    """Size of all *files* in bytes."""
    return sum(map(len, files.values()))
