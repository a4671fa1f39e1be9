"""Bounds on what a server may send back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx2

from graders.judges.llm.errors import TooLarge

MAX_REPLY_BYTES = 1_000_000
"""A longer reply is not read: no list of verdicts is a hundredth as long."""


class _Capped(httpx2.AsyncByteStream):
    """A body that ends with an error when it grows too large."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self._stream:
            size += len(chunk)
            if size > MAX_REPLY_BYTES:
                raise TooLarge(f"the reply is larger than {MAX_REPLY_BYTES:,} bytes")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


async def cap(response: httpx2.Response) -> None:
    """Let the body of *response* end with `TooLarge` when it is too large.

    A hook for responses of an `httpx2.AsyncClient`, called before the body is read.

    Raises:
        TooLarge: If the body is packed: it could be a thousand times larger than what arrives.
    """
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise TooLarge("the reply is packed, although that was not asked for")
    response.stream = _Capped(response.stream)
