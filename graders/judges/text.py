"""The learner's text as judges read it: normalised, split into sentences, traceable to the original.

Judges compare normalised text; what they quote must be an exact substring of what the learner
wrote. `Document` keeps the way back.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

MAX_CHARS = 60_000
"""Longer answers are read up to here and flagged; a spoken 45 minutes is about 40,000."""

MAX_SENTENCES = 600

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
_HARMLESS = frozenset("\u00ad\ufe0f\ufe0e\u200d\ufeff")  # soft hyphens, emoji joiners, a BOM
_DIAGRAM = re.compile(r"```mermaid\n.*?(```|\Z)", re.DOTALL)
_MARKUP = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1\s*>|</?[a-zA-Z][^<>]{0,300}>", re.DOTALL)
_BOUNDARY = re.compile(r"(?<=[.!?;])[\"')\]]*\s+(?=\S)|\n+|(?<=[。！？])")
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")


@dataclass(frozen=True)
class Sentence:
    """One sentence: its normalised text, and where it stands in the original (`raw[start:end]`)."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Document:
    """A learner's text, normalised, with the way back to the original.

    Attributes:
        raw: What the learner wrote.
        text: The same in NFKC, without invisible characters, markup and diagrams.
        flags: `hidden_characters`, `markup`, `truncated`, where they apply.
    """

    raw: str
    text: str
    offsets: tuple[int, ...]
    flags: tuple[str, ...]

    @cached_property
    def words(self) -> tuple[str, ...]:
        """All words of the normalised text, in lower case."""
        return words(self.text)

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences (lines and bullet points count as sentences), at most 600."""
        found: list[Sentence] = []
        position = 0
        for match in [*_BOUNDARY.finditer(self.text), None]:
            end = match.start() if match else len(self.text)
            piece = self.text[position:end]
            stripped = piece.strip(" \t\r\n-*•#>|")
            if _WORD.search(stripped):
                begin = position + piece.index(stripped)
                found.append(self._sentence(begin, begin + len(stripped)))
            position = match.end() if match else end
            if len(found) == MAX_SENTENCES:
                break
        return tuple(found)

    def _sentence(self, begin: int, end: int) -> Sentence:
        start, stop = self.offsets[begin], self.offsets[end - 1] + 1
        return Sentence(text=self.text[begin:end], start=start, end=stop)

    def quote(self, first: Sentence, last: Sentence) -> str:
        """The original text from the start of *first* to the end of *last*."""
        return self.raw[first.start : last.end]

    def without(self, hidden: list[Sentence]) -> str:
        """The original text with the *hidden* sentences blanked out, same length."""
        characters = list(self.raw)
        for sentence in hidden:
            for index in range(sentence.start, sentence.end):
                if characters[index] != "\n":
                    characters[index] = " "
        return "".join(characters)


def words(text: str) -> tuple[str, ...]:
    """The words of *text* in lower case; numbers and hyphenated words count as words."""
    return tuple(match.group().lower() for match in _WORD.finditer(text))


def read(raw: str) -> Document:
    """Normalise *raw*; never fails, whatever the text holds."""
    flags: list[str] = []
    body = raw[:MAX_CHARS]
    if len(raw) > MAX_CHARS:
        flags.append("truncated")
    hidden = _INVISIBLE.findall(body)
    if any(character not in _HARMLESS for character in hidden):
        flags.append("hidden_characters")
    keep = [True] * len(body)
    for match in _INVISIBLE.finditer(body):
        keep[match.start()] = False
    for match in _DIAGRAM.finditer(body):
        keep[match.start() : match.end()] = [False] * (match.end() - match.start())
    for match in _MARKUP.finditer(body):
        if keep[match.start()]:
            flags.append("markup")
            keep[match.start() : match.end()] = [False] * (match.end() - match.start())
    pieces: list[str] = []
    offsets: list[int] = []
    for index, character in enumerate(body):
        if keep[index]:
            normal = unicodedata.normalize("NFKC", character)
            pieces.append(normal)
            offsets.extend([index] * len(normal))
    return Document(
        raw=raw,
        text="".join(pieces),
        offsets=tuple(offsets),
        flags=tuple(dict.fromkeys(flags)),
    )
