"""Passages that speak to whoever grades the answer instead of answering.

Two ways to find them: known orders (`orders`), and sentences that bring together the words of
grading (`appraisal`). A quoted attack inside a sentence is a topic, not an attack.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from graders.judges.appraisal import APPRAISALS, About, appraisals
from graders.judges.orders import FORGED_REPLY, LINES, ORDERS
from graders.judges.rules import Rulebook, active
from graders.judges.text import Document, Sentence, Span, words
from graders.levels import Kind

# An apostrophe inside a word opens no quotation.
_QUOTED = re.compile(
    r"\"[^\"\n]{3,200}\"|[“„«][^”“»\n]{3,200}[”“»]|`[^`\n]{3,200}`"
    r"|(?<!\w)['‘](?=\w)[^'’\n]{3,200}['’](?!\w)"
)
_OPENING_QUOTE = re.compile(r"[\"“„«`]|(?<!\w)['‘](?=\w)")
_AROUND_QUOTE = 4
"""Words outside of the quotation marks from which a sentence speaks about what it quotes."""

_LOOKALIKES = str.maketrans(
    "аеорсухѕіјԁһԛԝӏкмтнвАВЕКМНОРСТУХЅІЈαεικνορτυχγΑΒΕΖΗΙΚΜΝΟΡΤΥΧɡɑıոօս",
    "aeopcyxsijdhqwlkmthbABEKMHOPCTYXSIJaeikvoptuxyABEZHIKMNOPTYXgainou",
)
_LEET = str.maketrans("013457", "oieast")
_MIXED = re.compile(r"(?<![a-z0-9])(?=[a-z0-9]{3})(?:[a-z]++[0-9]|[0-9]++[a-z])[a-z0-9]*+")
_DIGIT_AT_LETTER = re.compile(r"[0-9](?:(?=[a-z])|(?<=[a-z][0-9]))")
# Gaps other than single spaces and full stops at the end of lines.
_UNEVEN = re.compile(r"[^\S\n ]|  |\n |(?<![.!?:;\n])\n(?=[^\WA-Z])")
_GAP = re.compile(r" \s+|[^\S ]\s*")  # any but single spaces
_GLUED = re.compile(r"(?<=[a-z0-9)\]\"'][.!?;])(?=[A-Z<\[{(])")
_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")
_ANNOUNCED = re.compile(r"[;:]$|\b\d{1,2}[.)]$")
_BOOK = Rulebook((*ORDERS, *LINES, FORGED_REPLY, *APPRAISALS))

Nearness = Callable[[str], float]
"""How near a text is to the subject: a cosine."""

FAR_FROM_SUBJECT, NEAR_SUBJECT = 0.3, 0.45
"""Cosines with the subject up to which a sentence goes with an attack in its paragraph: in
general, and where most of the paragraph is attack."""

_SHORT_LINE = 80
COMPANY = 0.55
"""Share of a paragraph's letters that speak to the grader from which all of it does."""


def speaks_to_grader(text: str) -> bool:
    """Whether *text*, taken by itself, speaks to the grader."""
    letters = folded(text)
    present = _BOOK.present(letters)
    return bool(_orders(text, letters, present) or _forged(text, present))


@dataclass(frozen=True)
class Speech:
    """What in an answer does not speak of the subject.

    Attributes:
        attacks: What speaks to the grader, with the clauses that hang on it.
        asides: Sentences about the answer itself or its author: no attempt, but no evidence.
    """

    attacks: tuple[Span, ...] = ()
    asides: tuple[Span, ...] = ()


def speech(document: Document, kind: Kind) -> Speech:
    """Find what *document*, an answer to a question of *kind*, says to or about somebody."""
    masked = _without_quotations(document)
    letters, present = _read(document, masked)
    grade, itself = _appraised(document, letters, kind, present)
    return Speech((*_attacks(document, masked, letters, present), *grade), tuple(itself))


def injections(document: Document) -> list[Span]:
    """The sentences of *document* that give known orders, with the clauses that hang on them."""
    masked = _without_quotations(document)
    return _attacks(document, masked, *_read(document, masked))


def _read(document: Document, masked: str) -> tuple[str, frozenset[str]]:
    """The letters of the *masked* text, and the signs of the rules in the text as it is."""
    letters = folded(masked)
    whole = letters if masked is document.text else folded(document.text)
    return letters, _BOOK.present(whole)


def _attacks(document: Document, masked: str, letters: str, present: frozenset[str]) -> list[Span]:
    matches = [*_orders(masked, letters, present), *_forged(document.text, present)]
    if not matches:
        return []
    attacks = [Span(document.starts[m.start], document.ends[m.end - 1]) for m in matches]
    taken: list[Span] = []
    hanging = False
    for sentence in document.sentences:
        inside = [a for a in attacks if a.start < sentence.end and sentence.start < a.end]
        if inside:
            taken.append(_unglued(document.raw, sentence, inside))
        elif hanging:
            taken.append(sentence)
        # "If you are an AI, do this; if you are not, do that." is one speech up to its full stop.
        hanging = bool(inside or hanging) and sentence.text.endswith(";")
    return [*taken, *attacks]


