"""The model server, streaming: well, slowly, or not at all."""

from __future__ import annotations

import json
import threading
from typing import Any, Self

from tests.judges.llm.server import ModelServer, Request, _Handler, _Server, is_probe

STEP = 7
"""Characters in a piece."""


class StreamServer(ModelServer):
    """Streams where it is asked to.

    `mode` says how: `streams`, `whole` (ignores the wish), `refuses` (400), `no-usage`,
    `slow-comments`, `breaks-off`, `half-line`, `error-inside`, `endless`.
    """

    mode = "streams"
    gate: threading.Event | None = None
    """What it waits for, ten seconds at most, in the middle of a reply."""
    _next: str | None = None

    def __enter__(self) -> Self:
        outer = self

        class Handler(_StreamHandler):
            model = outer

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def once(self, mode: str) -> None:
        """Stream like this in the next call only."""
        self._next = mode

    def mode_now(self) -> str:
        mode, self._next = self._next or self.mode, None
        return mode


class _StreamHandler(_Handler):
    model: StreamServer

    def send(
        self, status: int, body: object, headers: dict[str, str] | None = None, kind: str = "json"
    ) -> None:
        asked = self.model.requests[-1]
        if status != 200 or not asked.get("stream") or is_probe(asked):
            super().send(status, body, headers, kind)
            return
        mode = self.model.mode_now()
        if mode == "whole":
            super().send(status, body, headers, kind)
        elif mode == "refuses":
            error = {"error": {"message": "Unsupported parameter: 'stream'"}}
            super().send(400, error)
        else:
            assert isinstance(body, dict)
            self._stream(body, asked, mode)

    def _stream(self, body: dict[str, Any], asked: Request, mode: str) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream; charset=utf-8")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        text = body["choices"][0]["message"]["content"]
        if mode == "endless":
            text = "x" * 3_000_000
        step = STEP if mode != "endless" else 10_000
        for start in range(0, len(text), step):
            if mode == "slow-comments" and start % (10 * STEP) == 0:
                self._write(b": still here\n\nevent: message\n")
            if mode in ("breaks-off", "half-line", "error-inside") and start > len(text) // 2:
                endings = {
                    "breaks-off": b"",
                    "half-line": b'data: {"choices": [{"del',
                    "error-inside": b'data: {"error": {"message": "out of memory"}}\n\n',
                }
                self._write(endings[mode])
                return
            self._piece({"content": text[start : start + step]}, None)
            if self.model.gate is not None and start > len(text) // 2:
                self.model.gate.wait(10)
        self._piece({}, "stop")
        if asked["stream_options"]["include_usage"] and mode != "no-usage":
            self._write(
                b"data: "
                + json.dumps({"choices": [], "usage": body["usage"]}).encode()
                + b"\r\n\r\n"
            )
        self._write(b"data: [DONE]\n\n")

    def _piece(self, delta: dict[str, str], finish: str | None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        self._write(b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n")

    def _write(self, raw: bytes) -> None:
        self.wfile.write(raw)
        self.wfile.flush()
