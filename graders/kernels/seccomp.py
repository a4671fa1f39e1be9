"""Refuses the system calls that learners' code has no use for, but attackers do.

Those that hold memory which no limit counts (memory files, System V segments and queues), those
that reach the keys of whoever started the worker, and those whose code in the Linux kernel has had
most of its weak points. Refused calls fail as on a system that does not have them.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct

_CALLS = {
    "x86_64": {
        "add_key": 248, "bpf": 321, "fsopen": 430, "io_uring_enter": 426,
        "io_uring_register": 427, "io_uring_setup": 425, "keyctl": 250, "memfd_create": 319,
        "memfd_secret": 447, "mount": 165, "move_mount": 429, "msgget": 68, "open_tree": 428,
        "perf_event_open": 298, "pivot_root": 155, "request_key": 249, "setns": 308,
        "shmget": 29, "umount2": 166, "unshare": 272, "userfaultfd": 323,
    },
    "aarch64": {
        "add_key": 217, "bpf": 280, "fsopen": 430, "io_uring_enter": 426,
        "io_uring_register": 427, "io_uring_setup": 425, "keyctl": 219, "memfd_create": 279,
        "memfd_secret": 447, "mount": 40, "move_mount": 429, "msgget": 186, "open_tree": 428,
        "perf_event_open": 241, "pivot_root": 41, "request_key": 218, "setns": 268,
        "shmget": 194, "umount2": 39, "unshare": 97, "userfaultfd": 282,
    },
}  # fmt: skip
"""Refused calls, and their numbers by machine (<asm/unistd.h>)."""

_ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

# From <linux/bpf_common.h>, <linux/seccomp.h>, <linux/prctl.h>.
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_SET_SECCOMP, _FILTER = 22, 2


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))


def refuse_dangerous_calls() -> bool:
    """Install the filter for this process and all it starts; needs `no_new_privs`.

    Returns:
        Whether it is installed; machines whose numbers are not known go without.
    """
    calls = _CALLS.get(platform.machine())
    if calls is None:
        return False
    steps = _program(_ARCHITECTURE[platform.machine()], sorted(calls.values()))
    libc = ctypes.CDLL(None, use_errno=True)
    program = _Program(len(steps) // 8, steps)
    return bool(libc.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0) == 0)


def _program(architecture: int, numbers: list[int]) -> bytes:
    """The filter as Linux wants it: refuse *numbers*, kill what uses another architecture."""

    def step(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
        return struct.pack("HBBI", code, then, otherwise, value)

    missing = step(_RETURN, _ERROR | errno.ENOSYS)
    steps = [step(_LOAD, 4), step(_IF_EQUAL, architecture, 1), step(_RETURN, _KILL)]
    steps.append(step(_LOAD, 0))
    if architecture == _ARCHITECTURE["x86_64"]:
        # The same calls once more, numbered from here on (x32).
        steps += [step(_IF_AT_LEAST, 0x40000000, 0, 1), missing]
    for number in numbers:
        steps += [step(_IF_EQUAL, number, 0, 1), missing]
    return b"".join([*steps, step(_RETURN, _ALLOW)])
