"""Sends requests of our own to a running kernel, beside the cells of the notebook."""

from __future__ import annotations

import time
from queue import Empty
from typing import Any

from jupyter_core.utils import ensure_async
from nbclient.exceptions import DeadKernelError
from nbclient.util import run_sync
from nbgrader.preprocessors.execute import UnresponsiveKernelError

from graders.checks import Observation, Probe, observation_of, probe_expression
from graders.preprocessors.canaries import Reply

GRACE_SECONDS = 2.0
"""How long an interrupted kernel may take to come back."""

PATIENCE = 6
"""How many times the limit of one request hidden checks may take when asked one by one."""

MAX_OBSERVED_CHARS = 1_000_000
"""How much all observations of one notebook may hold together."""


class Asker:
    """Talks to one kernel.

    Args:
        manager: The kernel's manager.
        client: Its asynchronous client, with running channels.
        timeout: Seconds that one request may take.
    """

    def __init__(self, manager: Any, client: Any, timeout: float) -> None:
        self.requests = 0
        self._manager = manager
        self._client = client
        self._timeout = timeout

    def ask(self, code: str, expressions: dict[str, str]) -> Reply:
        """Send a request as nbclient sends a cell, and wait until the kernel is idle again.

        Raises:
            DeadKernelError: If the kernel has died.
            UnresponsiveKernelError: If it did not even come back when it was interrupted.
        """
        self.requests += 1
        reply: Reply = run_sync(self._ask)(code, expressions, silent=False)
        return reply

    def observe(self, probes: tuple[Probe, ...]) -> list[Observation]:
        """Ask all *probes*; always one observation for each of them.

        They go in one request. If that takes too long, they are asked one by one, so that those
        that answer are heard.
        """
        if not probes:
            return []
        try:
            reply = self._look(probes)
            if reply.status == "lost":
                return gone(probes)
            if reply.status != "none":
                return _within_limits(probes, reply)
            return self._one_by_one(probes)
        except (DeadKernelError, UnresponsiveKernelError):
            return gone(probes)

    def _one_by_one(self, probes: tuple[Probe, ...]) -> list[Observation]:
        found: list[Observation] = []
        end = time.monotonic() + PATIENCE * self._timeout
        for probe in probes:
            late = time.monotonic() > end
            try:
                reply = Reply("none") if late else self._look((probe,))
            except (DeadKernelError, UnresponsiveKernelError):
                return [*found, *gone(probes[len(found) :])]
            if reply.status == "none":
                found.append(Observation(number=probe.number, kind="late"))
            else:
                found += _within_limits((probe,), reply)
        return found

    def _look(self, probes: tuple[Probe, ...]) -> Reply:
        expressions = {str(probe.number): probe_expression(probe) for probe in probes}
        reply: Reply = run_sync(self._ask)("", expressions, silent=True)
        return reply

    async def _ask(self, code: str, expressions: dict[str, str], *, silent: bool) -> Reply:
        message = self._client.execute(
            code, silent=silent, store_history=not silent, user_expressions=expressions,
            allow_stdin=False, stop_on_error=False,
        )  # fmt: skip
        results = await self._until_idle(message, self._timeout)
        if results is None:
            await ensure_async(self._manager.interrupt_kernel())
            if await self._until_idle(message, GRACE_SECONDS) is None:
                raise UnresponsiveKernelError
            await self._reply(message)
            return Reply("none")
        content = await self._reply(message)
        told = content.get("user_expressions")
        return Reply(
            status=str(content.get("status")) if content else "lost",
            name=str(content.get("ename", "")),
            text=str(content.get("evalue", ""))[:10_000],
            expressions=told if isinstance(told, dict) else {},
            results=results,
        )

    async def _until_idle(self, message: str, seconds: float) -> int | None:
        """Count the results that the request shows until it is done; `None` if it never is."""
        end = time.monotonic() + seconds
        results = 0
        while (left := end - time.monotonic()) > 0:
            try:
                said = await ensure_async(
                    self._client.iopub_channel.get_msg(timeout=min(1.0, left))
                )
            except Empty:
                await self._check_alive()
                continue
            if said["parent_header"].get("msg_id") != message:
                continue
            results += int(said["msg_type"] == "execute_result")
            if said["msg_type"] == "status" and said["content"].get("execution_state") == "idle":
                return results
        return None

    async def _reply(self, message: str) -> dict[str, Any]:
        end = time.monotonic() + GRACE_SECONDS
        while (left := end - time.monotonic()) > 0:
            try:
                said = await ensure_async(self._client.shell_channel.get_msg(timeout=left))
            except Empty:
                break
            if said["parent_header"].get("msg_id") == message:
                content: dict[str, Any] = said["content"]
                return content
        await self._check_alive()
        return {}

    async def _check_alive(self) -> None:
        if not await ensure_async(self._manager.is_alive()):
            raise DeadKernelError("the kernel died")


def _within_limits(probes: tuple[Probe, ...], reply: Reply) -> list[Observation]:
    """The answers to *probes*, the last ones empty if all together are too long."""
    found, left = [], MAX_OBSERVED_CHARS
    for probe in probes:
        seen = observation_of(probe.number, reply.expressions.get(str(probe.number)))
        left -= len(seen.text)
        found.append(seen if left >= 0 else observation_of(probe.number, None))
    return found


def gone(probes: tuple[Probe, ...]) -> list[Observation]:
    """The observations of a kernel that is not there to be asked."""
    return [Observation(number=probe.number, kind="gone") for probe in probes]
