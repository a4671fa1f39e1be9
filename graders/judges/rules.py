"""Patterns that are looked for only where the letters stand without which they cannot match.

Looking for a word is a hundred times faster than a pattern with many alternatives, and honest
answers hold few of the words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import wraps
from itertools import chain
from typing import TypeVar

from graders.judges.per_word import PerWord
from graders.question import Question

_R = TypeVar("_R")
_KEPT = 256
_START = 3
_WORD = re.compile(r"[a-z0-9]+")
_GAPS = {
    code: " " for code in (*range(0x250), *range(0x2000, 0x2070)) if not _WORD.match(chr(code))
}


@dataclass(frozen=True)
class Rule:
    """A pattern and its signs.

    Attributes:
        signs: Groups of letters; of each group some must stand in a text that the pattern matches.
        pattern: What is looked for.
    """

    signs: tuple[frozenset[str], ...]
    pattern: re.Pattern[str]

    def may_match(self, text: str) -> bool:
        """Whether *text* holds a sign of each group."""
        for group in self.signs:  # spelled out: it is asked a hundred times for each answer
            for sign in group:
                if sign in text:
                    break
            else:
                return False
        return True

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where the pattern matches within a line of *text*; only lines with signs are read."""
        last, rarest = 0, min(self.signs, key=len)
        for position in sorted(_places(text, rarest)):
            if position < last:
                continue  # its line was read
            start = text.rfind("\n", 0, position) + 1
            last = text.find("\n", position) + 1 or len(text) + 1
            for match in self.pattern.finditer(text, start, last - 1):
                yield match.span()


def _places(text: str, signs: Iterable[str]) -> Iterator[int]:
    for sign in signs:
        position = text.find(sign)
        while position >= 0:
            yield position
            position = text.find("\n", position)
            position = text.find(sign, position) if position >= 0 else -1


class Rulebook:
    """Rules that are looked through together: each sign is looked for once in a text."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._wordless: dict[str, list[str]] = {}
        self._by_start: dict[str, list[tuple[str, str]]] = {}
        for sign in sorted({sign for rule in rules for group in rule.signs for sign in group}):
            word = max(_WORD.findall(sign), key=len, default="")
            if len(word) < _START:
                # Most of them hold a character that stands in few texts.
                rarest = min(sign, key=lambda one: (one == " ", one.isalpha(), one.isdigit()))
                self._wordless.setdefault(rarest, []).append(sign)
            else:
                self._by_start.setdefault(word[:_START], []).append((word, sign))
        self._begun: PerWord[tuple[str, ...]] = PerWord(self._signs_of)

    def present(self, text: str) -> frozenset[str]:
        """The signs of all rules that stand in *text* where a word begins."""
        found = {
            sign
            for character, signs in self._wordless.items()
            if character in text
            for sign in signs
            if sign in text
        }
        words = set(text.translate(_GAPS).split())
        begun = set(chain.from_iterable(map(self._begun.__getitem__, words)))
        found.update(sign for sign in begun if sign in text)
        return frozenset(found)

    def _signs_of(self, word: str) -> tuple[str, ...]:
        """The signs whose longest word begins *word*."""
        signs = self._by_start.get(word[:_START], ())
        return tuple(sign for begin, sign in signs if word.startswith(begin))


def active(rules: Iterable[Rule], present: frozenset[str]) -> list[Rule]:
    """The *rules* that may match a text with the signs *present*, with only those signs left."""
    found = []
    for one in rules:
        for group in one.signs:
            if group.isdisjoint(present):
                break
        else:
            found.append(Rule(tuple(group & present for group in one.signs), one.pattern))
    return found


def rule(signs: str, pattern: str, flags: int = re.MULTILINE) -> Rule:
    """A rule with its *signs* written as "one|another & third|fourth"."""
    groups = tuple(frozenset(group.split("|")) for group in signs.split(" & "))
    return Rule(groups, re.compile(pattern, flags))


def per_question(compute: Callable[[Question], _R]) -> Callable[[Question], _R]:
    """Remember what *compute* makes of a question.

    By identity: a question is large, and to hash all of it takes longer than to use the result.
    """
    known: dict[int, tuple[Question, _R]] = {}

    @wraps(compute)
    def remembered(question: Question) -> _R:
        found = known.get(id(question))
        if found is not None and found[0] is question:
            return found[1]
        if len(known) >= _KEPT:
            known.clear()
        result = compute(question)
        known[id(question)] = (question, result)
        return result

    return remembered
