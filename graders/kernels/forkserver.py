"""The worker's side of the fork server: starts it, asks it for kernels, renews it."""

from __future__ import annotations

import contextlib
import json
import os
import select
import socket
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import IO, Any

from graders.errors import KernelError
from graders.kernels import channel
from graders.kernels.sandbox import (
    SERVER_ENVIRONMENT,
    Isolation,
    command_line,
    is_root,
    shared_paths,
)  # fmt: skip

RENEW_AFTER = 200
"""Kernels that one server starts; then another takes over, with another hash seed."""

_MACHINERY = (
    # What ipykernel itself imports later: at its start, and to show an error.
    "IPython.core.completerlib", "IPython.core.debugger", "IPython.core.debugger_backport",
    "IPython.core.logger", "IPython.core.oinspect", "IPython.extensions.storemagic",
    "ipykernel.debugger", "pdb", "pygments.formatters.terminal256", "stack_data",
    "tornado.platform.asyncio",
)  # fmt: skip
_USUAL = {
    "numpy": ("numpy",),
    "pandas": ("numpy", "pandas"),
    "matplotlib": ("numpy", "matplotlib.pyplot", "matplotlib_inline.backend_inline"),
    "graders": ("graders.study.quantities", "graders.study.widget"),
}
"""Package that notebooks import -> modules that it pays to import ahead."""


def preload_for(packages: Iterable[str]) -> tuple[str, ...]:
    """The modules to import ahead for notebooks that import *packages*."""
    wanted = set(packages)
    modules = [module for name, them in _USUAL.items() if name in wanted for module in them]
    return tuple(dict.fromkeys([*_MACHINERY, *modules]))


PRELOAD = preload_for(_USUAL)
"""What is imported ahead where nothing is known of the notebooks, as far as it is installed."""

_START_SECONDS = 120.0
_MOST_ENDING, _ENDING_SECONDS = 2, 10.0


class KernelLine:
    """The line to one kernel's supervisor: it tells when the kernel ends, and ends it.

    Attributes:
        ended: What the supervisor said last; empty while the kernel runs.
    """

    def __init__(self, line: socket.socket, server: ForkServer) -> None:
        self._line = line
        self._server = server  # which must live as long as its kernels do
        self._gone = self._killed = False
        self.ended: dict[str, Any] = {}

    def is_running(self) -> bool:
        """Whether the kernel runs and was not told to end."""
        return not (self._killed or self._wait(0))

    def signal(self, number: int) -> None:
        """Send a signal to the kernel's main process, if it is still there."""
        with contextlib.suppress(OSError):
            channel.send(self._line, {"signal": number})

    def kill(self) -> None:
        """End the kernel and everything that it started, without waiting until all is gone."""
        if not self._killed:
            self._killed = True
            with contextlib.suppress(OSError):
                self._line.shutdown(socket.SHUT_WR)
            self._server.leave(self)

    def is_gone(self, seconds: float) -> bool:
        """Whether nothing is left of a kernel that was killed, or will be within *seconds*."""
        if not self._wait(seconds):
            return False
        self._line.close()
        return True

    def _wait(self, seconds: float) -> bool:
        """Whether the supervisor has ended, or does so within *seconds*."""
        while not self._gone:
            readable, _, _ = select.select([self._line], [], [], seconds)
            if not readable:
                return False
            received = channel.receive(self._line)
            if received is None:
                self._gone = True
            else:
                self.ended = received[0]
        return True


