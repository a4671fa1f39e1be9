"""How downloads of learning platforms name files: whose is it, and what was it called.

Canvas ("Download Submissions"): `lastnamefirstname_LATE_USER_ATTACHMENT_name.ipynb`.
Moodle ("Download all submissions"): `Full Name_NUMBER_assignsubmission_file_/name.ipynb`, or
without folders. Else a folder for each person, or names that begin with who it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from graders.cohorts.delivery import Piece

Scheme = Literal["canvas", "moodle", "folder", "prefix"]

_CANVAS = re.compile(
    r"(?P<who>[^_/]+?)(?P<late>_LATE|_late)?_(?P<number>\d+)_(?P<attachment>\d+)_(?P<file>.+)"
)
_MOODLE = re.compile(
    r"(?P<who>.+?)_(?P<number>\d+)_assignsubmission_(?P<kind>file|onlinetext)_?(?P<file>.*)"
)
_AGAIN = re.compile(r"(?P<stem>.+?)(?:-\d{1,3}| ?\(\d{1,3}\))(?P<suffix>\.[A-Za-z0-9]+)")
"""What platforms and browsers make of a second file of the same name."""


@dataclass(frozen=True)
class Named:
    """One file, and what its name says.

    Attributes:
        piece: The file.
        scheme: Whose way of naming it is.
        who: The person, as the name has it.
        number: The platform's number of the person, or "".
        file: What the file was called, with folders below the person's.
        late: Whether the platform says that it is late; `None` if it says nothing of that.
        attachment: Canvas's number of the upload; a later one is higher.
    """

    piece: Piece
    scheme: Scheme
    who: str
    number: str
    file: tuple[str, ...]
    late: bool | None = None
    attachment: int = 0


def named(
    pieces: Sequence[Piece], is_person: Callable[[str], bool], begins: Callable[[str], str | None]
) -> tuple[list[Named], list[str]]:
    """Read the names of *pieces*.

    Args:
        pieces: The files.
        is_person: Whether a word is surely a learner.
        begins: The learner with whose id or address a file name begins, as the name has it.

    Returns:
        What could be read, and the names of which nobody can tell whose they are.
    """
    found, unknown = [], []
    for piece in _without_common_folder(pieces, is_person):
        one = _moodle(piece) or _canvas(piece) or _other(piece, begins)
        if one is None:
            unknown.append(piece.name)
        else:
            found.append(one)
    return found, unknown


def original(file: tuple[str, ...], expected: Sequence[str]) -> tuple[str, ...]:
    """*file* under the name that it should have, if it is a second copy of an expected notebook."""
    match = _AGAIN.fullmatch(file[-1])
    if match and match["suffix"] == ".ipynb" and match["stem"] in expected:
        return (*file[:-1], match["stem"] + match["suffix"])
    return file


def _without_common_folder(
    pieces: Sequence[Piece], is_person: Callable[[str], bool]
) -> list[Piece]:
    rest = list(pieces)
    while rest and len({piece.parts[0] for piece in rest}) == 1:
        first = rest[0].parts[0]
        if any(len(p.parts) < 2 for p in rest) or is_person(first) or _MOODLE.fullmatch(first):
            break
        if all(len(p.parts) == 2 and not _is_file_of_somebody(p.parts[1]) for p in rest):
            break  # one person's folder, of whom nobody knows who it is
        rest = [replace(piece, parts=piece.parts[1:]) for piece in rest]
    return rest


def _is_file_of_somebody(name: str) -> bool:
    return bool(_CANVAS.fullmatch(name) or _MOODLE.fullmatch(name) or "_" in name)


def _moodle(piece: Piece) -> Named | None:
    match = _MOODLE.fullmatch(piece.parts[0])
    if match is None:
        return None
    file = tuple(part for part in (match["file"], *piece.parts[1:]) if part)
    if not file:
        return None
    return Named(piece, "moodle", match["who"], match["number"], file)


def _canvas(piece: Piece) -> Named | None:
    match = _CANVAS.fullmatch(piece.parts[0]) if len(piece.parts) == 1 else None
    if match is None:
        return None
    return Named(
        piece, "canvas", match["who"], match["number"], (match["file"],),
        late=match["late"] is not None, attachment=int(match["attachment"]),
    )  # fmt: skip


def _other(piece: Piece, begins: Callable[[str], str | None]) -> Named | None:
    if len(piece.parts) > 1:
        return Named(piece, "folder", piece.parts[0], "", piece.parts[1:])
    who = begins(piece.parts[0])
    if who is not None:
        file = piece.parts[0][len(who) :].lstrip("_-+. ")
        # `ada.ipynb` is all that some people send.
        return Named(piece, "prefix", who, "", (file if "." in file else piece.parts[0],))
    # The part before the last underscore may be a name: for a person to decide.
    who, sign, file = piece.parts[0].rpartition("_")
    return Named(piece, "prefix", who, "", (file,)) if sign and who and file else None
