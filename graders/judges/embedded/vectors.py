"""Static word vectors: 32,000 tokens in 256 dimensions, read from the `wordllama` wheel.

The wheel holds the table and its tokenizer; both are read directly, because the package's own
loader looks for the tokenizer elsewhere and then wants the network.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graders.errors import JudgeError
from graders.judges.per_word import PerWord

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]

_STORED = np.dtype(np.uint16)
"""Token ids as they are remembered: there are 32,000."""

SHORT = 64
"""First dimensions in which single tokens are compared: the table was trained for them as well."""


@dataclass(frozen=True)
class Tokens:
    """The tokens of one text: unit vectors, shape (n, 256), and their weights, shape (n,).

    The weight is the length of the token's vector: in this table it grows with how much a
    token says ("database" 16, "cache" 21, "of" 2, "." 2), so no list of stop words is needed.
    """

    units: Floats
    weights: Floats

    def mean(self) -> Floats:
        """The weighted mean direction, shape (256,), of length 1; zero for an empty text."""
        return unit(self.weights @ self.units) if len(self.weights) else np.zeros(256, np.float32)


def unit(vector: Floats) -> Floats:
    """Scale the rows of *vector* to length 1; zero rows stay zero."""
    norm = np.linalg.norm(vector, axis=-1, keepdims=True)
    result: Floats = (vector / np.maximum(norm, 1e-9)).astype(np.float32)
    return result


class WordVectors:
    """Turns texts into tokens with vectors; one instance serves the whole process."""

    def __init__(self) -> None:
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        root = _wheel()
        try:
            table = load_file(root / "weights" / "l2_supercat_256.safetensors")
            self._tokenizer: Any = Tokenizer.from_file(
                str(root / "tokenizers" / "l2_supercat_tokenizer_config.json")
            )
        except Exception as error:
            raise JudgeError(
                f"the word vectors cannot be read ({error})",
                where=str(root),
                fix="Install them again: pip install --force-reinstall wordllama",
            ) from None
        self._table: NDArray[np.float16] = table["embedding.weight"]
        self._cache: dict[str, Tokens] = {}
        self._words: PerWord[bytes] = PerWord(self._encode)
        # Of the tokens that were met: the others are never touched and take no memory.
        self._met = np.zeros(len(self._table), np.bool_)
        self._rows = np.empty(self._table.shape, np.float32)
        self._lengths = np.empty(len(self._table), np.float32)
        self._short = np.empty((len(self._table), SHORT), np.float32)

    def ids(self, texts: Sequence[str]) -> list[Ids]:
        """The token ids of each of *texts*."""
        # Joining bytes is the fastest way from many short lists to an array.
        known = self._words.__getitem__
        found = [b"".join(map(known, text.split())) for text in texts]
        flat = np.frombuffer(b"".join(found), _STORED).astype(np.int64)
        ends = np.cumsum([len(one) // _STORED.itemsize for one in found]).tolist()
        return [flat[start:end] for start, end in pairwise([0, *ends])]

    def _encode(self, word: str) -> bytes:
        """The token ids of one word; no token of this tokenizer reaches across a space."""
        ids = self._tokenizer.encode(word, add_special_tokens=False).ids
        return np.array(ids, _STORED).tobytes()

    def rows(self, ids: Ids) -> Floats:
        """The vectors of *ids* as they stand in the table, shape (n, 256)."""
        self._meet(ids)
        return self._rows.take(ids, axis=0)

    def lengths(self, ids: Ids) -> Floats:
        """The lengths of the vectors of *ids*, shape (n,)."""
        self._meet(ids)
        return self._lengths.take(ids)

    def short(self, ids: Ids) -> Floats:
        """Unit vectors of *ids* in the first 64 dimensions, shape (n, 64)."""
        self._meet(ids)
        return self._short.take(ids, axis=0)

    def _meet(self, ids: Ids) -> None:
        """Compute once what is asked of a token again and again."""
        new = ids[~self._met[ids]]
        if not len(new):
            return
        rows = self._table[new].astype(np.float32)
        self._rows[new] = rows
        self._lengths[new] = np.linalg.norm(rows, axis=1)
        self._short[new] = unit(rows[:, :SHORT])
        self._met[new] = True  # last, so that another thread finds all of it

    def total(self, text: str) -> Floats:
        """The sum of the vectors of *text*, shape (256,)."""
        distinct, counts = np.unique(self.ids([text])[0], return_counts=True)
        return counts.astype(np.float32) @ self.rows(distinct)

    def tokens(self, text: str) -> Tokens:
        """The tokens of *text*."""
        ids = self.ids([text])[0]
        return Tokens(unit(self.rows(ids)), self.lengths(ids))

    def fixed(self, text: str) -> Tokens:
        """Like `tokens`, remembered: for texts of questions, which come again and again."""
        found = self._cache.get(text)
        if found is None:
            found = self._cache[text] = self.tokens(text)
        return found


@lru_cache(maxsize=1)
def word_vectors() -> WordVectors:
    """The vectors, loaded once for each process.

    Raises:
        JudgeError: If the wheel is missing or broken.
    """
    return WordVectors()


def _wheel() -> Path:
    spec = importlib.util.find_spec("wordllama")
    if spec is None or not spec.submodule_search_locations:
        raise JudgeError(
            "the word vectors are not installed", fix="Install them: pip install wordllama"
        )
    return Path(spec.submodule_search_locations[0])
