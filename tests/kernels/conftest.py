"""Real kernels for the tests, and questions to them."""

from __future__ import annotations

import ast
import contextlib
import gc
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from jupyter_client.manager import KernelManager
from traitlets.config import Config

from graders.kernels import KERNEL_NAME, isolation
from graders.kernels.forkserver import ForkServer

Started = Callable[..., "Kernel"]


def processes() -> dict[int, psutil.Process]:
    """Everything that this process started and that still runs, by number."""
    found: dict[int, psutil.Process] = {}
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if child.status() != psutil.STATUS_ZOMBIE:
                found[child.pid] = child
    return found


def serving(server: ForkServer) -> psutil.Process:
    """The process that *server* runs in: the oldest, as all others of its kind forked from it.

    Other servers of this process are not considered: they hold the kernels of other tests.
    """
    wall = psutil.Process(server.pid)
    found = []
    for process in [wall, *wall.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            if process.name() != "bwrap" and "graders.kernels.server" in process.cmdline():
                found.append(process)
    return min(found, key=lambda process: (process.create_time(), process.pid))


def wait_until(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for something that takes the system a moment; fail if it does not come."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


class Kernel:
    """A running kernel and a client of it."""

    def __init__(
        self, folder: Path | None, name: str = KERNEL_NAME, config: dict[str, Any] | None = None,
        **options: Any,
    ) -> None:  # fmt: skip
        self.manager = KernelManager(
            kernel_name=name, config=Config({"SeniorkitProvisioner": config or {}})
        )
        if name != KERNEL_NAME:
            self.manager.transport = "ipc"
            self.manager.ip = f"{tempfile.mkdtemp(dir='/tmp')}/s"
            options.setdefault("extra_arguments", ["--HistoryManager.hist_file=:memory:"])
        if folder is not None:
            options["cwd"] = str(folder)
        self.manager.start_kernel(**options)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    @property
    def provisioner(self) -> Any:
        return self.manager.provisioner

    def run(self, source: str, timeout: float = 60) -> str:
        """What *source* prints, and its error, if it ends with one."""
        said: list[str] = []

        def hear(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] == "stream":
                said.append(content["text"])
            elif message["msg_type"] == "error":
                said.append(f"{content['ename']}: {content['evalue']}")

        self.client.execute_interactive(source, timeout=timeout, output_hook=hear)
        return "".join(said)

    def ask(self, expression: str, before: str = "") -> Any:
        """The value of *expression*, after *before* was executed."""
        return ast.literal_eval(self.run(f"{before}\nprint(repr({expression}))").strip())

    def begin(self, source: str, timeout: float = 30) -> str:
        """Start *source*, which prints `begun`; gives the request once it has.

        Before that an interrupt would be lost: a kernel heeds it during a request only.
        """
        request = str(self.client.execute(source, stop_on_error=False))
        said, end = "", time.monotonic() + timeout
        while "begun" not in said:
            message = self.client.get_iopub_msg(timeout=max(0.0, end - time.monotonic()))
            if message["parent_header"].get("msg_id") == request:
                said += message["content"].get("text", "")
        return request

    def reply(self, request: str, timeout: float = 10) -> dict[str, Any]:
        """What *request* was answered.

        Only that: the client may have asked several times whether the kernel is there.
        """
        end = time.monotonic() + timeout
        while True:
            message = self.client.get_shell_msg(timeout=max(0.0, end - time.monotonic()))
            if message["parent_header"].get("msg_id") == request:
                content: dict[str, Any] = message["content"]
                return content

    def is_alive(self) -> bool:
        return bool(self.manager.is_alive())

    def stop(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        shutil.rmtree(Path(self.manager.ip).parent, ignore_errors=True)


@pytest.fixture(autouse=True, scope="session")
def _sandbox() -> None:
    assert isolation(), f"these tests need bubblewrap: {isolation().reason}"


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Started]:
    """Starts kernels in a folder of the test's own; ends them after it."""
    started: list[Kernel] = []

    def begin(folder: Path | None = tmp_path, **options: Any) -> Kernel:
        started.append(Kernel(folder, **options))
        return started[-1]

    yield begin
    for kernel in started:
        kernel.stop()
    gc.collect()


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """One kernel for all the questions of a module that change nothing."""
    folder = tmp_path_factory.mktemp("handed-in")
    (folder / "data").mkdir()
    (folder / "data" / "loads.csv").write_text("load\n1\n")
    (folder / "week01.ipynb").write_text("{}")
    running = Kernel(folder)
    yield running
    running.stop()
    gc.collect()
