"""What the model server does when it is told to misbehave, by name."""

from __future__ import annotations

import gzip
import json
import socket
import struct
import time
from collections.abc import Callable
from typing import Any

Fault = Callable[[Any, dict[str, Any]], None]
"""Answers one call: the handler, the body of the call."""

HTML = b"<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>"


def _error(status: int, message: str, code: str = "error", **headers: str) -> Fault:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = {"error": {"message": message, "code": code, "type": code}}
    return lambda handler, request: handler.send(status, body, named)


def _message(**message: Any) -> Fault:
    return lambda handler, request: handler.send(200, handler.model.payload(request, **message))


def _body(body: object, status: int = 200, kind: str = "json", **headers: str) -> Fault:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler, request: handler.send(status, body, named, kind)


def _edited(edit: Callable[[dict[str, Any]], object]) -> Fault:
    """The well-behaved reply, changed by *edit*."""

    def fault(handler: Any, request: dict[str, Any]) -> None:
        from tests.judges.llm.server import verdicts

        changed = edit(verdicts(request))
        content = changed if isinstance(changed, str) else json.dumps(changed)
        handler.send(200, handler.model.payload(request, content=content))

    return fault


def _per_criterion(**changes: Any) -> Fault:
    return _edited(
        lambda reply: {
            **reply,
            "criteria": {name: {**o, **changes} for name, o in reply["criteria"].items()},
        }
    )


def _reset(handler: Any, request: dict[str, Any]) -> None:
    # Lingering for no time makes the kernel send a reset instead of an end.
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.close_connection = True
    handler.connection.close()


