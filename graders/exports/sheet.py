"""CSV files of other programs: read as they are, written back in the same form, harmless to open.

A learner may be called `=HYPERLINK(...)`, and a spreadsheet would run that. Every text that it
could take for a formula gets an apostrophe in front (OWASP, "CSV injection"); numbers stay numbers.
"""

from __future__ import annotations

import codecs
import csv
import io
import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from graders.errors import UsageError, writing

MAX_BYTES = 50_000_000
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))  # fmt: skip
_DELIMITERS = (",", ";", "\t")
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d{1,3})?%?")
_FIRST = "=+-@＝＋－＠"
_INSIDE = re.compile(r"(?<=[,;\t\r\n])(\s*)(?=[=@＝＠]|[+\-＋－](?![\d\s.,]))")
"""After a character that another country's spreadsheet takes for the end of the cell."""


@dataclass(frozen=True)
class Form:
    """How a CSV file is written.

    Attributes:
        encoding: Python's name of it.
        bom: The byte order mark that it begins with, or nothing.
        delimiter: Between two cells.
        newline: At the end of a row.
    """

    encoding: str = "utf-8"
    bom: bytes = b""
    delimiter: str = ","
    newline: str = "\r\n"


@dataclass(frozen=True)
class Sheet:
    """A table with one header row; every row is as long as the header.

    Attributes:
        header: Names of the columns, as they stand in the file.
        rows: The rows below it.
        form: How it is written.
        source: The file that it was read from, for messages.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    form: Form = field(default_factory=Form)
    source: str = ""

    def column(self, *names: str) -> int | None:
        """Position of the first column that has one of *names*, in their order."""
        plain = [" ".join(name.split()).casefold() for name in self.header]
        for name in names:
            wanted = " ".join(name.split()).casefold()
            if wanted in plain:
                return plain.index(wanted)
        return None

    def needed(self, name: str, what: str) -> int:
        """Position of the column *name*.

        Raises:
            UsageError: If it is missing; the message lists what is there.
        """
        found = self.column(name)
        if found is None:
            raise UsageError(
                f"this is not {what}: it has no column {name!r}",
                where=self.source,
                fix=f"Its columns: {', '.join(self.header[:20])}",
            )
        return found


def read_sheet(path: Path) -> Sheet:
    """Read a CSV file, whatever its encoding and delimiter.

    Raises:
        UsageError: If it cannot be read, or is no table.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UsageError(f"is larger than {MAX_BYTES // 1_000_000} MB", where=str(path))
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"the file cannot be read ({error.strerror})", where=str(path), fix="Check its name"
        ) from None
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise UsageError("this is a spreadsheet, not CSV", where=str(path), fix="Save it as CSV")
    text, encoding, bom = _decoded(data, path)
    delimiter = _delimiter(text)
    try:
        table = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise UsageError(
            f"this is no valid CSV ({error})", where=str(path), fix="Export it again, unchanged"
        ) from None
    table = [row for row in table if any(cell.strip() for cell in row)]
    if not table:
        raise UsageError("the file is empty", where=str(path), fix="Export it again")
    header, *rows = table
    for number, row in enumerate(rows, 2):
        if len(row) > len(header) and any(cell.strip() for cell in row[len(header) :]):
            raise UsageError(
                f"row {number} has {len(row)} cells, the header {len(header)}",
                where=str(path),
                fix="Export it again, unchanged",
            )
    width = len(header)
    newline = "\r\n" if "\r\n" in text else "\n"
    return Sheet(
        tuple(header),
        tuple(tuple([*row, *[""] * width][:width]) for row in rows),
        Form(encoding, bom, delimiter, newline),
        str(path),
    )


def _decoded(data: bytes, path: Path) -> tuple[str, str, bytes]:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            try:
                return data[len(bom) :].decode(encoding), encoding, bom
            except UnicodeDecodeError:
                break
    # Windows' spreadsheets write cp1252; every byte that it does not know is no text.
    for encoding in ("utf-8", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, encoding, b""
    raise UsageError("the encoding cannot be told", where=str(path), fix="Save it as CSV in UTF-8")


def _delimiter(text: str) -> str:
    """The one that cuts the first line into most cells."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    return max(_DELIMITERS, key=lambda sign: len(next(csv.reader([line], delimiter=sign), [])))


def is_number(text: str) -> bool:
    """Whether a spreadsheet reads *text* as a number, in some country."""
    return _NUMBER.fullmatch(text.strip()) is not None


def harmless(text: str) -> str:
    """*text* so that no spreadsheet takes it for a formula; numbers and a lone dash stay."""
    # A lone carriage return is not quoted by the csv module, and would end the row.
    whole = text if "\n" in text else text.replace("\r", "\n")
    safe = _INSIDE.sub(r"\1'", whole.replace("\0", ""))
    bare = safe.strip()
    if not bare or is_number(bare) or bare == "-":
        return bare if text[:1] in ("\t", "\r", "\n") else safe
    if bare[0] in _FIRST or safe[0] in "\t\r\n":
        return "'" + safe
    return safe


def written(number: float, decimal: str = ".") -> str:
    """*number* with at most two decimals, in the notation of the file."""
    return f"{round(number, 2):.2f}".rstrip("0").rstrip(".").replace(".", decimal)


def value_of(text: str) -> float | None:
    """The number in a cell, with a point or a comma; `None` if there is none."""
    bare = text.strip().replace("\N{NO-BREAK SPACE}", "").replace(" ", "")
    if "," in bare and "." in bare:
        # The last one is the decimal sign, the other one parts thousands.
        thousands = "," if bare.rindex(".") > bare.rindex(",") else "."
        bare = bare.replace(thousands, "")
    try:
        return float(bare.replace(",", "."))
    except ValueError:
        return None


def decimal_sign(cells: Iterable[str]) -> str:
    """The decimal sign that *cells* use; a point if they show none."""
    for cell in cells:
        bare = cell.strip()
        if is_number(bare) and re.search(r"[.,]\d{1,2}$", bare):
            return "," if "," in bare else "."
    return "."


def save_sheet(path: Path, sheet: Sheet) -> None:
    """Write *sheet*, whole or not at all; only its owner can read it.

    Raises:
        StoreError: If it cannot be written; an older file stays, then.
    """
    rows = [sheet.header, *sheet.rows]
    save(path, sheet.form.bom + encoded(rows, sheet.form))


def encoded(rows: Iterable[Sequence[str]], form: Form) -> bytes:
    """*rows* as bytes, each cell harmless."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=form.delimiter, lineterminator=form.newline)
    writer.writerows([[harmless(cell) for cell in row] for row in rows])
    # A name that the file's own encoding cannot write is for people to read, not to match.
    return text.getvalue().encode(form.encoding, errors="replace")


def save(path: Path, data: bytes) -> None:
    """Write *data* to *path*, whole or not at all; only its owner can read it.

    Raises:
        StoreError: If it cannot be written; an older file stays, then.
    """
    with writing("the file", path):
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
