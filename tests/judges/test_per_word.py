"""What belongs to a word is computed once, and hostile texts do not fill the memory."""

from __future__ import annotations

import pytest

from graders.judges import per_word
from graders.judges.per_word import LONG_WORD, PerWord


def test_a_word_is_computed_once() -> None:
    asked: list[str] = []

    def size(word: str) -> int:
        asked.append(word)
        return len(word)

    sizes = PerWord(size)

    assert list(map(sizes.__getitem__, ["cache", "shard", "cache"])) == [5, 5, 5]
    assert asked == ["cache", "shard"]


def test_odd_words_and_too_many_words_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(per_word, "MOST_WORDS", 2)
    sizes = PerWord(len)

    assert [sizes[word] for word in ("a" * LONG_WORD, "one", "two", "three")] == [
        LONG_WORD,
        3,
        3,
        5,
    ]
    assert set(sizes) == {"one", "two"}