def _appraised(
    document: Document, letters: str, kind: Kind, present: frozenset[str]
) -> tuple[list[Sentence], list[Sentence]]:
    """The sentences about the grade, quotations left aside, and those about the answer itself."""
    grade: list[Sentence] = []
    itself: list[Sentence] = []
    rules = appraisals(present, kind)
    if not rules.grade and not rules.itself:
        return grade, itself
    hanging = False
    for sentence in document.sentences:
        begin = document.place(sentence)
        text = letters[begin : begin + len(sentence.text)]
        found = rules.about(text)
        if found is About.GRADE:
            grade.append(sentence)
        elif found is About.ITSELF or hanging:
            itself.append(sentence)
        # What is announced goes on behind a colon or semicolon: the parts of a story, say.
        hanging = (found is About.ITSELF or hanging) and _ANNOUNCED.search(text) is not None
    return grade, itself


def company(document: Document, found: Sequence[Span], nearness: Nearness) -> list[Span]:
    """What goes with what was *found*: who speaks to the grader in one sentence does in the next.

    That is what is far from the subject in the same paragraph; the more of the paragraph is
    attack, the less far.
    """
    whole: list[Span] = []
    begin = 0
    for border in [*_PARAGRAPH.finditer(document.raw), None]:
        end = border.start() if border else len(document.raw)
        inside = [s for s in document.sentences if begin <= s.start and s.end <= end]
        hits = [s for s in inside if any(f.start < s.end and s.start < f.end for f in found)]
        spoken = sum(len(s.text) for s in hits)
        if hits:
            larger = spoken >= COMPANY * sum(len(s.text) for s in inside)
            limit = NEAR_SUBJECT if larger else FAR_FROM_SUBJECT
            whole += [
                s for s in inside if _goes_along(document.raw, s, hits) and nearness(s.text) < limit
            ]
        begin = border.end() if border else end
    return whole


def _goes_along(raw: str, sentence: Sentence, hits: Sequence[Sentence]) -> bool:
    """Whether *sentence* stands in the line of one of *hits*, or in a line of a few words."""
    start = raw.rfind("\n", 0, sentence.start) + 1
    end = raw.find("\n", sentence.end)
    end = len(raw) if end < 0 else end
    return end - start < _SHORT_LINE or any(start <= hit.start < end for hit in hits)


def _unglued(raw: str, sentence: Sentence, attacks: list[Span]) -> Span:
    """*sentence* without honest sentences that hang on it for want of a space."""
    first, last = min(a.start for a in attacks), max(a.end for a in attacks)
    borders = [match.start() for match in _GLUED.finditer(raw, sentence.start, sentence.end)]
    if raw[first - 1 : first] in {".", "!", "?", ";"}:
        borders.append(first)
    if raw[last - 1 : last] == ":":
        borders.append(last)  # "Now grade: my answer begins here."
    begin = max((border for border in borders if border <= first), default=sentence.start)
    end = min((border for border in borders if border >= last), default=sentence.end)
    return Span(max(begin, sentence.start), end)


def _without_quotations(document: Document) -> str:
    """The text, in which a sentence that speaks about a quotation holds it no longer."""
    if not _OPENING_QUOTE.search(document.text):
        return document.text
    characters: list[str] | None = None
    for sentence in document.sentences:
        quotations = list(_QUOTED.finditer(sentence.text))
        if not quotations or len(words(_QUOTED.sub(" ", sentence.text))) < _AROUND_QUOTE:
            continue
        characters = characters if characters is not None else list(document.text)
        begin = document.place(sentence)
        for found in quotations:
            if " " not in found.group():
                continue  # a single word is no order, and may be the mark that is asked for
            start, end = begin + found.start() + 1, begin + found.end() - 1
            characters[start:end] = "x" * (end - start)
    return document.text if characters is None else "".join(characters)


def _orders(text: str, letters: str, present: frozenset[str]) -> list[Span]:
    lines, orders = active(LINES, present), active(ORDERS, present)
    if not lines and not orders:
        return []
    plain, where = _spaced(letters, text)
    found = [Span(*place) for line in lines for place in line.spans(letters)]
    return found + [
        Span(where[start], where[end - 1] + 1)
        for order in orders
        for start, end in order.spans(plain)
    ]


def _forged(text: str, present: frozenset[str]) -> list[Span]:
    if not active([FORGED_REPLY], present):
        return []
    plain, where = _spaced(folded(text), text)
    return [
        Span(where[match.start()], where[match.end() - 1] + 1)
        for match in FORGED_REPLY.pattern.finditer(plain)
    ]


def folded(text: str) -> str:
    """*text* in plain lower-case letters, one for one: accents, look-alikes, digits for letters."""
    letters = text.lower() if text.isascii() else "".join(map(_plain, text))
    return _MIXED.sub(_unleeted, letters) if _DIGIT_AT_LETTER.search(letters) else letters


def _spaced(letters: str, text: str) -> tuple[str, Sequence[int]]:
    """*letters* with single spaces and unwrapped lines, and where each stands in *text*."""
    if not _UNEVEN.search(text):
        return letters, range(len(letters))
    pieces: list[str] = []
    where: list[int] = []
    position = 0
    for match in _GAP.finditer(letters):
        gap = match.group()
        start, end = match.span()
        before, after = text[start - 1 : start], text[end : end + 1]
        # A line that only wraps goes on in the middle of a clause.
        wraps = gap.count("\n") == 1 and after.islower() and before not in ".!?:;"
        pieces += [letters[position:start], " " if wraps or "\n" not in gap else "\n"]
        where.extend(range(position, start + 1))
        position = end
    pieces.append(letters[position:])
    where.extend(range(position, len(letters)))
    return "".join(pieces), where


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    alike = character.translate(_LOOKALIKES)
    return unicodedata.normalize("NFKD", alike)[0].lower()[0]


def _unleeted(match: re.Match[str]) -> str:
    return match.group().translate(_LEET)
