"""How a learner's own request comes to the queue: a file beside the notebook, handed in with it.

`seniorkit appeal write` adds to `appeals.json` in the learner's folder of any assignment; it
travels with the next submission, and `take_requests` files what it holds. Who asks is known from
the folder that the exchange collected into, not from the file.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from graders.errors import AnswersError, SeniorkitError

if TYPE_CHECKING:
    from graders.course import Course
    from graders.gradebook.appeals import Appeal

FILE = "appeals.json"
MAX_BYTES, MAX_REQUESTS, MAX_TEXT = 200_000, 40, 4_000

_Name = Annotated[str, StringConstraints(min_length=1, max_length=128)]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Request(_Value):
    """What a learner asks to be looked at again."""

    assignment: _Name
    grade_id: _Name
    text: Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT)]


class _File(_Value):
    schema_version: int = Field(default=1, ge=1, le=1)
    requests: tuple[Request, ...] = Field(default=(), max_length=MAX_REQUESTS)


@dataclass(frozen=True)
class Taken:
    """What came of the requests that were handed in.

    Attributes:
        filed: The appeals that are new.
        problems: Learner -> why a request of theirs could not be filed.
    """

    filed: tuple[Appeal, ...]
    problems: dict[str, str]


def write_request(folder: Path, request: Request) -> Path:
    """Add a request to the file in a learner's folder; the same one is there once.

    Raises:
        AnswersError: If the file cannot be read or written, or would hold too many.
    """
    path = folder / FILE
    before = read_requests(path) if path.exists() else ()
    kept = (*(one for one in before if one != request), request)
    if len(kept) > MAX_REQUESTS:
        raise AnswersError(
            f"more than {MAX_REQUESTS} requests", where=str(path), fix="Take out old ones"
        )
    data = _File(requests=kept).model_dump_json(indent=1)
    try:
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=".appeals-")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(data)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        raise AnswersError(
            f"cannot be written ({error.strerror or error})",
            where=str(path),
            fix="Check the folder's rights and the free space",
        ) from None
    return path


def read_requests(path: Path) -> tuple[Request, ...]:
    """The requests in a learner's file.

    Raises:
        AnswersError: If it is no such file.
    """
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > MAX_BYTES:
            raise AnswersError(f"no file of at most {MAX_BYTES:,} bytes", where=path.name)
        return _File.model_validate(json.loads(path.read_bytes())).requests
    except (OSError, ValueError, RecursionError) as error:
        told = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        raise AnswersError(
            f"the requests cannot be read ({told[:200]})",
            where=path.name,
            fix="Write it with `seniorkit appeal write`",
        ) from None


def take_requests(course: Course) -> Taken:
    """File what learners handed in; what was filed before is not filed again.

    One learner's broken file stops no other's.

    Raises:
        StoreError: If the gradebook cannot be used.
    """
    from graders.cohorts.appeals import file_appeal
    from graders.gradebook.appeals import appeals
    from graders.gradebook.sessions import session_of

    with session_of(course.db_url) as session:
        known = {(a.place.student, a.place.assignment, a.place.grade_id, a.text)
                 for a in appeals(session)}  # fmt: skip
    filed: list[Appeal] = []
    problems: dict[str, str] = {}
    for path in sorted(course.folder("submitted", "*", "*").parent.parent.glob(f"*/*/{FILE}")):
        student = path.parent.parent.name
        try:
            for one in read_requests(path):
                text = one.text.encode(errors="replace").decode().strip()
                key = (student, one.assignment, one.grade_id, text)
                if key not in known:
                    known.add(key)
                    filed.append(file_appeal(course, student, one.assignment, one.grade_id, text))
        except SeniorkitError as error:
            problems[student] = str(error)
    return Taken(tuple(filed), problems)
