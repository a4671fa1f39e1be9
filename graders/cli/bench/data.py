"""Where the data lie that are measured on and that are no part of the project."""

from __future__ import annotations

from pathlib import Path

from graders.errors import UsageError


def found_in(data: Path | None, pattern: str) -> Path | None:
    """The first file of *pattern* in *data* or one folder below, or `None`."""
    if data is None:
        return None
    return next(iter(sorted([*data.glob(pattern), *data.glob(f"*/{pattern}")])), None)


def needed(path: Path | None, pattern: str, data: Path) -> Path:
    """*path*, which must be there.

    Raises:
        UsageError: If it is `None`.
    """
    if path is None:
        raise UsageError(
            f"there is no {pattern}", where=str(data), fix="Give the folder with --data"
        )
    return path