def _half_body(handler: Any, request: dict[str, Any]) -> None:
    raw = json.dumps(handler.model.payload(request)).encode()
    handler.send(200, raw[: len(raw) // 2], {"content-length": str(len(raw))})
    handler.close_connection = True


def _half_json(handler: Any, request: dict[str, Any]) -> None:
    raw = json.dumps(handler.model.payload(request)).encode()
    handler.send(200, raw[: len(raw) // 2])


def _slow(handler: Any, request: dict[str, Any]) -> None:
    handler.send(200, b"{", {"content-length": "100000"})
    for _ in range(200):
        time.sleep(0.02)
        handler.wfile.write(b" ")
        handler.wfile.flush()


def _no_usage(handler: Any, request: dict[str, Any]) -> None:
    payload = handler.model.payload(request)
    del payload["usage"]
    handler.send(200, payload)


def _strange_usage(handler: Any, request: dict[str, Any]) -> None:
    usage = {"prompt_tokens": "many", "completion_tokens": -5, "prompt_tokens_details": []}
    handler.send(200, {**handler.model.payload(request), "usage": usage})


def _zero_usage(handler: Any, request: dict[str, Any]) -> None:
    usage = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    handler.send(200, {**handler.model.payload(request), "usage": usage})


def _no_token_bound(handler: Any, request: dict[str, Any]) -> None:
    """A 400 as long as the call bounds the reply, by whatever name."""
    name = next((name for name in request if name.startswith("max_")), None)
    if name is not None:
        handler.send(400, {"error": {"message": f"Unsupported parameter: '{name}'"}})
    else:
        handler.send(200, handler.model.payload(request))


def _unless_absent(name: str, message: str) -> Fault:
    """A 400 as long as the call has the parameter *name*."""

    def fault(handler: Any, request: dict[str, Any]) -> None:
        if name in request:
            error = {"message": message, "code": "unsupported_parameter", "param": name}
            handler.send(400, {"error": error})
        else:
            handler.send(200, handler.model.payload(request))

    return fault


def _no_bounds(handler: Any, request: dict[str, Any]) -> None:
    """A 400 as long as the schema bounds the length of strings."""
    if "maxLength" in json.dumps(request.get("response_format", {})):
        message = "Invalid schema for response_format 'verdicts': 'maxLength' is not permitted."
        handler.send(400, {"error": {"message": message}})
    else:
        handler.send(200, handler.model.payload(request))


def _twice(reply: dict[str, Any]) -> str:
    """Every criterion stands twice, first with another verdict."""
    pairs = [f'"{name}": {json.dumps(o)}' for name, o in reply["criteria"].items()]
    low = [pair.replace('"mid"', '"staff"') for pair in pairs]
    return f'{{"suspicious": [], "criteria": {{{", ".join(low + pairs)}}}}}'


def _echo(
    length: int, status: int = 200, wrap: Callable[[str], object] = str.encode, kind: str = "json"
) -> Fault:
    """The key that was sent, 15 of its characters before the place where a text is cut."""

    def fault(handler: Any, request: dict[str, Any]) -> None:
        key = handler.headers["authorization"].split()[-1]
        handler.send(status, wrap("x" * (length - 15) + key + "x" * 50), kind=kind)

    return fault


PASSING: dict[str, Fault] = {
    "429": _error(429, "slow down", "rate_limit_exceeded"),
    "429-ms": _error(429, "slow down", "rate_limit_exceeded", retry_after_ms="60"),
    "429-s": _error(429, "slow down", "rate_limit_exceeded", retry_after="0.06"),
    "429-reset": _error(429, "slow down", "rate_limit_exceeded", x_ratelimit_reset_requests="60ms"),
    "500": _error(500, "oops"),
    "503": _error(503, "overloaded", retry_after="0"),
    "504": _error(504, "upstream timed out"),
    "429-refill": _error(
        429,
        "slow down",
        "rate_limit_exceeded",
        x_ratelimit_remaining_requests="9900",
        x_ratelimit_reset_requests="14m24s",
        x_ratelimit_remaining_tokens="800",
        x_ratelimit_reset_tokens="60ms",
    ),
    "408": _error(408, "too late"),
    "reset": _reset,
    "half-body": _half_body,
    "half-json": _half_json,
    "html": _body(HTML, kind="html"),
    "html-502": _body(HTML, status=502, kind="html"),
    "no-choices": _body({"choices": []}),
    "a-list": _body([1, 2]),
    "error-in-200": _body({"error": {"message": "overloaded", "code": 502}}),
    "empty-body": _body(b""),
    "deep": _body(b"[" * 100_000),
}
"""Faults of servers that the next try may not meet."""

LASTING: dict[str, Fault] = {
    "quota": _error(429, "You exceeded your current quota", "insufficient_quota"),
    "401": _error(401, "Incorrect API key provided"),
    "402": _error(402, "no credits left"),
    "404": _error(404, "The model does not exist", "model_not_found"),
    "echoed-key": lambda handler, request: handler.send(
        401, {"error": {"message": f"wrong: {handler.headers['authorization']}"}}
    ),
    "redirect": _body(b"", status=307, location="http://127.0.0.1:9/v1/chat/completions"),
    "long-wait": _error(429, "come back tomorrow", retry_after="86400"),
    "503-long": _error(503, "overloaded", retry_after="300"),
}
"""Faults that no try will get around, whichever answer is asked about."""

REFUSED: dict[str, Fault] = {
    "400": _error(400, "context length exceeded", "context_length_exceeded"),
    "403": _error(403, "your input was flagged"),
    "413": _error(413, "too large"),
    "huge": _body(b" " * 10_000_000),
    "huge-error": _body(b"x" * 10_000_000, status=500),
    "packed": _body(gzip.compress(b" " * 10_000_000), content_encoding="gzip"),
}
"""Faults that no try will get around for this answer."""

ADAPTABLE: dict[str, Fault] = {
    "no-temperature": _unless_absent(
        "temperature", "Unsupported value: 'temperature' does not support 0 with this model."
    ),
    "no-max-tokens": _unless_absent(
        "max_tokens",
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
        "'max_completion_tokens' instead.",
    ),
    "no-token-bound": _no_token_bound,
    "no-response-format": _unless_absent("response_format", "response_format is not supported"),
    "no-bounds": _no_bounds,
    "no-usage": _no_usage,
    "strange-usage": _strange_usage,
    "zero-usage": _zero_usage,
}
"""Peculiarities that cost nothing."""

REPLIES: dict[str, Fault] = {
    "prose": _message(content="The candidate did quite well, I would say senior."),
    "null": _message(content=None),
    "numbers": _message(content="[1, 2, 3]"),
    "refusal": _message(content=None, refusal="I cannot help with that."),
    "filtered": _message(content="", finish="content_filter"),
    "cut": _message(content='{"suspicious": [], "criteria": {', finish="length"),
    "twice": _edited(_twice),
    "wrong-ids": _edited(lambda reply: {**reply, "criteria": {"nonsense": {"verdict": "staff"}}}),
    "no-criteria": _edited(lambda reply: {**reply, "criteria": {}}),
    "bad-verdict": _per_criterion(verdict="excellent"),
    "number-verdict": _per_criterion(verdict=4),
    "false-quotes": _per_criterion(
        evidence=["I led the whole company to the moon and back again."]
    ),
    "no-quotes": _per_criterion(evidence=[], verdict="staff"),
    "tiny-quotes": _per_criterion(evidence=["the", "a", "and"]),
    "cannot": _per_criterion(verdict="cannot_assess", evidence=[]),
}
"""Replies of models that cannot be used as they are."""

ECHOES: dict[str, Fault] = {
    "echo-400": _echo(300, 400, lambda text: {"error": {"message": text}}),
    "echo-400-list": _echo(300, 400, lambda text: {"error": {"detail": [text]}}),
    "echo-text": _echo(300, 400),
    "echo-200": _echo(300, wrap=lambda text: {"error": {"message": text}}),
    "echo-no-json": _echo(40),
    "echo-first": lambda handler, request: handler.send(
        400, {"error": {"message": f"not like {handler.model.headers[0]['authorization']}"}}
    ),
    "echo-stream": _echo(40, wrap=lambda text: f"data: {text}\n\n".encode(), kind="event-stream"),
    "echo-in-stream": _echo(
        187,
        wrap=lambda text: b"data: " + json.dumps({"error": {"message": text}}).encode() + b"\n\n",
        kind="event-stream",
    ),
}
"""Errors that repeat the key, across the border of what is shown of them."""

FAULTS: dict[str, Fault] = {
    **PASSING, **LASTING, **REFUSED, **ADAPTABLE, **REPLIES, **ECHOES, "slow": _slow,
}  # fmt: skip
