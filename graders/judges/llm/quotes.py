"""Whether a quote really stands in the answer, and where.

A model that quotes must have read; one that was talked into a verdict has nothing to quote.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from graders.judges.copied import echoes
from graders.judges.text import Document, Span, read, words
from graders.question import Question
from graders.score import Verdict

SIMILAR = 90.0
"""Share of the quote, in percent, that must stand in the answer in the same order."""

MIN_FUZZY = 20
"""Characters from which a quote may be a little wrong; shorter ones are found everywhere."""

MIN_LETTERS = 8
"""Letters and digits without which a quote shows nothing: "the", "I do"."""

MIN_WORDS = 4
"""Words below which a quote must be a whole sentence: two words of anything show anything."""

ECHO = 0.85
"""Share of the question's own words, in its order, from which a quote only repeats it."""

MAX_QUOTE = 600
MAX_EVIDENCE = 300
"""Characters of a quote that are looked for, and of a piece of evidence that is shown."""

MAX_PARTS = 8
"""Ellipses at which a quote is split; a reply may hold thousands."""

_SAME = str.maketrans("‘’‚‛“”„‟«»`´′″‐‑‒–—−", "''''" + '""""""' + "'''" + '"' + "------")
# Where the gates took something out they left as many blanks.
_GAP = re.compile(r"[^\S\n]{16,}")
_ELLIPSIS = re.compile(r"\s*(?:\.{3,}|…|\[\.{2,3}\]|\[…\])\s*")


@dataclass(frozen=True)
class _Plain:
    """A text without differences that do not matter, and where each character came from."""

    text: str
    origin: tuple[int, ...]


def evidence_of(document: Document, quotes: Iterable[str], least: int = MIN_LETTERS) -> list[Span]:
    """The pieces of the original that *quotes* stand for, in order, each once.

    A quote with an ellipsis that the answer does not hold stands for its parts; parts that are
    not found are left out.

    Args:
        document: The answer.
        quotes: What a model says stands there.
        least: Letters and digits that a whole quote must have.
    """
    found: list[Span] = []
    for quote in quotes:
        whole = locate(document, quote, least)
        parts = _ELLIPSIS.split(quote, MAX_PARTS) if whole is None else []
        for span in (whole, *(locate(document, part) for part in parts)):
            if span is not None and span not in found:
                found.append(span)
    return found


def locate(document: Document, quote: str, least: int = MIN_LETTERS) -> Span | None:
    """Where *quote* stands in the answer: exactly, or else at least nine tenths of it.

    Case, spaces, kinds of quotation marks and of dashes do not matter, nor whether an accent is
    a character of its own. What stands on both sides of a passage that was taken out, or that is
    no prose, was never said together, so a quote across it is not found.

    Args:
        document: The answer.
        quote: What a model says stands there.
        least: Letters and digits that it must have.

    Returns:
        The piece of `document.raw`, at most `MAX_EVIDENCE` characters, or `None`.
    """
    # A letter may be written with three marks; they are joined before anything is cut.
    quote = unicodedata.normalize("NFKC", quote[: 4 * MAX_QUOTE])[:MAX_QUOTE]
    wanted = _plain(quote).text.strip(" \"'.,;:")
    if sum(character.isalnum() for character in wanted) < least:
        return None
    plain = _plain(document.text)
    start = _find(document, plain, wanted, quote)
    end = start + len(wanted)
    if start < 0:
        if len(wanted) < MIN_FUZZY:
            return None
        match = fuzz.partial_ratio_alignment(wanted, plain.text, score_cutoff=SIMILAR)
        # A text shorter than the quote would be looked for within the quote.
        if match is None or len(plain.text) < len(wanted):
            return None
        start, end = _whole_words(plain.text, match.dest_start, match.dest_end)
    if start >= end:
        return None
    first, last = plain.origin[start], plain.origin[end - 1]
    span = Span(document.starts[first], document.ends[last])
    span = Span(span.start, min(span.end, span.start + MAX_EVIDENCE))
    return None if _is_torn(document, span) else span


def shows(question: Question, document: Document, span: Span) -> bool:
    """Whether the piece at *span* can be evidence at all.

    It must have some words, or be a whole sentence, and say more than the question does.
    """
    quote = document.raw[span.start : span.end]
    whole = any(span.start <= s.start and s.end <= span.end + 1 for s in document.sentences)
    if len(words(quote)) < MIN_WORDS and not whole:
        return False
    said = read(quote)
    # A reference answer may have nothing but words of the question in it.
    allowed = ECHO if question.minutes > 2 else 0.999
    return len(echoes(said, question, allowed)) < len(said.sentences)


def _is_torn(document: Document, span: Span) -> bool:
    """Whether something between the words of the piece was taken out or is not read."""
    return _GAP.search(document.raw, span.start, span.end) is not None or any(
        passage.kind != "markup" and passage.start < span.end and span.start < passage.end
        for passage in document.passages
    )


def _find(document: Document, plain: _Plain, wanted: str, quote: str) -> int:
    """Where *wanted* begins, rather where the answer has it in the very letters of *quote*."""
    first = start = plain.text.find(wanted)
    while start >= 0:
        begin, end = plain.origin[start], plain.origin[start + len(wanted) - 1] + 1
        if document.text[begin:end] in quote:
            return start
        start = plain.text.find(wanted, start + 1)
    return first


def relocated(verdicts: Sequence[Verdict], text: str) -> list[Verdict]:
    """*verdicts* on the same words written a little differently, with the quotes of *text*."""
    document = read(text)

    def said(quote: str) -> str:
        # It may hold markup or invisible characters that this text has elsewhere or not at all.
        return quote if quote in document.text else read(quote).text

    return [
        verdict.model_copy(
            update={
                "evidence": tuple(
                    document.raw[span.start : span.end]
                    for span in evidence_of(document, map(said, verdict.evidence))
                )
            }
        )
        for verdict in verdicts
    ]


@lru_cache(maxsize=16)
def _plain(text: str) -> _Plain:
    pairs = list(_letters(text))
    return _Plain("".join(letter for letter, _ in pairs), tuple(index for _, index in pairs))


def _letters(text: str) -> Iterator[tuple[str, int]]:
    """Each character that matters, in lower case, with its place; runs of spaces are one."""
    space = True
    for index, character in enumerate(text.translate(_SAME)):
        if character.isspace():
            if not space:
                yield " ", index
            space = True
        else:
            space = False
            lower = character.lower()
            # "İ" has two characters in lower case.
            yield (lower if len(lower) == 1 else character), index


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The stretch without words that are cut, widened by at most twelve characters a side."""
    for _ in range(12):
        if start > 0 and text[start - 1].isalnum() and text[start].isalnum():
            start -= 1
        if end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
            end += 1
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
