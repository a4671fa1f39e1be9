"""Answers, and the sidecar file that widgets write them to.

JupyterLab does not save widget state by default and autograding would drop it, so
`answers.json` beside the notebook is the truth. The file is written by learners' machines and
read by graders: on reading it is hostile until proven otherwise.
"""

from __future__ import annotations

import json
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from graders.errors import AnswersError

SIDECAR = "answers.json"
MAX_ANSWER_CHARS = 200_000
MAX_FILE_BYTES = 5_000_000


class Answer(BaseModel):
    """What a learner answered to one question.

    Attributes:
        question_id: Id of the question.
        text: The learner's own words. Data, never instructions.
        source: Where the text was found.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    question_id: str
    text: str
    source: Literal["api", "cell", "widget", "file"] = "api"


class SavedAnswer(BaseModel):
    """One entry of the sidecar: the text as it stands, draft or submitted."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    question_id: str = Field(max_length=200)
    text: str = Field(max_length=MAX_ANSWER_CHARS)
    saved_at: datetime
    submitted_at: datetime | None = None


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    schema_version: Literal[1] = 1
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
            if self.path.is_symlink():
                raise AnswersError("is a link", where=where, fix="Replace it by the file itself")
            if self.path.stat().st_size > MAX_FILE_BYTES:
                raise AnswersError(
                    f"larger than {MAX_FILE_BYTES:,} bytes", where=where, fix="Shorten the answers"
                )
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
        try:
            return _File.model_validate(raw).answers
        except ValidationError as error:
            fault = error.errors(include_url=False)[0]
            key = ".".join(map(str, fault["loc"]))
            raise AnswersError(
                fault["msg"], where=f"{where}: {key[:200]}", fix="Was it edited by hand?"
            ) from None

    def save(
        self, grade_id: str, question_id: str, text: str, *, submitted: bool = False
    ) -> SavedAnswer:
        """Store *text* as the answer of *grade_id*, keeping all other entries.

        Raises:
            AnswersError: If the text is too long, or the file cannot be read or written. What
                was saved before stays as it was.
        """
        if len(text) > MAX_ANSWER_CHARS:
            raise AnswersError(
                f"the answer has {len(text):,} characters; {MAX_ANSWER_CHARS:,} are accepted",
                where=grade_id,
                fix="Shorten it",
            )
        answers = self.read()
        now = datetime.now(UTC)
        before = answers.get(grade_id)
        submitted_at = now if submitted else (before.submitted_at if before else None)
        entry = SavedAnswer(
            question_id=question_id, text=text, saved_at=now, submitted_at=submitted_at
        )
        answers[grade_id] = entry
        self._replace(_File(answers=answers))
        return entry

    def _replace(self, content: _File) -> None:
        data = content.model_dump_json(indent=1)
        try:
            handle, temporary = tempfile.mkstemp(dir=self.path.parent, prefix=".answers-")
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                Path(temporary).replace(self.path)
            except BaseException:
                Path(temporary).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise AnswersError(
                f"cannot be written ({error.strerror})",
                where=str(self.path),
                fix="Free some space or check the folder's rights; your text is still in the box",
            ) from None
