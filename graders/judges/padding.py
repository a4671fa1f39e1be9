"""What stands in an answer and is no evidence, though nobody is spoken to.

Repeats, lists of bare words, runs of questions, asides in brackets, other languages, codes.
None of it is punished: it is left out of what the judge reads, so that it neither helps nor
harms. Borders lie clearly outside of what was measured on the labelled answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from graders.judges.language import function_words, is_foreign
from graders.judges.text import Document, Sentence, Span, words

_REPEATED = 0.8
_GRAM = 4
LIST_ITEMS = 8
"""Short items without any verb from which a list is a list of keywords; honest ones have seven."""

FIGURES = 5
_FIGURE = re.compile(r"\W{0,3}\d[\d,.]*\s?(?:%|[\w/]+)?(?: (?:an?|per|of) \w+| \w+){0,2}\W*$")
DEFINITIONS = 3
"""Definitions, nearly in a row, from which a glossary is copied; honest answers reach two."""

_GAP = 2
QUESTIONS = 5
"""Questions in a row from which nothing is answered; honest ones ask four."""

_ASIDE = re.compile(r"\[(?![^\]\n]{0,80}[{}\"=])[^\[\]\n]{30,800}\](?!\()")
_CODES = re.compile(
    r"(?<![\w/=&?.-])[A-Za-z0-9+/]{40,}={0,2}(?![\w/])"
    r"|(?<!\w)(?:[0-9a-fA-F]{2}[ :,]){12,}[0-9a-fA-F]{2}"
    r"|(?:%[0-9A-Fa-f]{2}){8,}[%\w]*|(?:&#x?[0-9a-fA-F]{2,6};\s?){6,}"
    r"|(?:[.\-·–—]{1,6}[ /]+){12,}"
    r"|(?<!\w)(?:[^\W\d_]\s{1,3}){9,}[^\W\d_](?!\w)"
    r"|(?:[\U0001f1e6-\U0001f1ff]\s*){9,}"
)
_SHORT_RUN = 8
"""Pieces of one or two signs in a row that may be a code; looked at closer, not yet taken."""

_LONG_PIECE = 24
_SHORT_OR_LONG = bytes(ord("s") if length <= 2 else ord("l") for length in range(256))

_OTHERS_SIGNS = (
    "[", "@", "\n+", "★", "⭐", "✅", "✔", "💯", "🔥", "🚀", "🟢",
    "interviewer", "examiner", "assessor", "moderator", "human", "assistant",
)  # fmt: skip
_DEFINING = (
    " means",
    " is a",
    " is the",
    ": a",
    ": the",
    "noun)",
    "adjective)",
    "verb)",
    "adj.)",
    "n.)",
    "v.)",
)
_HYPE_SIGNS = (
    "synerg", "holistic", "seamless", "empower", "unlock", "class", "leading", "edge", "of-the-art",
    "chang", "scal", "paradigm", "next-gen", "critical", "native", "leverag", "turnkey", "disrupt",
    "brilliant", "flawless", "genius", "outstanding", "unparalleled", "visionary",
)  # fmt: skip
# What others say: the interviewer, reviewers in the margin, a comparison of two versions.
_OTHERS = re.compile(
    r"^\W{0,4}(?:interviewer|examiner|assessor|moderator|human|assistant)\s*:[^\n]*"
    r"|^[^\n]*(?:[★⭐]{3}|(?:[✅✔💯🔥🚀🏆][^\n]{0,60}){3})[^\n]*$"
    r"|^\[(?:comment|ta|reviewer|panel|editor|review|grader|translator)\b[^\]\n]*\][^\n]*"
    r"|^[#@][a-z][\w-]+:?(?: [^\n]*)?$(?=\n[#@][a-z])|(?<=\n)@[a-z]\w*: [^\n]*"
    r"|^\W{0,4}\[[xX✓✔]\] [^\n]*"
    r"|^--- [^\n]*\n\+\+\+ [^\n]*(?:\n(?:@@|[+-])[^\n]*)+",
    re.IGNORECASE | re.MULTILINE,
)
_ITEM = re.compile(r"[,;|/•]\s+|\s->\s")
_TECHNICAL = re.compile(r"[(){}<>=`\[\]]|->|→|(?<!\w)\d")
_BUZZ = re.compile(
    r"\b(?:synerg\w+|holistic\w*|seamless\w*|empower\w*|unlock(?:s|ing)?|world-class|best-in-class"
    r"|industry-leading|cutting-edge|state-of-the-art|game.chang\w+|hyper-?scal\w+|paradigm\w*"
    r"|next-gen\w*|mission-critical|cloud-native|leverag(?:e|es|ing)|turnkey|disruptive"
    r"|brilliant|flawless|genius\S*|outstanding|unparalleled|visionary)\b",
    re.IGNORECASE,
)
_DEFINITION = re.compile(
    r"^(?:an? |the )?[\w-]+(?: [\w-]+)?(?: \((?:noun|verb|adjective|n\.|v\.|adj\.)\)\s?:| means\b"
    r"| is (?:an?|the) (?:[\w-]+ )?(?:majority|choice|copy|ability|act|process|quality|delay|state)\b"
    r"|: (?:an?|the) (?:quality|delay|process|ability|act|state|exact|balance)\b)",
    re.IGNORECASE,
)


def is_no_evidence(document: Document) -> Iterator[Span]:
    """The passages of *document* that are no evidence, in no order; they may overlap."""
    raw, lower = document.raw, document.text.lower()
    if "[" in raw:
        yield from (Span(*m.span()) for m in _ASIDE.finditer(raw) if m.group().count(" ") > 4)
    if _may_hold_codes(raw):
        yield from (Span(*match.span()) for match in _CODES.finditer(raw))
    if any(sign in lower for sign in _OTHERS_SIGNS):
        yield from (Span(*match.span()) for match in _OTHERS.finditer(raw))
    yield from _repeats(document)
    yield from _questions(document)
    if sum(map(lower.count, _DEFINING)) >= DEFINITIONS:
        yield from _glossary(document)
    hyped = any(sign in lower for sign in _HYPE_SIGNS)
    for sentence in document.sentences:
        text = sentence.text
        if (
            is_word_list(text)
            or is_figure_list(text)
            or is_foreign(sentence)
            or (hyped and _is_hype(text))
        ):
            yield sentence


def _may_hold_codes(raw: str) -> bool:
    """Whether words are longer than words are, or many short pieces stand in a row."""
    if not raw.isascii() and max(raw) >= "\U0001f1e6":
        return True
    lengths = list(map(len, raw.split()))
    if max(lengths, default=0) >= _LONG_PIECE:
        return True
    return b"s" * _SHORT_RUN in bytes(lengths).translate(_SHORT_OR_LONG)


def _questions(document: Document) -> Iterator[Sentence]:
    """Questions, where many are asked in a row."""
    if document.text.count("?") < QUESTIONS:
        return
    run: list[Sentence] = []
    for sentence in [*document.sentences, None]:
        if sentence is not None and sentence.text.endswith("?"):
            run.append(sentence)
            continue
        if len(run) >= QUESTIONS:
            yield from run
        run = []


def _glossary(document: Document) -> Iterator[Sentence]:
    """Definitions, where several stand close together."""
    hits = [i for i, s in enumerate(document.sentences) if _DEFINITION.match(s.text)]
    run: list[int] = []
    for index in [*hits, len(document.sentences) + _GAP + 2]:
        if run and index - run[-1] > _GAP + 1:
            if len(run) >= DEFINITIONS:
                yield from _with_rest(document, run)
            run = []
        run.append(index)


def _with_rest(document: Document, run: list[int]) -> Iterator[Sentence]:
    """The sentences at the places of *run*, and what hangs on them behind a semicolon."""
    for index in run:
        yield document.sentences[index]
        while document.sentences[index].text.endswith(";") and index + 1 < len(document.sentences):
            index += 1
            yield document.sentences[index]


def _is_hype(text: str) -> bool:
    return len(_BUZZ.findall(text)) >= 2 and not any(c.isdigit() for c in text)


def is_word_list(text: str) -> bool:
    """Whether *text* lists names of things and says nothing about them."""
    if text.count(",") + text.count(";") + text.count("|") + text.count(" /") < LIST_ITEMS - 1:
        return False
    body = text.partition(":")[2] or text
    if _TECHNICAL.search(body):
        return False
    items = [item for item in _ITEM.split(body) if item.strip()]
    if len(items) < LIST_ITEMS:
        return False
    short = sum(len(words(item)) <= 3 for item in items)
    listed = words(body)
    return short >= 0.8 * len(items) and function_words(listed) <= 0.08 * len(listed)


def is_figure_list(text: str) -> bool:
    """Whether *text* lists figures and does not say of what."""
    if text.count(",") < FIGURES - 1:
        return False
    items = text.split(", ")
    bare = sum(_FIGURE.match(item) is not None for item in items)
    return bare >= FIGURES and bare >= 0.8 * len(items)


def _repeats(document: Document) -> Iterator[Sentence]:
    """Sentences of six words and more that were said before, or nearly."""
    every = list(zip(*(document.words[i:] for i in range(_GRAM)), strict=False))
    if len(every) - len(set(every)) < _GRAM - 1:
        return
    seen: set[tuple[str, ...]] = set()
    for sentence in document.sentences:
        listed = sentence.words
        if len(listed) < _GRAM + 2:
            continue
        grams = {listed[i : i + _GRAM] for i in range(len(listed) - _GRAM + 1)}
        if len(grams & seen) > _REPEATED * len(grams):
            yield sentence
        seen |= grams
