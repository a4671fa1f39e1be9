"""Puts a submission into `submitted/` whole or not at all, with its `timestamp.txt`."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from graders.errors import StoreError
from graders.submitted import TIMESTAMP

FORMAT = "%Y-%m-%d %H:%M:%S UTC"
"""As nbgrader writes and reads it."""

Files = Mapping[tuple[str, ...], bytes]
"""Name, part by part -> bytes."""


def lying(folder: Path) -> dict[tuple[str, ...], bytes]:
    """The files of a submission that lies there already, without its time."""
    if not folder.is_dir():
        return {}
    return {
        path.relative_to(folder).parts: path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink() and path.name != TIMESTAMP
    }


def lying_since(folder: Path) -> datetime | None:
    """When the submission that lies there was handed in, if that can be read."""
    try:
        text = (folder / TIMESTAMP).read_text(encoding="utf-8").strip()
        return datetime.strptime(text, FORMAT).replace(tzinfo=UTC)
    except (OSError, ValueError):
        return None


def place(folder: Path, files: Files, at: datetime) -> None:
    """Make *folder* hold just *files*, handed in at *at*.

    A reader finds the earlier submission or this one, never a half; whatever happens, one of
    them is there after the next `recover`.

    Raises:
        StoreError: If it cannot be written; what lay there still does, then.
    """
    earlier = _earlier(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        recover(folder)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.new-") as new:
            made = Path(new) / "whole"
            made.mkdir()
            for parts, data in files.items():
                path = made.joinpath(*parts)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
            (made / TIMESTAMP).write_text(at.astimezone(UTC).strftime(FORMAT), encoding="utf-8")
            if folder.exists():
                folder.rename(earlier)
            made.rename(folder)
    except OSError as error:
        if earlier.exists() and not folder.exists():
            earlier.rename(folder)
        raise StoreError(
            f"the submission cannot be written ({error.strerror or error})",
            where=str(folder),
            fix="Check the folder's rights and the free space; what lay there still does",
        ) from None
    shutil.rmtree(earlier, ignore_errors=True)


def recover(folder: Path) -> None:
    """Bring back what a killed run had moved aside, and remove what it left half done."""
    earlier = _earlier(folder)
    if earlier.exists():
        if folder.exists():
            shutil.rmtree(earlier)
        else:
            earlier.rename(folder)
    for left in folder.parent.glob(f".{folder.name}.new-*"):
        shutil.rmtree(left, ignore_errors=True)


def _earlier(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.earlier")
