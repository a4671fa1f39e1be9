"""The model server with a Batch API: files go up, `work` lets the batches run, files come down."""

from __future__ import annotations

import email
import email.policy
import json
import random
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from graders.answers import Answer
from graders.grading import grade
from graders.judges.cached import CachedJudge
from graders.judges.kept import VerdictStore
from graders.judges.llm.batch_api import Advance, advance
from graders.judges.llm.batch_book import BatchBook
from graders.judges.llm.judge import LlmJudge
from graders.judges.llm.unasked import UnaskedJudge
from graders.question import Question
from graders.score import Score
from tests.judges.llm.server import ModelServer, Request, _Handler, _Server, honest

Pair = tuple[Question, Answer]

Fate = Callable[[int, Request], str]
"""Number and body of a call -> `done`, `expired`, `lost`, `garbage`, `empty`, `refused` or the
status of another refusal."""


class BatchServer(ModelServer):
    """Speaks `/v1/files` and `/v1/batches`, too.

    Args:
        script: What the model writes.
        **options: As of `ModelServer`.
    """

    def __init__(self, script: Callable[[Request], str] = honest, **options: Any) -> None:
        super().__init__(script, **options)
        self.files: dict[str, bytes] = {}
        self.batches: dict[str, dict[str, Any]] = {}
        self.breaks: set[str] = set()
        """Paths of which the next call is answered with 500 after it was carried out."""
        self.says = "it broke"
        self.raw: bytes | None = None
        """What every call of the Batch API is answered with instead, if anything."""
        self.missing = False
        """Whether this server knows nothing of files and batches."""

    def __enter__(self) -> Self:
        outer = self

        class Handler(_BatchHandler):
            model = outer

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def work(self, fate: Fate = lambda number, request: "done", status: str = "completed") -> None:
        """Let every open batch end with *status*, each call as *fate* says."""
        for batch in self.batches.values():
            if batch["status"] == "in_progress":
                self._run(batch, fate)
                batch["status"] = status

    def refuse(self, why: str) -> None:
        """Let every open batch fail as a whole."""
        for batch in self.batches.values():
            if batch["status"] == "in_progress":
                batch["status"] = "failed"
                batch["errors"] = {"object": "list", "data": [{"code": "bad", "message": why}]}

    def calls_in(self, file_id: str) -> list[dict[str, Any]]:
        """The calls in an uploaded file."""
        return [json.loads(line) for line in self.files[file_id].splitlines()]

    def _run(self, batch: dict[str, Any], fate: Fate) -> None:
        done: list[bytes] = []
        errors: list[bytes] = []
        for number, call in enumerate(self.calls_in(batch["input_file_id"])):
            fates = {
                "done": (done, lambda call=call: _line(call, 200, self.payload(call["body"]))),
                "refused": (errors, lambda call=call: _line(call, 400, _error("too odd"))),
                "expired": (errors, lambda call=call: _line(call, None, None, "batch_expired")),
                "garbage": (
                    done,
                    lambda call=call: b'{"custom_id": "' + call["custom_id"].encode(),
                ),
                "empty": (done, lambda call=call: _line(call, 200, {"choices": []})),
            }
            outcome = fate(number, call["body"])
            if outcome.isdecimal():
                errors.append(_line(call, int(outcome), _error("try later")))
            elif outcome != "lost":
                lines, make = fates[outcome]
                lines.append(make())
        # The order is not promised, and neither is that all lines are ours.
        random.Random(1).shuffle(done)
        strange = json.dumps({"custom_id": "somebody-else", "response": {"status_code": 200}})
        for name, lines in (
            ("output_file_id", [*done, strange.encode()]),
            ("error_file_id", errors),
        ):
            if lines:
                batch[name] = self.keep(b"\n".join(lines) + b"\n")

    def keep(self, content: bytes) -> str:
        name = f"file-{len(self.files) + 1}"
        self.files[name] = content
        return name


class Desk:
    """One instructor, who starts the command again and again."""

    def __init__(self, server: ModelServer, folder: Path) -> None:
        self.server, self.folder = server, folder
        self.store = VerdictStore(folder / "verdicts.sqlite3")
        self.told: list[str] = []

    def run(self, pairs: list[Pair], **settings: object) -> Advance:
        """What one run of the command does; nothing of it is left in memory."""
        judge = LlmJudge(self.server.settings(tries=1, **settings))
        book = BatchBook(self.folder / "batches.sqlite3")
        try:
            return advance(judge, self.store, book, pairs, told=self.told.append)
        finally:
            book.close()
            judge.close()

    def score(self, pair: Pair) -> Score:
        judge = UnaskedJudge(self.server.settings(tries=1))
        return grade(*pair, judge=CachedJudge(judge, self.store))


def _line(call: dict[str, Any], status: int | None, body: object, code: str | None = None) -> bytes:
    response = None if status is None else {"status_code": status, "request_id": "r", "body": body}
    error = {"code": code, "message": "This request could not be executed."} if code else None
    entry = {"id": "x", "custom_id": call["custom_id"], "response": response, "error": error}
    return json.dumps(entry).encode()


def _error(message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", "code": None}}


class _BatchHandler(_Handler):
    model: BatchServer

    def do_POST(self) -> None:
        if self.path.endswith("/chat/completions"):
            super().do_POST()
            return
        raw = self.rfile.read(int(self.headers["content-length"]))
        if self.model.missing:
            self.send(404, _error("no such path"))
            return
        if self.path.endswith("/files"):
            found: dict[str, Any] = {"id": self.model.keep(self._uploaded(raw)), "object": "file"}
        else:
            found = {**json.loads(raw), "object": "batch", "status": "in_progress"}
            found["id"] = f"batch-{len(self.model.batches) + 1}"
            self.model.batches[found["id"]] = found
        self._answer(found)

    def do_GET(self) -> None:
        *_, kind, name = self.path.partition("?")[0].removesuffix("/content").split("/")
        if name == "batches":
            self._answer({"data": list(reversed(self.model.batches.values())), "has_more": False})
        elif name not in (self.model.batches if kind == "batches" else self.model.files):
            self.send(404, _error(f"no such thing: {name}"))
        elif kind == "batches":
            self._answer(self.model.batches[name])
        elif self.path.endswith("/content"):
            self.send(200, self.model.files[name])

    def _answer(self, found: dict[str, Any]) -> None:
        if self.model.raw is not None:
            self.send(200, self.model.raw)
            return
        broken = {path for path in self.model.breaks if self.path.endswith(path)}
        self.model.breaks -= broken
        self.send(500 if broken else 200, _error(self.model.says) if broken else found)

    def _uploaded(self, raw: bytes) -> bytes:
        head = f"Content-Type: {self.headers['content-type']}\r\n\r\n".encode()
        message = email.message_from_bytes(head + raw, policy=email.policy.HTTP)
        parts = {
            part.get_param("name", header="content-disposition"): part
            for part in message.iter_parts()
        }  # type: ignore[attr-defined]
        assert parts["purpose"].get_payload() == "batch"
        content = parts["file"].get_payload(decode=True)
        assert isinstance(content, bytes)
        return content
