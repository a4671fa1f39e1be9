"""The kernel provisioner: how jupyter_client starts, watches and ends a served kernel."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Bool, Integer, List, Unicode

from graders.errors import KernelError
from graders.kernels.client import SeniorkitAsyncClient, SeniorkitBlockingClient
from graders.kernels.files import pack
from graders.kernels.forkserver import PRELOAD, KernelLine, start_kernel
from graders.kernels.kernel import CHANNELS
from graders.kernels.sandbox import ENVIRONMENT, Isolation, Limits, isolation

TRUST_VARIABLE = "SENIORKIT_TRUST_SUBMISSIONS"
"""Environment variable: 1 if code may run also where no sandbox works."""

_SHORT_FOLDER = "/tmp"  # a socket's path has at most 108 bytes
_STALE_SECONDS = 3600.0


class SeniorkitProvisioner(LocalProvisioner):
    """Starts kernels by forking them from a server inside the sandbox.

    Where there is no sandbox, no kernel is started, unless whoever runs it trusts the code.
    """

    trust = Bool(
        help=f"Run code also where no sandbox works; by default, whether {TRUST_VARIABLE} is 1."
    ).tag(config=True)
    sandboxed = Bool(True, help="Use the sandbox where it works; off only with trust.").tag(
        config=True
    )
    preload = List(Unicode(), list(PRELOAD), help="Modules to import ahead.").tag(config=True)
    max_files_bytes = Integer(
        64 << 20, help="Bytes of files beside the notebook that are carried into the sandbox."
    ).tag(config=True)
    max_memory_bytes = Integer(Limits.memory, help="Bytes of memory of one kernel.").tag(
        config=True
    )
    max_disk_bytes = Integer(Limits.disk, help="Bytes that one kernel may write.").tag(config=True)
    max_processes = Integer(Limits.processes, help="Processes and threads of one kernel.").tag(
        config=True
    )
    max_cpu_seconds = Integer(Limits.cpu, help="Seconds of computing of one process.").tag(
        config=True
    )

    problem = ""
    """What went wrong with the kernel, as far as it is known; stays when the kernel is gone."""

    _line: KernelLine | None = None
    _folder: str = ""
    _isolation: Isolation

    def _trust_default(self) -> bool:
        return os.environ.get(TRUST_VARIABLE) == "1"

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Choose sockets and environment; refuse where code could not be kept apart."""
        self._isolation = self._choose()
        given = kwargs.pop("env", None) or os.environ
        kwargs["env"] = {name: given[name] for name in ENVIRONMENT if name in given}
        if self._is_served:
            manager: Any = self.parent
            manager.transport, manager.cache_ports = "ipc", False
            if not self._folder:
                _remove_stale_folders()
                self._folder = tempfile.mkdtemp(prefix=f"sk-{os.getpid()}-", dir=_SHORT_FOLDER)
                manager.ip = f"{self._folder}/s"
            for number, name in enumerate(CHANNELS, start=1):
                setattr(manager, f"{name}_port", number)
            talks_async = issubclass(manager.client_factory, AsyncKernelClient)
            manager.client_factory = (
                SeniorkitAsyncClient if talks_async else SeniorkitBlockingClient
            )
        return await super().pre_launch(**kwargs)

    def _choose(self) -> Isolation:
        found = isolation() if self.sandboxed else Isolation("none", "it was switched off")
        if not found and not self.trust:
            raise KernelError(
                f"there is no sandbox here: {found.reason}",
                fix=f"Install bubblewrap on Linux; if you trust the code, set {TRUST_VARIABLE}=1",
            )
        return found

    @property
    def _is_served(self) -> bool:
        """Whether the fork server is used; elsewhere trusted code gets a plain kernel."""
        return sys.platform == "linux"

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Fork a kernel and return how it can be reached.

        Raises:
            KernelError: If the server cannot be started, or there is too much to carry.
        """
        if not self._is_served:
            return await super().launch_kernel(cmd, **kwargs)
        # Only a folder that was named is carried: the current one may hold the whole course.
        named = kwargs.get("cwd")
        folder = Path(named or Path.cwd()).absolute()
        with ExitStack() as stack:
            undo = stack.enter_context(ExitStack())
            undo.callback(shutil.rmtree, self._folder, ignore_errors=True)
            data = pack(folder if named and self._isolation else None, self.max_files_bytes)
            stack.callback(os.close, data)
            sockets = [stack.enter_context(self._listen(name)) for name in CHANNELS]
            files = [data, *(listening.fileno() for listening in sockets)]
            job = self._job(cmd, folder, kwargs["env"])
            self._line = start_kernel(self._isolation, tuple(self.preload), job, files)
            undo.pop_all()
        self.cwd = str(folder)
        return self.connection_info

    def _job(self, cmd: list[str], folder: Path, env: dict[str, str]) -> dict[str, Any]:
        manager: Any = self.parent
        limits = Limits(
            memory=self.max_memory_bytes, disk=self.max_disk_bytes,
            processes=self.max_processes, cpu=self.max_cpu_seconds,
        )  # fmt: skip
        connection: dict[str, Any] = dict(self.connection_info)
        connection |= {"key": connection["key"].decode(), "kernel_name": manager.kernel_name}
        return {
            "cwd": str(folder),
            "env": env | {"JPY_PARENT_PID": "1"},
            "argv": _argv(cmd),
            "orig_argv": cmd[1:],
            "connection_file": manager.connection_file,
            "connection": connection,
            "limits": limits.as_job(),
        }

    def _listen(self, name: str) -> socket.socket:
        """One of the kernel's sockets, on which clients can call before there is a kernel."""
        path = Path(f"{self._folder}/s-{CHANNELS.index(name) + 1}")
        path.unlink(missing_ok=True)
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listening.bind(str(path))
        listening.listen(64)
        return listening

    @property
    def has_process(self) -> bool:
        """Whether a kernel was started and not yet cleared away."""
        return self._line is not None or super().has_process

    async def poll(self) -> int | None:
        """`None` while the kernel runs, else its exit status."""
        if self._line is None:
            return await super().poll()
        if self._line.is_running():
            return None
        self.problem = _in_words(self._line.ended)
        return int(self._line.ended.get("status", -signal.SIGKILL))

    async def wait(self) -> int | None:
        """Wait until the kernel is gone."""
        if self._line is None:
            return await super().wait()
        while (status := await self.poll()) is None:
            await asyncio.sleep(0.01)
        self._line.kill()
        self._line = None
        return status

    async def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel's process group."""
        if self._line is None:
            await super().send_signal(signum)
        elif signum == signal.SIGKILL:
            self._line.kill()
        elif signum != 0:
            self._line.signal(signum)

    async def kill(self, restart: bool = False) -> None:
        """End the kernel and all it started, at once."""
        if self._line is None:
            await super().kill(restart)
        else:
            self._line.kill()

    async def terminate(self, restart: bool = False) -> None:
        """End the kernel; nothing in it is worth a grace period."""
        await self.kill(restart)

    async def cleanup(self, restart: bool = False) -> None:
        """Remove the sockets."""
        await super().cleanup(restart)
        if restart:
            return
        if self._line is not None:
            self._line.kill()
            self._line = None
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = ""

    def get_shutdown_wait_time(self, recommended: float = 5.0) -> float:
        """Nothing is waited for."""
        return 0.0 if self._line is not None else recommended


@cache
def _remove_stale_folders() -> None:
    """Remove what processes that were killed have left; once in each process."""
    for folder in Path(_SHORT_FOLDER).glob("sk-*-*"):
        with suppress(OSError, ValueError):
            status = folder.lstat()
            owner = int(folder.name.split("-")[1])
            old = time.time() - status.st_mtime > _STALE_SECONDS
            if status.st_uid == os.geteuid() and old and not Path(f"/proc/{owner}").exists():
                shutil.rmtree(folder, ignore_errors=True)


def _argv(cmd: list[str]) -> list[str]:
    """`sys.argv` of a program that was started by *cmd*: `python -m ipykernel_launcher ...`."""
    if cmd[1:3] == ["-m", "ipykernel_launcher"]:
        launcher = find_spec("ipykernel_launcher")
        return [str(launcher and launcher.origin), *cmd[3:]]
    return cmd[1:]


def _in_words(ended: dict[str, Any]) -> str:
    if ended.get("ended") == "memory":
        return "it used more memory than is allowed"
    if ended.get("ended") == "failed":
        return f"it could not be started: {ended.get('why', '')}"
    return ""
