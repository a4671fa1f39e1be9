"""A PostgreSQL server of a test's own: in a temporary folder, on a socket there, not as root."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PASSWORD = "kept-from-workers"
PORT = 5432
"""Part of the socket's name; nothing listens on the network, so no other server is in the way."""

LONGEST_SOCKET = 107
"""Bytes that the path of a socket may have on Linux (unix(7))."""


@contextmanager
def postgres() -> Iterator[str]:
    """Start a server; gives the address of an empty database, for SQLAlchemy."""
    programs = _programs()
    folder = _folder()
    # The server refuses to run as root.
    before = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    before = before if os.geteuid() == 0 else []
    if before:
        shutil.chown(folder, "postgres", "postgres")
    secret = folder / "secret"
    secret.write_text(PASSWORD)
    secret.chmod(0o644)
    data = folder / "data"

    def call(*arguments: str) -> None:
        done = subprocess.run(
            [*before, *arguments], cwd=folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    call(
        str(programs / "initdb"), "-D", str(data), "-U", "grader", "--auth=scram-sha-256",
        f"--pwfile={secret}", "--no-sync", "-E", "UTF8",
    )  # fmt: skip
    options = f"-p {PORT} -c listen_addresses= -c fsync=off -k {folder}"
    control = [str(programs / "pg_ctl"), "-D", str(data), "-w"]
    call(*control, "-o", options, "-l", str(data / "log"), "start")
    try:
        yield f"postgresql+psycopg://grader:{PASSWORD}@/postgres?host={folder}&port={PORT}"
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


def _folder() -> Path:
    """A new folder whose path leaves room for the name of a socket."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    if len(os.fsencode(folder / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET:
        return folder
    folder.rmdir()
    return Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
