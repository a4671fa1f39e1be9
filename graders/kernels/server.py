"""The fork server: a program that imports ahead and forks one kernel for each request.

Runs inside the sandbox, as `python -m graders.kernels.server CHANNEL SETTINGS`, where CHANNEL is
an open socket to the worker. It reads no file of the course, has no key and no network.

Each kernel is three forks below it: the first takes namespaces of its own and ends, the second is
process 1 of the new namespace and supervises, the third runs the learner's code.
"""

from __future__ import annotations

import sys

from graders.kernels.preload import Preloaded

# What a bare interpreter has loaded: a kernel must not find more than that. What this package
# has brought is forgotten, and loaded once more while notes are taken.
for _name in [name for name in sys.modules if name.split(".")[0] in ("graders", "rfc3987_syntax")]:
    del sys.modules[_name]
PRELOADED = Preloaded(sys.modules)
PRELOADED.begin()

# ruff: noqa: E402
import contextlib
import gc
import json
import os
import signal
import socket
import traceback
from pathlib import Path
from typing import Any

from graders.kernels import channel, confine
from graders.kernels.supervise import supervise

KERNEL_MODULES = ("zmq", "ipykernel.heartbeat", "ipykernel.kernelapp")
"""What a kernel has imported before it looks at its command line."""


def main(descriptor: int, settings: dict[str, Any]) -> None:
    """Serve kernels until the worker closes its end.

    Args:
        descriptor: The open socket to the worker.
        settings: `sandboxed`, `nested`, `as_root`, `preload`, `shared`.
    """
    worker = socket.socket(fileno=descriptor)
    sys.path.remove(str(Path.cwd()))  # as `ipykernel_launcher` does it
    if settings["as_root"]:
        confine.mount_proc()
        confine.become_nobody()
    preloaded = PRELOADED
    failed = preloaded.record([*KERNEL_MODULES, *settings["preload"]])
    preloaded.hide()
    preloaded.show(KERNEL_MODULES)
    alone = _try_namespaces(settings) if settings["nested"] else ""
    settings["nested"] = settings["nested"] and not alone
    confine.set_dumpable(False)
    gc.collect()
    gc.freeze()
    threads = len(list(Path("/proc/self/task").iterdir()))
    channel.send(worker, {"alone": alone, "failed": failed, "threads": threads})
    while (request := channel.receive(worker)) is not None:
        job, files = request
        _fork_kernel(job | {"settings": settings}, files, worker, preloaded)
        for file in files:
            os.close(file)


def _fork_kernel(
    job: dict[str, Any], files: list[int], worker: socket.socket, preloaded: Preloaded
) -> None:
    """Fork; the child becomes the kernel's supervisor, or forks it in a namespace of its own."""
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    status = 1
    try:
        worker.close()
        status = _begin(job, files, preloaded)
    except BaseException as error:
        with contextlib.suppress(OSError), socket.socket(fileno=files[0]) as life:
            channel.send(life, {"ended": "failed", "why": f"{type(error).__name__}: {error}"})
        traceback.print_exc()
    finally:
        os._exit(status)


def _begin(job: dict[str, Any], files: list[int], preloaded: Preloaded) -> int:
    settings = job["settings"]
    if settings["nested"]:
        confine.new_namespaces()
        private = [job["cwd"], job["env"].get("HOME", "/tmp")]
        confine.build_root(settings["shared"], private, job["limits"]["disk"])
    if os.fork():
        return 0
    if settings["nested"]:
        confine.enter_root()
    confine.adopt_orphans()
    return supervise(job, files, preloaded)


def _try_namespaces(settings: dict[str, Any]) -> str:
    """Why kernels cannot have namespaces of their own here; empty if they can."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            confine.new_namespaces()
            confine.build_root(settings["shared"], [], 1 << 20)
            if not (grandchild := os.fork()):
                confine.enter_root()
                os._exit(0)
            os._exit(os.waitpid(grandchild, 0)[1] and 1)
        except BaseException as error:
            os.write(writer, str(error).encode())
        finally:
            os._exit(1)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        why = pipe.read().decode()
    _, status = os.waitpid(child, 0)
    return why or ("the new root could not be entered" if status else "")


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    main(int(sys.argv[1]), json.loads(sys.argv[2]))
