"""Finds bubblewrap, tries whether it works here, and says which parts of the system are shown."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from graders.kernels.confine import NEW_ROOT

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
CONFIGURATION = (
    "/etc/alternatives", "/etc/fonts", "/etc/ld.so.cache", "/etc/ld.so.conf",
    "/etc/ld.so.conf.d", "/etc/localtime", "/etc/mime.types", "/etc/nsswitch.conf",
    "/etc/timezone",
)  # fmt: skip
"""What programs need of `/etc`; nothing of it is secret."""

PYTHON = ("bin", "lib", "lib64", "libexec", "include", "share", "ssl", "pyvenv.cfg")
"""What is shown of a Python installation."""

ENVIRONMENT = (
    "HOME", "LANG", "LC_ALL", "LC_CTYPE", "LOGNAME", "NBGRADER_EXECUTION", "PATH", "SHELL",
    "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "TZ", "USER", "VIRTUAL_ENV", "WINDIR",
)  # fmt: skip
"""The variables that learners' code may see: none that could hold a key."""

SERVER_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": "/tmp",
    # A process that is forked must not have threads.
    "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
}  # fmt: skip
"""The whole environment of the fork server."""

_ADDRESSES = 2 << 30
"""Bytes of addresses that a kernel reserves for its threads without using them."""

Kind = Literal["bubblewrap", "none"]


@dataclass(frozen=True)
class Isolation:
    """How learners' code is kept apart on this machine.

    Attributes:
        kind: By what.
        reason: Why by nothing, in words; empty otherwise.
        program: Where bubblewrap is.
    """

    kind: Kind
    reason: str = ""
    program: str = ""

    def __bool__(self) -> bool:
        return self.kind != "none"


@dataclass(frozen=True)
class Limits:
    """What one kernel may use.

    Attributes:
        memory: Bytes of all its processes together.
        disk: Bytes of all its files together; they are in memory.
        processes: Processes and threads.
        cpu: Seconds of computing of one process.
        open_files: Of one process.
    """

    memory: int = 2 << 30
    disk: int = 256 << 20
    processes: int = 128
    cpu: int = 600
    open_files: int = 512

    def as_job(self) -> dict[str, object]:
        """The limits as the fork server wants them."""
        each = {
            "AS": 2 * self.memory + _ADDRESSES,
            "NPROC": self.processes,
            "FSIZE": self.disk,
            "CPU": self.cpu,
            "NOFILE": self.open_files,
            "CORE": 0,
        }
        return {"memory": self.memory, "disk": self.disk, "each": each}


@cache
def isolation() -> Isolation:
    """Whether learners' code can be kept apart here; tried once in each process."""
    if sys.platform != "linux":
        return Isolation("none", "the sandbox needs Linux")
    program = shutil.which("bwrap")
    if program is None:
        return Isolation("none", "bubblewrap (the program `bwrap`) is not installed")
    command = [*command_line(program), sys.executable, "-I", "-S", "-c", "pass"]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Isolation("none", f"bubblewrap does not work here ({error})")
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        why = said[-1][:300] if said else f"exit status {done.returncode}"
        return Isolation("none", f"bubblewrap does not work here ({why})")
    return Isolation("bubblewrap", program=program)


def is_root() -> bool:
    """Whether this process has the rights of the machine's root."""
    return os.geteuid() == 0


def command_line(program: str, private: tuple[str, ...] = (), size: int = 0) -> list[str]:
    """Bubblewrap's command line, up to the program that is to run inside.

    An ordinary user gets a user namespace. Root does not: inside one it would still own the
    files of the real root, so the program inside becomes nobody by itself (`confine.become_nobody`).

    Args:
        program: Where bubblewrap is.
        private: Folders that can be written, where a sandbox serves one kernel only.
        size: Bytes that fit into each of them.
    """
    line = [
        program, "--die-with-parent", "--new-session", "--clearenv",
        "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts",
        "--unshare-cgroup-try", "--hostname", "sandbox",
    ]  # fmt: skip
    if is_root():
        for capability in ("SYS_ADMIN", "SETUID", "SETGID"):
            line += ["--cap-add", f"CAP_{capability}"]
    else:
        line += ["--unshare-user", "--uid", "65534", "--gid", "65534"]
    line += [
        "--dir",
        str(NEW_ROOT),
        "--dev",
        "/dev",
        *(["--dir", "/proc"] if is_root() else ["--proc", "/proc"]),
    ]
    writable = {"/tmp", "/dev/shm", *private}
    parents = {str(p) for path in (*shared_paths(), *writable) for p in Path(path).parents}
    limit = ["--size", str(size)] if size else []
    for folder in sorted(writable | parents - {"/", "/dev"}):
        if folder in writable:
            line += ["--perms", "1777", *limit, "--tmpfs", folder]
        else:
            line += ["--perms", "0755", "--dir", folder]  # its own would be for root only
    for path in shared_paths():
        if Path(path).is_symlink() and path in SYSTEM:
            line += ["--symlink", str(Path(path).readlink()), path]
        else:
            line += ["--ro-bind", path, path]
    line += _fonts()
    for name, value in SERVER_ENVIRONMENT.items():
        line += ["--setenv", name, value]
    return [*line, "--remount-ro", "/", "--chdir", "/", "--"]


def _fonts() -> list[str]:
    """Shows the list of fonts that matplotlib keeps; to make it anew takes a second or more."""
    home = os.environ.get("XDG_CACHE_HOME") or str(Path("~/.cache").expanduser())
    kept = os.environ.get("MPLCONFIGDIR") or f"{home}/matplotlib"
    inside, line = "/tmp/.cache/matplotlib", []
    with contextlib.suppress(OSError):
        for path in sorted(Path(kept).glob("fontlist-*.json")):
            line += ["--ro-bind", str(path), f"{inside}/{path.name}"]
    folders = ["--perms", "1777", "--dir", "/tmp/.cache", "--perms", "1777", "--dir", inside]
    return [*folders, *line] if line else []


@cache
def shared_paths() -> tuple[str, ...]:
    """The parts of the machine that the sandbox shows, read-only: never a course, never a home."""
    wanted = [Path(path) for path in (*SYSTEM, *CONFIGURATION)]
    prefixes = {sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix}
    executables = {sys.executable, os.path.realpath(sys.executable)}
    python = {Path(prefix) for prefix in prefixes} | {Path(e).parents[1] for e in executables}
    # A prefix may be the folder of a course (`python -m venv .`), so not all of it is shown.
    parts = {
        root / name for prefix in python for root in (prefix, prefix.resolve()) for name in PYTHON
    }
    parts |= {Path(sysconfig.get_path(name)) for name in ("purelib", "platlib")}
    # An editable install lies elsewhere; only the package itself is shown.
    parts.add(Path(__file__).parents[1])
    for path in sorted(parts):
        if not any(path.is_relative_to(other) for other in wanted):
            wanted.append(path)
    return tuple(str(path) for path in wanted if path.exists())
