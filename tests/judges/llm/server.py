"""A small model server on this machine that speaks the protocol, and misbehaves when told to.

with ModelServer() as server:
    server.misbehave("429", "half-json")  # the next two calls; then it is well-behaved again
    judge = LlmJudge(server.settings())
"""

from __future__ import annotations

import contextlib
import json
import re
import threading
import time
from collections import deque
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from graders.judges.llm.settings import JudgeSettings
from tests.judges.llm.faults import FAULTS

Request = dict[str, Any]
Script = Callable[[Request], str]
"""From the body of a call to the content of the reply."""

ABILITIES = ("json_schema", "json_object", "text")


def answer_in(request: Request) -> str:
    """The learner's text in a call, as a model would read it."""
    user = next(m["content"] for m in request["messages"] if m["role"] == "user")
    lines = user.splitlines()
    return str(json.loads(lines[1]))


def criteria_in(request: Request) -> list[str]:
    """The ids of the criteria in a call."""
    return re.findall(r"^## (\S+) \(dimension", request["messages"][0]["content"], re.MULTILINE)


def verdicts(
    request: Request,
    verdict: str = "mid",
    quote: str | None = None,
    suspicious: tuple[str, ...] = (),
) -> dict[str, Any]:
    """A reply that gives every criterion the same verdict; quotes the first sentence."""
    answer = answer_in(request)
    shown = answer.strip().splitlines()[0][:80] if quote is None else quote
    opinion = {
        "evidence": [shown],
        "reason": "It says so.",
        "verdict": verdict,
        "confidence": "high",
    }
    return {
        "suspicious": list(suspicious),
        "criteria": {name: dict(opinion) for name in criteria_in(request)},
    }


def honest(request: Request) -> str:
    """What a well-behaved model replies."""
    return json.dumps(verdicts(request))


class ModelServer:
    """Listens on a free port from `with` on.

    Args:
        script: What the model writes.
        ability: `json_schema` is enforced, `json_object` alone, or `text`: both are ignored.
        latency: Seconds until a call is answered.
        tokens: Prompt and completion tokens that it reports for each call.
    """

    def __init__(
        self,
        script: Script = honest,
        *,
        ability: str = "json_schema",
        latency: float = 0.0,
        tokens: tuple[int, int] = (1000, 200),
    ) -> None:
        self.script = script
        self.ability = ability
        self.latency = latency
        self.tokens = tokens
        self.requests: deque[Request] = deque(maxlen=50)
        self.headers: deque[dict[str, str]] = deque(maxlen=50)
        self.calls = 0
        self.probes = 0
        self.at_once = 0
        self._busy = 0
        self._faults: deque[str] = deque()
        self._always: str | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        outer = self

        class Handler(_Handler):
            model = outer

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def settings(self, **changes: Any) -> JudgeSettings:
        """Settings for this server; neither examples nor second look: few tests are about them."""
        known = {
            "base_url": self.base_url,
            "model": "tiny",
            "timeout": 5,
            "examples": 0,
            "second_look": False,
        }
        return JudgeSettings.model_validate({**known, **changes})

    def misbehave(self, *faults: str, always: bool = False) -> None:
        """Commit *faults* in the next calls, one each; with `always`, the last one in all."""
        assert set(faults) <= set(FAULTS), set(faults) - set(FAULTS)
        self._faults.extend(faults)
        self._always = faults[-1] if always else None

    def next_fault(self) -> str | None:
        with self._lock:
            return self._faults.popleft() if self._faults else self._always

    def began(self, request: Request, headers: dict[str, str]) -> None:
        with self._lock:
            self.calls += 1
            self.requests.append(request)
            self.headers.append(headers)
            self._busy += 1
            self.at_once = max(self.at_once, self._busy)

    def ended(self) -> None:
        with self._lock:
            self._busy -= 1

    def content(self, request: Request) -> str:
        """What the model writes, as far as the server lets it."""
        asked = request.get("response_format", {}).get("type")
        if asked is None or not is_probe(request):
            return self.script(request)
        self.probes += 1
        if asked == "json_schema" and self.ability == "json_schema":
            return '{"colour": "teal"}'
        if asked == "json_object" and self.ability != "text":
            return '{"greeting": "hello"}'
        return "hello"

    def payload(self, request: Request, **message: Any) -> dict[str, Any]:
        """The body of a reply; *message* changes the message or, with `finish`, why it ended."""
        finish = message.pop("finish", "stop")
        content = {} if "content" in message else {"content": self.content(request)}
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": request["model"],
            "choices": [
                {
                    "index": 0,
                    "finish_reason": finish,
                    "message": {"role": "assistant", **content, **message},
                }
            ],
            "usage": {
                "prompt_tokens": self.tokens[0],
                "completion_tokens": self.tokens[1],
                "prompt_tokens_details": {"cached_tokens": self.tokens[0] // 2},
            },
        }


def is_probe(request: Request) -> bool:
    return len(request["messages"]) == 1


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    model: ModelServer
    # Headers and body leave together; two small packets would wait for each other.
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        model = self.model
        model.began(request, {name.lower(): value for name, value in self.headers.items()})
        try:
            if model.latency:
                time.sleep(model.latency)
            fault = None if is_probe(request) else model.next_fault()
            if fault is None:
                self.send(200, model.payload(request))
            else:
                FAULTS[fault](self, request)
        except OSError:
            self.close_connection = True
        finally:
            model.ended()

    def send(
        self, status: int, body: object, headers: dict[str, str] | None = None, kind: str = "json"
    ) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", f"{'text' if kind == 'html' else 'application'}/{kind}")
        named = {"content-length": str(len(raw)), **(headers or {})}
        for name, value in named.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)
        with contextlib.suppress(OSError):
            self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""
