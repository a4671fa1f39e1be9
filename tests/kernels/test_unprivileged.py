"""The sandbox for an ordinary user; when the tests run as root, an ordinary user is made for it."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.conftest import ROOT

USER = 42_424


@pytest.mark.skipif(os.geteuid() != 0, reason="all tests run as an ordinary user here")
def test_the_sandbox_holds_for_an_ordinary_user() -> None:
    with TemporaryDirectory(dir="/tmp") as folder:  # pytest's own are closed to others
        done = run_as_user(Path(folder))
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout


def run_as_user(folder: Path) -> subprocess.CompletedProcess[str]:
    home, work = folder / "home", folder / "work"
    folder.chmod(0o755)
    for own in (home, work):
        own.mkdir()
        os.chown(own, USER, USER)
    tests = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    tests += ["tests/kernels/test_sandbox.py", f"--basetemp={work}/tests"]
    drop = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", "--inh-caps=-all"]
    command = f"{reachable(folder)} exec {shlex.join([*drop, *tests])}"
    environment = {"HOME": str(home), "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        ["unshare", "--mount", "sh", "-ec", command], cwd=ROOT, env=environment, check=False,
        capture_output=True, text=True, timeout=250,
    )  # fmt: skip


def reachable(folder: Path) -> str:
    """Commands that let others reach a Python which is installed in root's home, here only."""
    prefix = Path(sys.base_prefix)
    closed = [folder for folder in prefix.parents if not folder.stat().st_mode & 0o001]
    if not closed:
        return ""
    kept = folder / "python"
    kept.mkdir()
    return (
        f"mount --bind {prefix} {kept}; mount -t tmpfs -o mode=755 tmpfs {closed[-1]}; "
        f"mkdir -p {prefix}; mount --bind {kept} {prefix};"
    )