class ForkServer:
    """One running fork server.

    Attributes:
        pid: The process that holds it: its sandbox, or itself where there is none.

    Raises:
        KernelError: If it does not start.
    """

    def __init__(
        self,
        isolation: Isolation,
        preload: tuple[str, ...] = PRELOAD,
        *,
        only_for: dict[str, Any] | None = None,
    ) -> None:
        self.serves_one = only_for is not None
        self._ending: list[KernelLine] = []
        self._served = 0
        self._lock = threading.Lock()
        self._owner = os.getpid()
        ours, theirs = channel.pair()
        self._channel = ours
        with theirs, tempfile.TemporaryFile() as complaints:
            command = _command(isolation, theirs.fileno(), preload, only_for)
            process = _launcher().submit(_launch, command, theirs.fileno(), complaints).result()
            theirs.close()
            self.pid: int = process.pid
            self._finish = weakref.finalize(self, _end, process, ours, os.getpid())
            ready = self._hello()
            if ready is None:
                complaints.seek(0)
                said = complaints.read()[-2000:].decode(errors="replace").strip().splitlines()
                self.close()
                raise KernelError(
                    f"the kernels' server did not start ({said[-1] if said else 'no message'})",
                    fix="Check that every user may read the Python installation",
                )
        self.alone = str(ready["alone"])
        """Why kernels of this server could not be kept apart; empty if they can."""
        self.not_preloaded = dict(ready["failed"])
        self.threads = int(ready["threads"])

    def _hello(self) -> dict[str, Any] | None:
        self._channel.settimeout(_START_SECONDS)
        try:
            received = channel.receive(self._channel)
        except TimeoutError:
            return None
        self._channel.settimeout(None)
        return received[0] if received else None

    @property
    def usable(self) -> bool:
        """Whether it runs, belongs to this process and is not yet due to be renewed."""
        if self._owner != os.getpid() or not self._finish.alive:
            return False
        if self._served >= RENEW_AFTER:
            return False
        return not select.select([self._channel], [], [], 0)[0]

    def start(self, job: dict[str, Any], files: list[int]) -> KernelLine:
        """Start a kernel.

        Args:
            job: See `run_kernel` and `supervise`.
            files: The archive of data files, then the kernel's listening sockets.
        """
        line, far_end = channel.pair()
        with far_end, self._lock:
            self._served += 1
            channel.send(self._channel, job, [far_end.fileno(), *files])
        return KernelLine(line, self)

    def leave(self, kernel: KernelLine) -> None:
        """Take over a kernel that was told to end, and see to it that it does.

        It takes the system 20 ms to clear a kernel away; the next one can begin meanwhile.
        """
        if self.serves_one:
            self.close()
        with self._lock:
            self._ending = [other for other in self._ending if not other.is_gone(0)]
            self._ending.append(kernel)
            late = len(self._ending) > _MOST_ENDING and not self._ending[0].is_gone(_ENDING_SECONDS)
        if late:
            self.close()

    def close(self) -> None:
        """End the server and every kernel of it."""
        self._finish()


def _command(
    isolation: Isolation, descriptor: int, preload: tuple[str, ...], only_for: dict[str, Any] | None
) -> list[str]:
    settings = {
        "sandboxed": bool(isolation),
        "nested": bool(isolation) and only_for is None,
        "as_root": bool(isolation) and is_root(),
        "preload": list(preload),
        "shared": list(shared_paths()),
    }
    private: tuple[str, ...] = ()
    size = 0
    if only_for is not None:
        folders = {str(only_for["cwd"]), str(only_for["env"].get("HOME", "/tmp"))}
        private, size = tuple(folders - {"/"}), int(only_for["limits"]["disk"])
    wall = command_line(isolation.program, private, size) if isolation else []
    program = [sys.executable, "-m", "graders.kernels.server"]
    return [*wall, *program, str(descriptor), json.dumps(settings)]


@cache
def _launcher() -> ThreadPoolExecutor:
    # bubblewrap ends with the *thread* that started it, so that thread must stay.
    return ThreadPoolExecutor(1, thread_name_prefix="seniorkit-launcher")


def _launch(command: list[str], descriptor: int, complaints: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=complaints,
        pass_fds=[descriptor],
        cwd="/",
        env=os.environ | SERVER_ENVIRONMENT,
        start_new_session=True,
    )


def _end(process: subprocess.Popen[bytes], line: socket.socket, owner: int) -> None:
    line.close()
    if os.getpid() != owner:
        return
    process.kill()
    process.wait()


_servers: dict[tuple[Isolation, tuple[str, ...]], ForkServer] = {}
_servers_lock = threading.Lock()


def server_for(isolation: Isolation, preload: tuple[str, ...] = PRELOAD) -> ForkServer:
    """This process's server; a new one if there is none or it is not usable any more.

    Raises:
        KernelError: If it does not start.
    """
    with _servers_lock:
        server = _servers.get((isolation, preload))
        if server is None or not server.usable:
            server = ForkServer(isolation, preload)
            if server.threads > 1:
                # A package that starts threads when it is imported cannot be forked safely.
                server.close()
                server = ForkServer(isolation, ())
            _servers[isolation, preload] = server
        return server


def start_kernel(
    isolation: Isolation, preload: tuple[str, ...], job: dict[str, Any], files: list[int]
) -> KernelLine:
    """Start a kernel from this process's server, or in a sandbox of its own if it must be.

    Args:
        isolation: What keeps learners' code apart.
        preload: What is imported ahead.
        job: See `run_kernel` and `supervise`.
        files: The archive of data files, then the kernel's listening sockets.

    Raises:
        KernelError: If no server starts.
    """
    server = server_for(isolation, preload)
    if server.alone:
        # Slower, because nothing is imported ahead for a single kernel, and as safe.
        server = ForkServer(isolation, (), only_for=job)
    return server.start(job, files)


def _forget_all() -> None:
    """In a process that was forked from this one: nothing here is its own."""
    global _servers_lock
    _servers_lock = threading.Lock()
    _servers.clear()
    _launcher.cache_clear()


os.register_at_fork(after_in_child=_forget_all)
