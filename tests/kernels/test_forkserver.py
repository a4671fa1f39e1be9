"""The fork server: one for a process, replaced when it ends, gone with its process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from graders.errors import KernelError
from graders.kernels import forkserver, isolation, sandbox
from graders.kernels.forkserver import server_for
from graders.kernels.sandbox import Isolation
from tests.kernels.conftest import Kernel, Started, processes, serving, wait_until

TRUSTED = {"trust": True, "sandboxed": False}


def test_kernels_share_a_server(start: Started) -> None:
    start()
    server = server_for(isolation())
    start()
    assert server_for(isolation()) is server


def test_a_server_that_was_killed_is_replaced(start: Started) -> None:
    first = start()
    server = server_for(isolation())
    serving(server).kill()
    wait_until(lambda: not first.is_alive() and not server.usable)
    assert start().ask("6 * 7") == 42


def test_a_server_is_renewed_while_its_kernels_go_on(
    start: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forkserver, "RENEW_AFTER", 1)
    first, second = start(), start()
    seeds = [kernel.ask("hash('a word')") for kernel in (first, second)]
    assert seeds[0] != seeds[1]


def test_two_hundred_kernels_leave_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through the provisioner and the server, without the client, which costs most of the time."""
    from jupyter_client.manager import KernelManager

    monkeypatch.setattr(forkserver, "RENEW_AFTER", 1000)
    forkserver._forget_all()

    def once() -> None:
        manager = KernelManager(kernel_name="seniorkit")
        manager.start_kernel(cwd=str(tmp_path))
        manager.shutdown_kernel(now=True)
        manager.cleanup_resources()

    for _ in range(3):
        once()
    process = serving(server_for(isolation()))

    def held() -> tuple[int, int, int, int]:
        folders = len(list(Path("/tmp").glob(f"sk-{os.getpid()}-*")))
        return psutil.Process().num_fds(), process.num_fds(), len(processes()), folders

    before = held()
    for _ in range(200):
        once()
    wait_until(lambda: all(now <= then + 3 for now, then in zip(held(), before, strict=True)))


def test_complete_runs_leave_nothing_behind(tmp_path: Path) -> None:
    def once() -> None:
        kernel = Kernel(tmp_path)
        assert kernel.ask("1 + 1") == 2
        kernel.stop()

    once()
    before = psutil.Process().num_fds(), len(processes())
    for _ in range(5):
        once()
    wait_until(
        lambda: psutil.Process().num_fds() <= before[0] + 2 and len(processes()) <= before[1]
    )


START = """
import sys, time, os
from jupyter_client.manager import KernelManager
manager = KernelManager(kernel_name="seniorkit")
manager.start_kernel(cwd=sys.argv[1])
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=60)
client.execute("import os, time\\nwhile True:\\n    time.sleep(1)")
print("ready", flush=True)
time.sleep(1000)
"""


def test_nothing_outlives_a_worker_that_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", START, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
        below = psutil.Process(worker.pid).children(recursive=True)
        assert len(below) >= 5  # two of bubblewrap, the server, the supervisor, the kernel
        os.kill(worker.pid, signal.SIGKILL)
    _, alive = psutil.wait_procs(below, timeout=10)
    assert alive == []


def test_a_forked_process_gets_a_server_of_its_own(start: Started) -> None:
    start()
    ours = server_for(isolation())
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            theirs = server_for(isolation())
            os.write(writer, b"1" if theirs is not ours and theirs.usable else b"0")
            theirs.close()
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        assert pipe.read() == b"1"
    os.waitpid(child, 0)
    assert server_for(isolation()) is ours
    assert start().ask("6 * 7") == 42


def test_a_thread_that_ends_takes_no_kernel_with_it(tmp_path: Path) -> None:
    forkserver._forget_all()
    with ThreadPoolExecutor(2) as pool:
        kernels = list(pool.map(lambda _: Kernel(tmp_path), range(2)))
    assert [kernel.ask("6 * 7") for kernel in kernels] == [42, 42]
    for kernel in kernels:
        kernel.stop()


def test_where_namespaces_cannot_be_nested_each_kernel_has_a_sandbox(
    start: Started, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "data.csv").write_text("a")
    monkeypatch.setattr(server_for(isolation()), "alone", "unshare: not permitted")
    one, other = start(), start()
    assert all(kernel.provisioner._line._server.serves_one for kernel in (one, other))
    assert one.ask("os.getuid()", "import os") == 65534
    assert one.ask("(os.getcwd(), os.listdir('.'))") == (str(tmp_path), ["data.csv"])
    assert one.ask("os.path.exists('/etc/passwd')") is False
    assert one.run("open('secret', 'w').write('x'); open('/tmp/secret', 'w').write('x')") == ""
    assert "secret" not in other.ask("os.listdir('/tmp') + os.listdir('.')", "import os")
    refused = "import socket; socket.create_connection(('127.0.0.1', 9), 2)"
    assert "refused" in one.run(refused)
    assert "PermissionError" in one.run("os.listdir(f'/proc/{os.getppid()}/fd')")
    bomb = (
        "import os, time\nwhile True:\n"
        "    os.fork() if len(os.listdir('/proc')) < 120 else time.sleep(0.05)"
    )
    one.client.execute(bomb)
    time.sleep(0.5)
    one.stop()
    assert other.ask("6 * 7") == 42


def test_without_a_sandbox_code_is_refused_unless_it_is_trusted(
    start: Started, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    nothing = Isolation("none", "bubblewrap (the program `bwrap`) is not installed")
    monkeypatch.setattr("graders.kernels.provisioner.isolation", lambda: nothing)
    with pytest.raises(KernelError, match=r"bwrap.*not installed.*SENIORKIT_TRUST_SUBMISSIONS"):
        start()
    monkeypatch.setenv("SENIORKIT_TRUST_SUBMISSIONS", "1")
    trusted = start()
    assert trusted.ask("os.getuid()", "import os") == os.getuid()
    trusted.run("open('written.txt', 'w').write('x')")
    assert (tmp_path / "written.txt").read_text() == "x"


def test_a_trusted_kernel_ends_with_all_it_started(start: Started) -> None:
    start(config=TRUSTED).stop()
    before = len(processes())
    kernel = start(config=TRUSTED)
    kernel.run("import subprocess\nsubprocess.Popen(['sleep', '999'], start_new_session=True)")
    kernel.stop()
    wait_until(lambda: len(processes()) <= before)


def test_the_sandbox_is_missed_clearly(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    sandbox.isolation.cache_clear()
    assert "not installed" in sandbox.isolation().reason
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho 'No permissions to create a new namespace' >&2\nexit 1\n")
    broken.chmod(0o755)
    sandbox.isolation.cache_clear()
    found = sandbox.isolation()
    assert not found
    assert "No permissions to create a new namespace" in found.reason
    monkeypatch.undo()
    sandbox.isolation.cache_clear()


def test_what_a_killed_process_left_is_removed_later(start: Started) -> None:
    from graders.kernels.provisioner import _remove_stale_folders

    gone = subprocess.Popen(["true"])
    gone.wait()
    stale, fresh = Path(f"/tmp/sk-{gone.pid}-stale"), Path(f"/tmp/sk-{gone.pid}-fresh")
    for folder in (stale, fresh):
        folder.mkdir()
    os.utime(stale, (0, 0))
    _remove_stale_folders.cache_clear()
    start()
    assert (stale.exists(), fresh.exists()) == (False, True)
    fresh.rmdir()
