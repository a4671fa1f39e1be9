"""One person's data in an archive that can be given to them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

from graders.errors import StoreError
from graders.exports.sheet import save

FACTS = "about.json"


def pack(target: Path, facts: str, files: Sequence[tuple[str, Path]]) -> None:
    """Write a zip archive with *facts* and *files*, whole or not at all; only its owner can read it.

    Raises:
        StoreError: If a file cannot be read or the archive cannot be written.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(FACTS, facts)
        for name, path in files:
            try:
                archive.writestr(f"files/{name}", path.read_bytes())
            except OSError as error:
                raise StoreError(f"cannot be read ({error.strerror})", where=str(path)) from None
    save(target, buffer.getvalue())
