"""A PostgreSQL server of a test's own: in a temporary folder, on loopback, as an ordinary user."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PASSWORD = "kept-from-workers"


@contextmanager
def postgres() -> Iterator[str]:
    """Start a server; gives the address of an empty database, for SQLAlchemy."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    # The server refuses to run as root.
    before = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    before = before if os.geteuid() == 0 else []
    if before:
        shutil.chown(folder, "postgres", "postgres")
    secret = folder / "secret"
    secret.write_text(PASSWORD)
    secret.chmod(0o644)
    data = folder / "data"
    port = _free_port()

    def call(*arguments: str) -> None:
        done = subprocess.run(
            [*before, *arguments], cwd=folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    call(
        str(programs / "initdb"), "-D", str(data), "-U", "grader", "--auth=scram-sha-256",
        f"--pwfile={secret}", "--no-sync", "-E", "UTF8",
    )  # fmt: skip
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c fsync=off -k {folder}"
    control = [str(programs / "pg_ctl"), "-D", str(data), "-w"]
    call(*control, "-o", options, "-l", str(data / "log"), "start")
    try:
        yield f"postgresql+psycopg://grader:{PASSWORD}@127.0.0.1:{port}/postgres"
    finally:
        call(*control, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    program = shutil.which("initdb")
    assert program, "PostgreSQL is not installed (Debian: apt-get install postgresql)"
    return Path(program).resolve().parent


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
