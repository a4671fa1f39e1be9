"""The hub of deploy/jupyterhub on free ports, with its proxy; ended with all that it started."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from tests.hub.place import DEPLOY, Place

ENDS_WITH_US = ("setpriv", "--pdeathsig", "TERM")
"""Asks the hub to end if the tests are killed."""

OVERRIDES = """
load_subconfig({shipped!r})
c = get_config()
c.JupyterHub.bind_url = "http://127.0.0.1:{front}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{hub}"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api}"
c.Spawner.args = ["--LabApp.expose_app_in_browser=True"]  # as the browser tests need it
"""


@contextmanager
def running_hub(place: Place, kept: Path) -> Iterator[str]:
    """Start the hub as root; yields its address. Its log is in *kept* afterwards."""
    front, hub, api = _free_ports(3)
    config = place.base / "state" / "jupyterhub_config.py"
    shipped = str(DEPLOY / "jupyterhub_config.py")
    config.write_text(OVERRIDES.format(shipped=shipped, front=front, hub=hub, api=api))
    log = place.base / "state" / "hub.log"
    with log.open("w") as said:
        process = subprocess.Popen(
            [*ENDS_WITH_US, place.kit / "bin" / "jupyterhub", "-f", config], cwd=config.parent,
            env=place.environment, stdout=said, stderr=said, start_new_session=True,
        )  # fmt: skip
    try:
        _wait_until_up(f"http://127.0.0.1:{front}/hub/health", process, log)
        yield f"http://127.0.0.1:{front}"
    finally:
        _stop(process)
        shutil.copy(log, kept)


def _free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def _wait_until_up(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError):
            urllib.request.urlopen(url, timeout=2)
            return
        time.sleep(0.2)
    pytest.fail(f"the hub did not start:\n{log.read_text()[-3000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End people's servers, ask the hub to end, and then end what is left of its children."""
    with suppress(psutil.NoSuchProcess):
        children = psutil.Process(process.pid).children(recursive=True)
        for child in children:
            with suppress(psutil.NoSuchProcess):
                if child.uids().real:
                    child.kill()  # the hub would wait ten seconds for each
        os.kill(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=20)
        for child in children:
            with suppress(psutil.NoSuchProcess):
                child.kill()
        process.kill()
    process.wait(timeout=10)
