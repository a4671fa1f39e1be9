"""A reply that comes piece by piece, put together to what it would have been in one piece.

So streaming changes when the words are seen and nothing else: the reply is read, checked, counted
and asked again by the same code.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, Protocol

from graders.judges.llm.errors import Garbled
from graders.judges.llm.protocol import Hide, beginning, error_message

Heard = Callable[[str], None]
"""Called with the words of a reply so far, whenever there are more. A try that failed begins anew."""

OPTIONS: Mapping[str, Any] = {"stream": True, "stream_options": {"include_usage": True}}
"""What is added to a call so that its reply is streamed, with the usage in the last piece."""

_DATA = b"data:"


class Streamed(Protocol):
    """An HTTP response whose body has not been read."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Header fields."""

    def aiter_bytes(self) -> AsyncIterator[bytes]:
        """The body."""

    async def aread(self) -> bytes:
        """The whole body."""


async def gathered(response: Streamed, heard: Heard, hide: Hide = str) -> bytes:
    """The body of *response* as if it had not been streamed.

    Args:
        response: The response; a server that does not stream sends an ordinary one.
        heard: Told of the words as they come.
        hide: What no error may show is taken out by this.

    Raises:
        Garbled: If the stream breaks off or is not the protocol.
    """
    if "event-stream" not in response.headers.get("content-type", ""):
        return await response.aread()
    whole = _Whole(hide)
    async for line in _lines(response):
        if not line.startswith(_DATA):
            continue  # comments that keep the line open, names of events
        data = line[len(_DATA) :].strip()
        if data == b"[DONE]":
            whole.ended = True
        elif data:
            before = len(whole.text)
            whole.add(data)
            if len(whole.text) > before:
                heard(whole.text)
    return whole.body()


async def _lines(response: Streamed) -> AsyncIterator[bytes]:
    rest = b""
    async for chunk in response.aiter_bytes():
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line.rstrip(b"\r")
    yield rest


class _Whole:
    """The pieces so far."""

    def __init__(self, hide: Hide) -> None:
        self._hide = hide
        self.text = ""
        self.ended = False
        self._refusal = ""
        self._finish: str | None = None
        self._usage: Any = None

    def add(self, data: bytes) -> None:
        try:
            piece = json.loads(data)
        except (ValueError, RecursionError):
            begin = beginning(data, self._hide)
            raise Garbled(f"a piece of the reply is not JSON (it begins {begin!r})") from None
        if not isinstance(piece, dict):
            raise Garbled("a piece of the reply is not an object")
        if piece.get("error"):
            raise Garbled(f"the server reports: {error_message(piece, '', self._hide)}")
        self._usage = piece.get("usage") or self._usage
        choices = piece.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        if not isinstance(choice, dict):
            return
        delta = choice.get("delta")
        if isinstance(delta, dict):
            self.text += _string(delta.get("content"))
            self._refusal += _string(delta.get("refusal"))
        self._finish = _string(choice.get("finish_reason")) or self._finish

    def body(self) -> bytes:
        if not self.ended and self._finish is None:
            raise Garbled("the reply broke off")
        message = {"role": "assistant", "content": self.text, "refusal": self._refusal or None}
        choice = {"index": 0, "message": message, "finish_reason": self._finish}
        return json.dumps({"choices": [choice], "usage": self._usage}).encode()


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""
