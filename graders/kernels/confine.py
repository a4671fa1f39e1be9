"""Takes rights from a process inside the sandbox: own namespaces, own root, limits, no privileges.

Runs inside the sandbox, in the fork server's children, with the standard library only. The calls
go through `ctypes`, because Python has `os.unshare` from 3.12 on only.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import platform
import resource
import socket
import stat
import struct
from collections.abc import Iterable
from pathlib import Path

from graders.kernels.seccomp import refuse_dangerous_calls

NOBODY = 65534
"""User and group of everything in the sandbox."""

NEW_ROOT = Path("/.kernel")
"""Where a kernel's own file system is put together; the sandbox has an empty folder there."""

_ETC = {
    "passwd": f"nobody:x:{NOBODY}:{NOBODY}:nobody:/tmp:/bin/sh\n",
    "group": f"nogroup:x:{NOBODY}:\n",
    "hosts": "127.0.0.1 localhost\n::1 localhost\n",
}
"""Instead of the machine's own, which tell who works on it."""

_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")

# From <linux/sched.h>, <linux/mount.h>, <linux/prctl.h>, <linux/capability.h>.
_NEW_NAMESPACES = {
    "mount": 0x00020000, "ipc": 0x08000000, "user": 0x10000000, "pid": 0x20000000,
    "net": 0x40000000,
}  # fmt: skip
_NOSUID, _NODEV, _NOEXEC, _BIND, _REC, _PRIVATE = 2, 4, 8, 4096, 16384, 1 << 18
_DETACH = 2
_DUMPABLE, _BOUNDING_DROP, _NO_NEW_PRIVS, _CHILD_SUBREAPER = 4, 24, 38, 36
_CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def _mount(source: str, target: Path, kind: str | None, flags: int, options: str = "") -> None:
    arguments = [
        None if text is None else text.encode() for text in (source, str(target), kind, options)
    ]
    source_, target_, kind_, options_ = arguments
    result = _libc.mount(source_, target_, kind_, ctypes.c_ulong(flags), options_)
    _check(result, f"mount {target}")


def set_dumpable(dumpable: bool) -> None:
    """Whether others of the same user may look into this process's memory."""
    _check(_libc.prctl(_DUMPABLE, int(dumpable), 0, 0, 0), "prctl")


def adopt_orphans() -> None:
    """Make this process the parent of every descendant whose own parent ends."""
    _check(_libc.prctl(_CHILD_SUBREAPER, 1, 0, 0, 0), "prctl")


def become_nobody() -> None:
    """Leave the rights of root for good; does nothing for anyone else."""
    if os.getuid() != 0:
        return
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def mount_proc(target: Path = Path("/proc")) -> None:
    """Show the processes of this process's own namespace at *target*, and no others."""
    _mount("proc", target, "proc", _NOSUID | _NODEV | _NOEXEC)


def new_namespaces() -> None:
    """Give this process own users, mounts, network and ipc, and its children own processes.

    Raises:
        OSError: If the system does not allow namespaces inside a sandbox.
    """
    uid, gid = os.getuid(), os.getgid()
    set_dumpable(True)  # else the two maps below belong to root
    _check(_libc.unshare(sum(_NEW_NAMESPACES.values())), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    _mount("none", Path("/"), None, _REC | _PRIVATE)
    _loopback_up()


def _loopback_up() -> None:
    # struct ifreq: the name in 16 bytes, then flags; SIOCSIFFLAGS, IFF_UP.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sH22x", b"lo", 1))


def build_root(shared: Iterable[str], private: Iterable[str], limit_bytes: int) -> None:
    """Prepare a file system of the kernel's own, in memory, for `enter_root`.

    Args:
        shared: Paths that it has in common with the sandbox, read-only there already.
        private: Folders of its own that must exist.
        limit_bytes: How much may be written, everywhere together.
    """
    options = f"size={limit_bytes},nr_inodes={limit_bytes // 4096},mode=755"
    _mount("tmpfs", NEW_ROOT, "tmpfs", _NOSUID | _NODEV, options)
    for folder in ("/proc", "/dev/pts", "/etc", *private):
        _inside(folder).mkdir(parents=True, exist_ok=True)
    for folder in ("/tmp", "/dev/shm", "/var/tmp"):
        _inside(folder).mkdir(parents=True, exist_ok=True)
        _inside(folder).chmod(0o1777)
    for name, text in _ETC.items():
        _inside(f"/etc/{name}").write_text(text)
    for path in shared:
        _share(path)
    for name in _DEVICES:
        _share(f"/dev/{name}")
    _mount("devpts", _inside("/dev/pts"), "devpts", _NOSUID | _NOEXEC, "newinstance,ptmxmode=0666")
    _inside("/dev/ptmx").symlink_to("pts/ptmx")
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        _inside(f"/dev/{name}").symlink_to(f"/proc/self/fd/{number}")
    _inside("/dev/fd").symlink_to("/proc/self/fd")


def _inside(path: str) -> Path:
    return NEW_ROOT / path.lstrip("/")


def _share(path: str) -> None:
    """Bind one path of the sandbox into the new root."""
    target = _inside(path)
    try:
        mode = os.lstat(path).st_mode
    except OSError:
        return
    if target.is_symlink() or (stat.S_ISLNK(mode) and target.exists()):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    if stat.S_ISLNK(mode):
        target.symlink_to(Path(path).readlink())
        return
    if stat.S_ISDIR(mode):
        target.mkdir(exist_ok=True)
    else:
        target.touch()
    _mount(path, target, None, _BIND | _REC)


def enter_root() -> None:
    """Make the prepared file system the only one, with the processes of this namespace in /proc."""
    mount_proc(_inside("/proc"))
    os.chdir(NEW_ROOT)
    number = 155 if platform.machine() == "x86_64" else 41
    _check(_libc.syscall(number, b".", b"."), "pivot_root")
    _check(_libc.umount2(b".", _DETACH), "umount")
    os.chdir("/")
    # No further namespaces below this one: they are where kernels have had their weak points.
    with contextlib.suppress(OSError):
        Path("/proc/sys/user/max_user_namespaces").write_text("0")


def drop_rights() -> None:
    """Give up every privilege, for this process and all it will ever start."""
    _check(_libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl")
    capability = 0
    while _libc.prctl(_BOUNDING_DROP, capability, 0, 0, 0) == 0:
        capability += 1
    header = struct.pack("Ii", _CAPABILITY_VERSION_3, 0)
    _check(_libc.capset(header, bytes(24)), "capset")
    # Keys of the user's login are inherited; an empty keyring takes their place.
    _libc.syscall({"x86_64": 250, "aarch64": 219}.get(platform.machine(), -1), 1, None)
    refuse_dangerous_calls()


def be_first_to_go() -> None:
    """If the machine runs out of memory, let this process be ended before any other."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def limit(limits: dict[str, int]) -> None:
    """Set limits by their names in `resource`, without `RLIMIT_`: `{"CPU": 600}`."""
    for name, value in limits.items():
        if name == "NPROC" and not _counts_by_namespace():
            continue  # it would count everything else that the user runs
        kind = getattr(resource, f"RLIMIT_{name}")
        _, hard = resource.getrlimit(kind)
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard)
        resource.setrlimit(kind, (value, value))


def _counts_by_namespace() -> bool:
    """Whether Linux counts a user's processes in each namespace for itself (from 5.14 on)."""
    numbers = platform.release().split("-")[0].split(".")
    return tuple(int(number) for number in numbers[:2]) >= (5, 14)
