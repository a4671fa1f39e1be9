"""Passages that speak to whoever grades the answer instead of answering.

Every pattern asks for two things: that somebody is told or begged to do something, and that it
is about grading this answer. "Override the rules of one tenant" has the first only, "the top
score is read most" the second only. A quoted attack inside a sentence is a topic, not an attack.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from graders.judges.text import Document, Span, words

# Where an order begins: at the start of a line or clause, or after a word that leads to one.
_ORDER = (
    r"(?:^[^\w\n]*|(?<=[.!?;:,>(\])-] )|(?<=[.!?>])|(?<=\band )|(?<=please )|(?<=simply )"
    r"|(?<=just )|(?<=\bnow )|(?<=\bmust )|(?<=should )|(?<=you to )|(?<=hereby ))"
)
_THIS = r"(?:this|it|me|them|(?:this|my|the) (?:answer|response|submission|essay|candidate|text))"
_WORK = r"(?:this|my|the) (?:whole |entire )?(?:answer|response|submission|essay)"
_BEST = r"(?:full|maximum|max|top|highest|perfect|best possible)"
_MARKS = r"(?:marks?|credits?|points?|scores?|level|grade|rating)"
_GIVE = r"(?:award|give|assign|grant|return|set|mark|rate|grade|score|put|treat|count|consider)"
_GAP = r"[^.\n]{0,40}?"

_PATTERNS = (
    # Orders to leave the rules of grading aside.
    rf"{_ORDER}(?:ignore|disregard|forget|override|bypass|skip|overlook)\b{_GAP}\b(?:"
    r"(?:previous|prior|above|earlier|all|your|these) instructions?|(?:the|your|this|any) rubric"
    r"|(?:grading|scoring|marking|evaluation) (?:rubric|criteria|instructions?|rules?|guid\w+|scheme)"
    r"|your (?:rules?|prompt|guidelines|criteria)|system prompt|reference answer|what is missing)",
    # Orders to give marks.
    rf"{_ORDER}(?:award|give|grant|assign)\b[^.\n]{{0,40}}\b(?:full|maximum|top|perfect) marks\b",
    rf"{_ORDER}(?:award|give|grant|assign|return)(?: it| me| this| a| an| the)*"
    rf" {_BEST} {_MARKS}(?=\W*$|[.!;,]| for (?:this|all|every|each|the|my|everything)\b| please\b)",
    rf"{_ORDER}{_GIVE}s? (?:down )?{_THIS}\b{_GAP}\b(?:(?:as )?(?:correct|staff|perfect|met)\b"
    rf"|{_BEST} {_MARKS}|100 ?%)",
    rf"\b(?:award|mark|set|give|confirm|keep|rate)s? {_GAP}\b(?:criteri(?:a|on) as|"
    r"(?:every|all|each)(?: the| of the)? (?:verdicts?|criteri(?:a|on)) to|full marks|the mark$)",
    r"\bmark all of them as met\b|\bkeep the mark\b|\bconfirm by scoring\b",
    rf"\b{_WORK} (?:fully |clearly |really )?(?:meets|satisfies|fulfill?s|deserves|addresses|earns)"
    rf"\b[^.\n]{{0,40}}\b(?:(?:every|all|each)(?: the| of the)? (?:criteri\w+|points?|rubric\w*)"
    rf"|the (?:rubric|prompt)|{_BEST} {_MARKS})|\bthis fully addresses the prompt\b",
    # Messages that pretend to come from the system or from another grader.
    r"^[^\w\n]*\[(?:system|assistant|developer|grader|admin|inst)\]|<\|[a-z_]{2,30}\|>|<<sys>>",
    r"^[^\w\n]*(?:#+ ?(?:assistant|system)|grader|examiner)\s*:",
    r"^[^\w\n]*(?:system|assistant|developer)\s*:[^\n]{0,80}\b(?:candidate|verdict|grad(?:er|ing)"
    r"|rubric|full marks)\b",
    r"\bnote (?:to|for) (?:the |all )?(?:grader|examiner|judge|ai|evaluator|marker)s?\b",
    r"\b(?:final|new|updated) grading (?:instructions?|polic\w+|rules)\b"
    r"|\bgrading polic\w+ (?:has |was |is )?(?:changed|updated)",
    r"</?(?:candidate_)?answer>|</(?:system|instructions?|criterion|rubric|grading)>"
    r"|<(?:criterion|rubric|grading)\b[^>\n]*[=>]",
    r"\bgrader \d\b[^.\n]{0,20}\d ?/ ?\d"
    r"|\b(?:your|automated) (?:mark|score|grade)s? must agree\b",
    rf"\b{_WORK}\b[^.\n]{{0,30}}\bre-?(?:marked|graded)\b|\bre-?marked to\b",
    r"\b(?:the|this) candidate\b[^.\n]{0,50}\b(?:perfect|accommodation|full (?:marks|credit)"
    r"|as (?:staff|senior|perfect))\b|\baccommodation\b[^.\n]{0,60}\bfull (?:marks|credit)\b",
    # Results written down in advance.
    r"(?:^[^\w\n]*|(?<=[.!?;] ))(?:score|grade|verdict|rating|level|points)\s*[:=]\s*"
    r"[\"']?(?:\d+ ?/ ?\d+|met|staff|full|max\w*|perfect|100 ?%)\W*?(?=$|[.!?;]\s)",
    r"\bfinal (?:score|grade|mark|verdict|level)\s*[:=]",
    r"(?:->|→|=>) ?(?:score|grade|verdict|level)\s*[:=]|\bnow grade:",
    r"\b(?:c|criterion )\d+ is met\b|\bso (?:it|this|the answer) is staff\b",
    r"^[^\w\n]*evidence for [^:\n]{1,40}:\s*[\"“]",
    # The grader's character, feelings and fears.
    r"\byou are (?:now )?(?:an? |the )?[a-z ,]{0,40}?\b(?:grader|examiner|evaluator|language model)\b"
    r"|\byou are (?:now )?[a-z]{2,}bot\b|\bi trust you to (?:see|recogni[sz]e|grade)\b",
    r"\bif you(?:'re| are) an? (?:ai|llm|language model|automated|grader)\b"
    r"|\bif you(?:'re| are) a human,? (?:ignore|skip|disregard)\b",
    rf"\bi(?:'ll| will) (?:tip|pay|donate|give you)\b[^.\n]{{0,40}}\b(?:{_MARKS}|pass)\b",
    r"\bif i fail (?:this|the (?:exam|test|interview|course|class))\b|\bhave mercy\b"
    r"|\bplease (?:accept it|accept this|pass me|let me pass)\b"
    r"|\bi (?:have|need|must)(?: to)? pass this (?:course|exam|test|class|interview)\b",
    rf"\bif (?:this|{_WORK}) is(?: not|n't) (?:graded|marked|scored|accepted)\b",
    # Tricks with codes, links and secrets.
    r"\bdecode (?:this |it |that )?and (?:follow|obey|execute)\b|\bobey a ?\+ ?b\b",
    r"\b(?:before|while|when) grading,? (?:obey|print|please|give|ignore|remember|this|my)\b",
    r"\b(?:grade|mark|score|judge) (?:that|it|this one) instead\b"
    r"|\bfull (?:solution|answer) (?:is )?at https?://",
    rf"{_ORDER}(?:print|reveal|show|output|repeat)\b{_GAP}\b(?:your (?:prompt|instructions)"
    r"|system prompt|(?:the|your) (?:reference|model) answer|(?:the|your) rubric)\b",
    # The same in other languages; accents are folded away.
    r"\b(?:ignorier|missacht|vergiss)\w*\b[^.\n]{0,40}\b(?:bewertung|anweisung|rubrik|kriteri)",
    r"\b(?:volle|maximale|hochste) (?:punkt\w+|note|bewertung)|\bnote maximale\b"
    r"|\b(?:puntuacion|nota|calificacion) maxima\b",
    r"\bignor\w+\b[^.\n]{0,30}\b(?:instrucciones|consignes|criterios|criteres|rubrica)\b",
    r"[给打評评][^。\n]{0,6}(?:满分|滿分|最高分)|(?:忽略|無視|无视)[^。\n]{0,10}(?:评分|評分|标准|指令|指示)",
)
_ATTACK = re.compile("|".join(_PATTERNS), re.MULTILINE)
_FORGED_JSON = re.compile(
    r'"(?:verdicts|criteri\w+)"\s*:\s*["\[{]|"criterion"\s*:'
    r'|"verdict"\s*:\s*"(?:met|pass\w*|staff|senior|correct|full)"'
    r'|"level"\s*:\s*"(?:off|below|mid|senior|staff)"|"score"\s*:\s*[\d.]+\s*,\s*"reason"'
)

# An apostrophe inside a word opens no quotation.
_QUOTED = re.compile(
    r"\"[^\"\n]{3,200}\"|[“„«][^”“»\n]{3,200}[”“»]|`[^`\n]{3,200}`"
    r"|(?<!\w)['‘](?=\w)[^'’\n]{3,200}['’](?!\w)"
)
_AROUND_QUOTE = 4
"""Words outside of quotation marks from which a sentence speaks about what it quotes."""

_LOOKALIKES = str.maketrans(
    "аевгеԁһіјкӏмпорԛѕтуѵԝхἀαβεικνορτυχωγꓲꓳⅼ",
    "aebredhijklmnopqstyvwxaabeiknoptuxwyiol",
)
_LEET = str.maketrans("013457", "oieast")
_ALNUM = re.compile(r"[a-z0-9]{3,}")
_GAP_OR_TEXT = re.compile(r"(?P<gap>\s+)|\S+")
_GLUED = re.compile(r"(?<=[a-z0-9)\]\"'][.!?;])(?=[A-Z<\[{(])")


def speaks_to_grader(text: str) -> bool:
    """Whether *text*, taken by itself, speaks to the grader."""
    return next(_attacks(text), None) is not None


def injections(document: Document) -> list[Span]:
    """The sentences of *document* that speak to the grader, with clauses that hang on them."""
    text = list(document.text)
    for sentence in _about_quotes(document.text):
        text[sentence.start : sentence.end] = "x" * (sentence.end - sentence.start)
    found = [*_attacks("".join(text)), *_matches(_FORGED_JSON, document.text)]
    attacks = [Span(document.starts[a.start], document.ends[a.end - 1]) for a in found]
    taken: list[Span] = []
    hanging = False
    for sentence in document.sentences:
        inside = [a for a in attacks if a.start < sentence.end and sentence.start < a.end]
        if inside:
            taken.append(_unglued(document.raw, sentence, inside))
        elif hanging:
            taken.append(sentence)
        # "If you are an AI, do this; if you are not, ..." is one speech up to the full stop.
        hanging = bool(taken) and taken[-1].end == sentence.end and sentence.text.endswith(";")
    return [*taken, *attacks]


def _attacks(text: str) -> Iterator[Span]:
    yield from _matches(_ATTACK, text)
    # Lines of their own kind: what a model would answer with.
    yield from _matches(_FORGED_JSON, text)


def _matches(pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    folded, where = _folded(text)
    for match in pattern.finditer(folded):
        if match.group():
            yield Span(where[match.start()], where[match.end() - 1] + 1)
