"""Carries the files beside a notebook into the sandbox, as one archive in memory."""

from __future__ import annotations

import os
import stat
import tarfile
from pathlib import Path
from typing import Any

from graders.errors import KernelError

NOT_CARRIED = (".ipynb", ".rubric.yaml", ".checks.yaml", ".probes.json")
"""Endings of files that stay outside: a notebook about to be run holds its hidden tests, and what
lies beside a master tells what is expected."""

COURSE_FILES = ("nbgrader_config.py", "gradebook.db")
"""No folder that holds one of these is ever carried: it is a course, with solutions and grades."""


def pack(folder: Path | None, limit_bytes: int) -> int:
    """An archive of *folder* as an open file in memory; links and special files are left out.

    Args:
        folder: What to carry; nothing if `None`.
        limit_bytes: Of all files together.

    Raises:
        KernelError: If the folder is a course, or holds more than *limit_bytes*.
    """
    descriptor = os.memfd_create("files")
    try:
        with (
            open(descriptor, "wb", closefd=False) as file,
            tarfile.open(fileobj=file, mode="w|", format=tarfile.PAX_FORMAT) as archive,
        ):
            if folder is not None:
                _add_all(archive, folder, limit_bytes)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _add_all(archive: tarfile.TarFile, folder: Path, limit_bytes: int) -> None:
    left = limit_bytes
    for mark in COURSE_FILES:
        if (folder / mark).exists():
            raise KernelError(
                "a course folder is not carried into the sandbox",
                where=str(folder),
                fix="Run the notebook in a folder of its own",
            )
    for root, names, files in os.walk(folder):
        names.sort()
        for name in sorted([*names, *files]):
            path = Path(root, name)
            info = archive.gettarinfo(path, str(path.relative_to(folder)))
            if info is None or not (info.isreg() or info.isdir()) or name.endswith(NOT_CARRIED):
                continue
            info.uid, info.gid, info.uname, info.gname = 0, 0, "", ""
            info.mode = (info.mode | stat.S_IRUSR | stat.S_IWUSR) & 0o777
            left -= 512 + info.size
            if left < 0:
                raise KernelError(
                    f"the files beside the notebook have more than {limit_bytes:,} bytes",
                    where=str(folder),
                    fix="Raise SeniorkitProvisioner.max_files_bytes, or take files away",
                )
            if info.isreg():
                descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
                with os.fdopen(descriptor, "rb") as content:
                    archive.addfile(info, content)
            else:
                archive.addfile(info)


def unpack(descriptor: int, folder: Path) -> None:
    """Write the archive's files into *folder*; runs inside the sandbox."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    with (
        open(descriptor, "rb", closefd=False) as file,
        tarfile.open(fileobj=file, mode="r|") as archive,
    ):
        # Python 3.11.2, Debian 12's, has no filters yet; `pack` puts in plain files and folders only.
        chosen: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
        archive.extractall(folder, **chosen)
