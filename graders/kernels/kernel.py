"""Turns a forked process into an ipykernel that looks as if it had been started afresh.

Runs in the fork server's children. The five sockets are open before the process exists, so no
client ever waits for them, and no folder of the machine has to be writable inside the sandbox.
"""

from __future__ import annotations

import json
import os
import random
import sys
from pathlib import Path
from typing import Any

from graders.kernels.preload import Preloaded

CHANNELS = ("shell", "iopub", "stdin", "control", "hb")
"""The sockets of a kernel, in the order in which they are handed over."""


def run_kernel(job: dict[str, Any], sockets: list[int], preloaded: Preloaded) -> None:
    """Be the kernel that *job* describes; returns when the kernel is told to shut down.

    Args:
        job: `cwd`, `env`, `argv`, `connection_file`, `connection`: as for a process of its own.
        sockets: Listening sockets, one for each of `CHANNELS`.
        preloaded: What was imported ahead.
    """
    _look_fresh(job, preloaded)
    path = Path(job["connection_file"])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(job["connection"], indent=2))
    import zmq
    from ipykernel.heartbeat import Heartbeat
    from ipykernel.kernelapp import IPKernelApp

    descriptors = dict(zip(CHANNELS, sockets, strict=True))
    ports = {int(job["connection"][f"{name}_port"]): descriptors[name] for name in CHANNELS}
    app: Any = IPKernelApp.instance()

    def bind(zmq_socket: Any, port: int) -> int:
        zmq_socket.setsockopt(zmq.USE_FD, ports[port])
        # Outputs wait here, within the kernel's own memory, and are never dropped.
        zmq_socket.sndhwm = 0
        zmq_socket.bind(f"ipc://{app.ip}-{port}")
        return port

    def start_heartbeat() -> None:
        heartbeat: Any = Heartbeat(  # type: ignore[no-untyped-call]
            zmq.Context(), (app.transport, app.ip, app.hb_port)
        )
        vars(heartbeat)["_try_bind_socket"] = lambda: bind(heartbeat.socket, heartbeat.port)
        app.heartbeat = heartbeat
        heartbeat.start()

    vars(app).update(_try_bind_socket=bind, init_heartbeat=start_heartbeat)
    app.initialize(sys.argv[1:])
    app.start()


def _look_fresh(job: dict[str, Any], preloaded: Preloaded) -> None:
    """Give the process the state of a new interpreter."""
    os.environ.clear()
    os.environ.update(job["env"])
    preloaded.set_variables()
    sys.argv[:] = job["argv"]
    sys.orig_argv[:] = [sys.executable, *job["orig_argv"]]
    preloaded.hide()
    random.seed()
    numpy_random = preloaded.seen("numpy.random")
    if numpy_random is not None:
        numpy_random.seed()
    tempfile = preloaded.seen("tempfile")
    if tempfile is not None:
        vars(tempfile)["_name_sequence"] = None
    os.chdir(job["cwd"])
