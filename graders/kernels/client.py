"""A kernel client that knows when the kernel is ready, instead of waiting for silence."""

from __future__ import annotations

import time
from queue import Empty
from typing import Any

import zmq
import zmq.asyncio
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_core.utils import ensure_async, run_sync

LARGEST_MESSAGE = 100 << 20
"""Bytes; what is longer ends the connection before it is in memory."""

WAITING_MESSAGES = 4
"""How many messages of a channel are taken in ahead; the rest wait in the kernel's own memory."""


def _bounded(context: zmq.Context[Any]) -> zmq.Context[Any]:
    """*context*, set so that no kernel can fill this process's memory."""
    context.setsockopt(zmq.MAXMSGSIZE, LARGEST_MESSAGE)
    context.setsockopt(zmq.RCVHWM, WAITING_MESSAGES)
    return context


async def _wait_until_ready(client: Any, timeout: float | None) -> None:
    """Wait until the kernel answers and its outputs arrive.

    jupyter_client waits until nothing has come for 0.2 s. That is not needed: once anything has
    come over iopub, the kernel knows that we listen, and everything that follows comes too.
    """
    end = time.monotonic() + (60 if timeout is None else timeout)
    answer, heard = None, False
    while answer is None or not heard:
        # The sockets were open before the kernel was: what is sent now waits there.
        client.kernel_info()
        try:
            while answer is None:
                message = await ensure_async(client.shell_channel.get_msg(timeout=1))
                if message["msg_type"] == "kernel_info_reply":
                    answer = message
            await ensure_async(client.iopub_channel.get_msg(timeout=0.1))
            heard = True
        except Empty:
            pass
        if not await client._async_is_alive():
            problem = getattr(getattr(client.parent, "provisioner", None), "problem", "")
            raise RuntimeError(f"Kernel died before replying to kernel_info {problem}".strip())
        if time.monotonic() > end:
            raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")
    client._handle_kernel_info_reply(answer)


class SeniorkitAsyncClient(AsyncKernelClient):
    """What nbclient, papermill and nbgrader talk through."""

    def _context_default(self) -> Any:
        self._created_context = True
        return _bounded(zmq.asyncio.Context())

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:
        await _wait_until_ready(self, timeout)

    wait_for_ready = _async_wait_for_ready


class SeniorkitBlockingClient(BlockingKernelClient):
    """The same for programs without an event loop."""

    def _context_default(self) -> Any:
        self._created_context = True
        return _bounded(zmq.Context())

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:
        await _wait_until_ready(self, timeout)

    wait_for_ready = run_sync(_async_wait_for_ready)
