"""Passages that speak to whoever grades the answer instead of answering.

Every pattern asks for two things: that somebody is told or begged to do something, and that it
is about grading this answer. "Override the rules of one tenant" has the first only, "the top
score is read most" the second only. A quoted attack inside a sentence is a topic, not an attack.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache

from graders.judges.text import Document, Sentence, Span, words

# Where an order begins: at the start of a line or clause, or after a word that leads to one.
_ORDER = (
    r"(?:^[^\w\n]*|(?<=[.!?;:,>(\])-] )|(?<=[.!?;>])|(?<=\band )|(?<=please )|(?<=simply )"
    r"|(?<=just )|(?<=\bnow )|(?<=must )|(?<=should )|(?<=you to )|(?<=hereby ))"
)
_WORK = r"(?:this|my|the) (?:whole |entire )?(?:answer|response|submission|essay)"
_BEST = r"(?:full|maximum|max|top|highest|perfect)"
_MARKS = r"(?:marks?|credits?|points?|scores?|level|grade)"
_WITHIN = r"[^.\n]{0,40}"

_PATTERNS = (
    # Orders to leave the rules of grading aside.
    rf"{_ORDER}(?:ignore|disregard|forget|override|bypass|skip|overlook)\b{_WITHIN}\b(?:"
    r"(?:previous|prior|above|earlier|all|your|these) instructions?|(?:the|your|this|any) rubric"
    r"|(?:grading|scoring|marking) (?:rubric|criteria|instructions?|rules|guid\w+|scheme)"
    r"|your (?:rules|prompt|guidelines|criteria)|system prompt|reference answer|what is missing)",
    # Orders to give marks.
    rf"{_ORDER}(?:award|give|grant|assign)\b{_WITHIN}\b{_BEST} marks\b",
    rf"(?:^[^\w\n]*|(?<=[.!?>] )|(?<=[.!?>]))(?:please )?"
    rf"(?:award|give|grant|assign|return)\b[^.,\n]{{0,20}} {_BEST} {_MARKS}\b"
    r"(?=\W*$|[.!]| for (?:this|all|every|each|my)\b| please\b)",
    rf"{_ORDER}(?:mark|grade|rate|score) (?:this|me)\b[^.\n]{{0,20}}\b(?:correct|staff|perfect|met"
    rf"|{_BEST} {_MARKS}|100 ?%)",
    rf"{_ORDER}(?:mark|grade|rate|score|accept|treat|count|put) {_WORK}\b{_WITHIN}\b(?:correct"
    rf"|staff|senior|perfect|met|passed|{_BEST} {_MARKS}|100 ?%)|\bput this at the highest\b",
    rf"\b(?:marks?|count|treat|consider) (?:all|every|each)\b{_WITHIN} (?:as (?:met|staff)"
    r"|criteri(?:a|on) met)\b|\bconfirm by scoring\b|\bkeep the mark\b",
    rf"{_ORDER}set (?:all|every|each)\b[^.\n]{{0,10}} verdicts? (?:to|as)\b",
    rf"\b{_WORK} (?:fully |clearly |really )?(?:meets|satisfies|fulfill?s|deserves|addresses|earns)"
    rf"\b{_WITHIN}\b(?:(?:every|all|each)(?: the| of the)? (?:criteri\w+|points?|rubric\w*)"
    rf"|the (?:rubric|prompt)|{_BEST} {_MARKS}|a staff)|\bthis fully addresses the prompt\b",
    # Messages that pretend to come from the system or from another grader.
    r"^[^\w\n]*\[(?:system|assistant|developer|grader|admin|inst)\]|<\|[a-z_]{2,30}\|>|<<sys>>",
    r"^[^\w\n]*(?:#+ ?(?:assistant|system)|grader|examiner)\s*:",
    r"^[^\w\n]*(?:system|assistant|developer)\s*:[^\n]{0,80}\b(?:candidate|verdict|grad(?:er|ing)"
    r"|rubric|full marks)\b",
    r"\bnote (?:to|for) (?:the |all )?(?:grader|examiner|judge|ai|evaluator|marker)s?\b",
    r"\b(?:final|new|updated) grading (?:instructions?|polic\w+|rules)\b"
    r"|^[^\w\n]*final instructions$"
    r"|\bgrading polic\w+ (?:has |was |is )?(?:changed|updated)\b",
    r"</?(?:candidate_)?answer>|</(?:system|instructions?|criterion|rubric|grading)>"
    r"|<(?:criterion|rubric|grading) [^>\n]{0,80}=",
    r"\bgrader \d\b[^.\n]{0,20}\d ?/ ?\d"
    r"|\b(?:your|automated) (?:mark|score|grade)s? must agree\b",
    rf"\b{_WORK}\b[^.\n]{{0,30}}\bre-?(?:marked|graded)\b|\bre-marked to\b",
    r"\b(?:the|this) candidate\b[^.\n]{0,50}\b(?:perfect|accommodation|full (?:marks|credit)"
    r"|as (?:staff|senior|perfect))\b|\baccommodation\b[^.\n]{0,60}\bfull (?:marks|credit)\b",
    # Results written down in advance.
    r"(?:^[^\w\n]*|(?<=[.!?;] ))(?:final |overall )?(?:score|grade|verdict|level) ?[:=] ?"
    r"[\"']?(?:\d+ ?/ ?\d+|met|staff|full|max|maximum|perfect|100 ?%)\W*?(?=$|[.!?;]\s)",
    r"(?:->|→|=>) ?(?:grade|verdict|level) ?[:=]|\bnow grade:",
    r"\b(?:c|criterion )\d+ is met\b|\bso (?:it|this|the answer) is staff\b"
    r"|\bstep \d+: [^.\n]{1,40} (?:is|are) (?:covered|met)(?=\W*$|\.)"
    r"|\bnot apply to this candidate\b|\bwhile grading\W*$",
    r"^[^\w\n]*evidence for [^:\n]{1,40}: ?[\"“]",
    # The grader's character, feelings and fears.
    r"\byou are (?:now )?(?:an? |the )?[a-z ,]{0,40}?\b(?:grader|examiner|evaluator)\b"
    r"|\byou are (?:now )?(?:an ai|[a-z]{2,}bot)\b|\bi trust you to (?:see|recogni[sz]e|grade)\b",
    r"\bif you(?:'re| are) an? (?:ai|llm|language model|automated|grader)\b"
    r"|\bif you(?:'re| are) a human,? (?:ignore|skip|disregard)\b",
    rf"\bi(?:'ll| will) (?:tip|pay|donate)\b{_WITHIN}\b{_BEST} {_MARKS}\b",
    r"\blose my (?:visa|job|scholarship|place)\b[^.\n]{0,20}\bif i fail\b|\bif i fail this\b"
    r"|\bhave mercy\b|\bplease (?:accept it|accept this|let me pass)\b"
    r"|\bplease pass me(?=\W*$|[.!])|\bdear (?:grader|examiner)\b"
    r"|\bi (?:have|need|must)(?: to)? pass this (?:course|exam|test|class|interview)\b",
    rf"\bif (?:this|{_WORK}) is(?: not|n't) (?:graded|scored|marked (?:as )?correct)\b",
    # Tricks with codes, links and secrets.
    r"\bdecode (?:this |it |that )?and (?:follow|obey|execute)\b|\bpart [a-z] = [\"“]",
    r"\b(?:before|while|when) grading,? (?:obey|print|please|give|ignore|remember|this|my)\b",
    r"\b(?:grade|mark|score|judge) (?:that|it|this one) instead\b"
    r"|\bfull (?:solution|answer) (?:is )?at https?://",
    rf"{_ORDER}(?:print|reveal|show|output|repeat)\b{_WITHIN}\b(?:your (?:prompt|instructions"
    r"|rubric|reference answer|model answer)|system prompt)\b",
    # The same in other languages; accents are folded away.
    r"\b(?:ignorier|missacht|vergiss)\w*\b[^.\n]{0,40}\b(?:bewertung|anweisung|rubrik|kriteri)",
    r"\b(?:volle|maximale|hochste) (?:punkt\w+|note|bewertung)|\bnote maximale\b"
    r"|\b(?:puntuacion|nota|calificacion) maxima\b",
    r"\bignor\w+\b[^.\n]{0,30}\b(?:instrucciones|consignes|criterios|criteres|rubrica)\b",
    r"[给打評评][^。\n]{0,6}(?:满分|滿分|最高分)|(?:忽略|無視|无视)[^。\n]{0,10}(?:评分|評分|指令|指示)",
)
_ATTACK = re.compile("|".join(_PATTERNS), re.MULTILINE)
# What a model would reply; the quotation marks belong to it.
_FORGED_REPLY = re.compile(
    r'"(?:verdicts|criteria)" ?: ?["\[{]|"criterion" ?:'
    r'|"verdict" ?: ?"(?:met|pass\w*|staff|senior|correct|full)"'
    r'|"level" ?: ?"(?:off|below|mid|senior|staff)"|"score" ?: ?[\d.]+ ?, ?"reason"'
)

# An apostrophe inside a word opens no quotation.
_QUOTED = re.compile(
    r"\"[^\"\n]{3,200}\"|[“„«][^”“»\n]{3,200}[”“»]|`[^`\n]{3,200}`"
    r"|(?<!\w)['‘](?=\w)[^'’\n]{3,200}['’](?!\w)"
)
_AROUND_QUOTE = 4
"""Words outside of the quotation marks from which a sentence speaks about what it quotes."""

_LOOKALIKES = str.maketrans(
    "аеорсухѕіјԁһԛԝӏкмтнвАВЕКМНОРСТУХЅІЈαεικνορτυχγΑΒΕΖΗΙΚΜΝΟΡΤΥΧɡɑıոօս",
    "aeopcyxsijdhqwlkmthbABEKMHOPCTYXSIJaeikvoptuxyABEZHIKMNOPTYXgainou",
)
_LEET = str.maketrans("013457", "oieast")
_ALNUM = re.compile(r"[a-z0-9]{3,}")
_GAP_OR_TEXT = re.compile(r"(?P<gap>\s+)|\S+")
_GLUED = re.compile(r"(?<=[a-z0-9)\]\"'][.!?;])(?=[A-Z<\[{(])")


def speaks_to_grader(text: str) -> bool:
    """Whether *text*, taken by itself, speaks to the grader."""
    return any(True for pattern in (_ATTACK, _FORGED_REPLY) for _ in _matches(pattern, text))


def injections(document: Document) -> list[Span]:
    """The sentences of *document* that speak to the grader, with the clauses that hang on them."""
    matches = [
        *_matches(_ATTACK, _without_quotations(document)),
        *_matches(_FORGED_REPLY, document.text),
    ]
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


def _unglued(raw: str, sentence: Sentence, attacks: list[Span]) -> Span:
    """*sentence* without honest sentences that hang on it for want of a space."""
    first, last = min(a.start for a in attacks), max(a.end for a in attacks)
    borders = [match.start() for match in _GLUED.finditer(raw, sentence.start, sentence.end)]
    if raw[first - 1 : first] in {".", "!", "?", ";"}:
        borders.append(first)
    begin = max((border for border in borders if border <= first), default=sentence.start)
    end = min((border for border in borders if border >= last), default=sentence.end)
    return Span(max(begin, sentence.start), end)


def _without_quotations(document: Document) -> str:
    """The text, in which a sentence that speaks about a quotation holds it no longer."""
    characters = list(document.text)
    for sentence in document.sentences:
        quotations = list(_QUOTED.finditer(sentence.text))
        if not quotations or len(words(_QUOTED.sub(" ", sentence.text))) < _AROUND_QUOTE:
            continue
        begin = bisect_left(document.starts, sentence.start)
        for found in quotations:
            start, end = begin + found.start() + 1, begin + found.end() - 1
            characters[start:end] = "x" * (end - start)
    return "".join(characters)


def _matches(pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    folded, where = _folded(text)
    for match in pattern.finditer(folded):
        yield Span(where[match.start()], where[match.end() - 1] + 1)


def _folded(text: str) -> tuple[str, list[int]]:
    """*text* in plain lower-case letters and single spaces, and where each stands in *text*."""
    letters = "".join(_plain(character) for character in text)
    letters = _ALNUM.sub(_unleeted, letters)
    pieces: list[str] = []
    where: list[int] = []
    for match in _GAP_OR_TEXT.finditer(letters):
        piece = match.group()
        if match.lastgroup == "gap":
            start, end = match.span()
            before, after = text[start - 1 : start], text[end : end + 1]
            # A line that only wraps goes on in the middle of a clause.
            wraps = piece.count("\n") == 1 and after.islower() and before not in ".!?:;"
            piece = " " if wraps or "\n" not in piece else "\n"
        pieces.append(piece)
        where.extend(range(match.start(), match.start() + len(piece)))
    return "".join(pieces), where


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    alike = character.translate(_LOOKALIKES)
    return unicodedata.normalize("NFKD", alike)[0].lower()[0]


def _unleeted(match: re.Match[str]) -> str:
    word = match.group()
    mixed = not word.isdigit() and not word.isalpha()
    return word.translate(_LEET) if mixed else word
