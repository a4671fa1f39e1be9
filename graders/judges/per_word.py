"""What a function makes of a word, remembered: most words of an answer were seen before."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

MOST_WORDS, LONG_WORD = 60_000, 40
"""Words that are remembered, and letters from which a word is too odd for that."""

_R = TypeVar("_R")


class PerWord(dict[str, _R]):
    """Looks up a word, or computes and remembers what belongs to it.

    A dictionary, so that `map(per_word.__getitem__, words)` runs without a Python call a word.

    Args:
        compute: What belongs to a word; always the same for the same word.
    """

    def __init__(self, compute: Callable[[str], _R]) -> None:
        super().__init__()
        self._compute = compute

    def __missing__(self, word: str) -> _R:
        found = self._compute(word)
        if len(self) < MOST_WORDS and len(word) < LONG_WORD:
            self[word] = found
        return found
