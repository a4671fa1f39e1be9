"""The first process of a kernel's namespace: starts the kernel, watches it, ends with it.

When this process ends, the system ends all others of the namespace, whatever they ignore.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import time
from pathlib import Path
from typing import Any

from graders.kernels import channel, confine
from graders.kernels.files import unpack
from graders.kernels.kernel import run_kernel
from graders.kernels.preload import Preloaded

TICK = 0.1
"""Seconds between two looks at the memory of the kernel's processes."""


_CLEARING_SECONDS = 5.0


def supervise(job: dict[str, Any], files: list[int], preloaded: Preloaded) -> int:
    """Fork the kernel and stay until it ends or the worker lets go of it.

    Args:
        job: What to start; see `run_kernel`, and `limits`.
        files: The line to the worker, the data files, then the sockets of the kernel.
        preloaded: What was imported ahead.
    """
    line, data, *sockets = files
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    os.close(null)
    child = os.fork()
    if not child:
        os.close(line)
        _become_kernel(job, data, sockets, preloaded)
        os._exit(0)
    for descriptor in (data, *sockets):
        os.close(descriptor)
    if job["settings"]["sandboxed"]:
        confine.drop_rights()
    confine.set_dumpable(False)
    with socket.socket(fileno=line) as worker:
        ended = _watch(worker, child, job["limits"]["memory"])
        with contextlib.suppress(OSError):
            channel.send(worker, ended)
        # While the line is open the worker waits, so that nothing is left when it goes on.
        _end_descendants(alone=job["settings"]["nested"])
    return 0


def _become_kernel(
    job: dict[str, Any], data: int, sockets: list[int], preloaded: Preloaded
) -> None:
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if job["settings"]["sandboxed"]:
        confine.be_first_to_go()
        confine.limit(job["limits"]["each"])
        confine.drop_rights()
        unpack(data, Path(job["cwd"]))
    os.close(data)
    confine.set_dumpable(True)
    run_kernel(job, sockets, preloaded)


def _watch(worker: socket.socket, child: int, memory: int) -> dict[str, Any]:
    """Relay signals and look after the memory, until there is a reason to end."""
    end = os.pidfd_open(child)
    poll = select.poll()
    poll.register(end, select.POLLIN)
    poll.register(worker, select.POLLIN)
    while True:
        events = dict(poll.poll(TICK * 1000))
        if worker.fileno() in events:
            request = channel.receive(worker)
            if request is None:
                return {"ended": "killed"}
            with contextlib.suppress(OSError):
                os.killpg(child, int(request[0]["signal"]))
        status = _reap(child)
        if status is not None:
            return {"ended": "exited", "status": os.waitstatus_to_exitcode(status)}
        pids = descendants()
        used = memory_of(pids)
        if used > memory and (used := memory_of(pids, exactly=True)) > memory:
            return {"ended": "memory", "bytes": used}


def _reap(child: int) -> int | None:
    """Collect processes that ended; the status of *child* if it is among them."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return 0
        if pid == child:
            return status
        if pid == 0:
            return None


def descendants() -> list[int]:
    """Process numbers of everything below this process, from /proc."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with contextlib.suppress(OSError, ValueError, IndexError):
                fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
                parents[int(entry.name)] = int(fields[1])
    found = {os.getpid()}
    while new := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= new
    return sorted(found - {os.getpid()})


def memory_of(pids: list[int], *, exactly: bool = False) -> int:
    """Bytes of memory, swapped out or not, that *pids* use.

    Args:
        pids: Process numbers; those that ended meanwhile count nothing.
        exactly: Share out what several processes have in common, instead of counting it for each.
            That takes a millisecond for each, and a process may refuse to be looked at so closely.
    """
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            rough = _kilobytes(Path(f"/proc/{pid}/status"), ("VmRSS:", "VmSwap:"))
            total += rough
            if exactly:
                shared_out = Path(f"/proc/{pid}/smaps_rollup")
                total += _kilobytes(shared_out, ("Pss:", "SwapPss:")) - rough
    return total * 1024


def _kilobytes(path: Path, names: tuple[str, ...]) -> int:
    lines = path.read_text(errors="replace").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(names))


def _end_descendants(alone: bool) -> None:
    """Kill everything below this process, and wait until it is gone.

    Args:
        alone: Whether there is nothing else in this process's namespace.
    """
    end = time.monotonic() + _CLEARING_SECONDS
    while time.monotonic() < end:
        for pid in [-1] if alone else descendants():
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.001)
