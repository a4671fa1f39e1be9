"""What this process has held at most."""

from __future__ import annotations

from pathlib import Path


def peak_memory() -> float:
    """Peak memory of this process in 10^6 bytes."""
    status = Path("/proc/self/status")
    if status.is_file():
        # On Linux, `getrusage` also counts what the parent held when this process was started.
        for line in status.read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6  # bytes on macOS
