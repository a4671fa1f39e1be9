"""Files that came from elsewhere: a zip archive or a folder, looked at without trusting either.

Nothing is unpacked by name: each file is read, within bounds, and written under a name of ours.
"""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zlib import error as ZlibError

from graders.errors import UsageError
from graders.submitted import MAX_NOTEBOOK_BYTES

MAX_FILES = 20_000
MAX_TOTAL = 5_000_000_000
"""Bytes of all files together, unpacked: 500 learners with 10 MB each."""

MAX_RATIO = 200
"""Notebooks shrink to a tenth; what grows 200 times when it is unpacked is a bomb."""

SMALL = 1_000_000
_NOISE = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini", ".ipynb_checkpoints")
_ENCRYPTED, _UTF8 = 0x1, 0x800


@dataclass(frozen=True)
class Piece:
    """One file of a delivery.

    Attributes:
        parts: Its name, part by part; none of them leads out of a folder.
        at: When it was last changed (UTC).
        position: Its place in the delivery.
        source: Where its bytes are.
    """

    parts: tuple[str, ...]
    at: datetime
    position: int
    source: Path | zipfile.ZipInfo

    @property
    def name(self) -> str:
        """The whole name, for people."""
        return "/".join(self.parts)


@dataclass(frozen=True)
class Delivery:
    """What can be read, and what was refused, with the reason in words."""

    pieces: tuple[Piece, ...]
    refused: tuple[str, ...]
    archive: zipfile.ZipFile | None = None

    def read(self, piece: Piece) -> bytes:
        """The bytes of *piece*.

        Raises:
            UsageError: If they cannot be read, or are more than was announced.
        """
        try:
            if isinstance(piece.source, Path):
                data = piece.source.read_bytes()
            else:
                assert self.archive is not None
                with self.archive.open(piece.source) as file:
                    data = file.read(MAX_NOTEBOOK_BYTES + 1)
        except (OSError, zipfile.BadZipFile, ZlibError, NotImplementedError, EOFError) as error:
            raise UsageError(f"cannot be unpacked ({error})", where=piece.name) from None
        if len(data) > MAX_NOTEBOOK_BYTES:
            raise UsageError(_TOO_LARGE, where=piece.name)
        return data


_TOO_LARGE = f"is larger than {MAX_NOTEBOOK_BYTES // 1_000_000} MB"


@contextmanager
def opened(source: Path) -> Iterator[Delivery]:
    """Look through a zip archive or a folder.

    Raises:
        UsageError: If it is neither, or as a whole more than anybody hands in.
    """
    if source.is_dir():
        yield _of_folder(source)
        return
    try:
        with zipfile.ZipFile(source) as archive:
            yield _of_archive(archive, source)
    except FileNotFoundError:
        raise UsageError("there is no such file", where=str(source), fix="Check its name") from None
    except (zipfile.BadZipFile, OSError) as error:
        raise UsageError(
            f"this is no zip archive that can be read ({error})",
            where=str(source),
            fix="Download it again",
        ) from None


def _of_archive(archive: zipfile.ZipFile, source: Path) -> Delivery:
    infos = [info for info in archive.infolist() if not info.is_dir()]
    _bounded(len(infos), sum(info.file_size for info in infos), source)
    pieces, refused = [], []
    for position, info in enumerate(infos):
        name = _name(info)
        parts = tuple(name.split("/"))
        if _is_noise(parts):
            continue
        why = _unsafe(name) or _refused(info)
        if why:
            refused.append(f"{name}: {why}")
            continue
        pieces.append(Piece(parts, _zip_time(info), position, info))
    return Delivery(tuple(pieces), tuple(refused), archive)


def _refused(info: zipfile.ZipInfo) -> str | None:
    mode = info.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return "is a link or a device, not a file"
    if info.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if info.file_size > MAX_NOTEBOOK_BYTES:
        return _TOO_LARGE
    if info.file_size > SMALL and info.file_size > MAX_RATIO * max(1, info.compress_size):
        return f"would grow more than {MAX_RATIO} times when it is unpacked"
    return None


def _of_folder(root: Path) -> Delivery:
    pieces, refused = [], []
    total = 0
    for position, path in enumerate(sorted(root.rglob("*"))):
        parts = path.relative_to(root).parts
        if _is_noise(parts):
            continue
        if path.is_symlink():
            refused.append(f"{'/'.join(parts)}: is a link, not a file")
            continue
        if path.is_dir():
            continue
        # A folder of links would have been entered by its own name only.
        if any(parent.is_symlink() for parent in path.parents if root in parent.parents):
            continue
        if not path.is_file():
            refused.append(f"{'/'.join(parts)}: is no ordinary file")
            continue
        facts = path.stat()
        why = _unsafe("/".join(parts)) or (_TOO_LARGE if facts.st_size > MAX_NOTEBOOK_BYTES else "")
        if why:
            refused.append(f"{'/'.join(parts)}: {why}")
            continue
        total += facts.st_size
        at = datetime.fromtimestamp(int(facts.st_mtime), UTC)
        pieces.append(Piece(parts, at, position, path))
    _bounded(len(pieces), total, root)
    return Delivery(tuple(pieces), tuple(refused))


def _bounded(files: int, total: int, source: Path) -> None:
    if files > MAX_FILES or total > MAX_TOTAL:
        raise UsageError(
            f"this holds {files:,} files of {total / 1e9:.1f} GB together; at most {MAX_FILES:,} "
            f"files and {MAX_TOTAL / 1e9:.0f} GB are read",
            where=str(source),
            fix="If it is no bomb, collect it in parts",
        )


def _name(info: zipfile.ZipInfo) -> str:
    """The name as it was meant: many programs write UTF-8 and do not say so."""
    name = info.orig_filename or info.filename
    if not info.flag_bits & _UTF8 and not name.isascii():
        try:
            return name.encode("cp437").decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            return name
    return name


def _unsafe(name: str) -> str | None:
    """Why a name is refused, in words."""
    if "\\" in name or ":" in name.split("/")[0][:2] or name.startswith("/"):
        return "its name leads out of the archive"
    parts = name.split("/")
    if any(part in ("", ".", "..") for part in parts):
        return "its name leads out of the archive"
    if any(not sign.isprintable() for sign in name):
        return "its name holds control characters"
    if len(name.encode(errors="surrogateescape")) > 1000 or len(parts) > 12:
        return "its name is too long"
    return None


def _is_noise(parts: tuple[str, ...]) -> bool:
    return any(part in _NOISE or part.startswith("._") for part in parts)


def _zip_time(info: zipfile.ZipInfo) -> datetime:
    """A zip archive keeps the local time of where it was made, and no zone: taken as ours."""
    try:
        return datetime(*info.date_time).astimezone(UTC)
    except ValueError:
        return datetime(1980, 1, 1, tzinfo=UTC)
