"""Static word vectors: 32,000 tokens in 256 dimensions, read from the `wordllama` wheel.

The wheel holds the table and its tokenizer; both are read directly, because the package's own
loader looks for the tokenizer elsewhere and then wants the network.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graders.errors import JudgeError

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]

MOST_WORDS, LONG_WORD = 60_000, 40
"""Words whose tokens are remembered, and letters from which a word is too odd for that."""


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
        self._words: dict[str, list[int]] = {}

    def ids(self, texts: Sequence[str]) -> list[Ids]:
        """The token ids of each of *texts*."""
        return [
            np.array([one for word in text.split() for one in self._word(word)], dtype=np.int64)
            for text in texts
        ]

    def _word(self, word: str) -> list[int]:
        """The token ids of one word; no token of this tokenizer reaches across a space."""
        found = self._words.get(word)
        if found is None:
            found = self._tokenizer.encode(word, add_special_tokens=False).ids
            if len(self._words) < MOST_WORDS and len(word) < LONG_WORD:
                self._words[word] = found
        return found

    def rows(self, ids: Ids) -> Floats:
        """The vectors of *ids* as they stand in the table, shape (n, 256)."""
        return self._table[ids].astype(np.float32).reshape(-1, 256)

    def tokens(self, text: str) -> Tokens:
        """The tokens of *text*."""
        rows = self.rows(self.ids([text])[0])
        lengths = np.linalg.norm(rows, axis=1)
        return Tokens(unit(rows), lengths.astype(np.float32))

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
