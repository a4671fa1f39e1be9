"""A mirror for stories: how many words go where, who acts, which numbers have a before.

It counts words by the rules below and understands nothing: a story that scores well here may be
dull or untrue, and a good one may look odd. So it gives no level and no points. The rules are the
following, applied to each sentence in this order; the first that fits decides.

1. *learning*: it says what is done differently, or what went badly ("since then", "my mistake").
2. *situation*: it introduces the place or the order ("we sell", "the assignment was").
3. *action*: it names something that was not done, and why ("would have cost", "was out").
4. *result*: it holds a number before and after; or a word of outcome and a number, while neither
   "I" nor "we" do something in it.
5. *action*: "I" or "we", followed by something that one does.
6. Otherwise it goes with the sentence before it, or to the situation if nothing was done so far.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

PARTS = ("situation", "action", "result", "learning")
WORDS_PER_MINUTE = 140
MAX_CHARS = 20_000

BANDS = {"situation": (10, 20), "action": (50, 60), "result and learning": (20, 40)}
"""Percent of the words. Guides put 50-60% on action and around 15% on the situation; the third
band is what they leave."""

_NUMBER = r"(?<![\w.,])(?:[$€£] ?)?\d[\d.,]{0,11}(?: ?(?:%|percent|million|k\b|M\b))?"
_LEARNING = re.compile(
    r"\b(learn(?:ed|t|ing)?|lesson|since then|from then on|ever since|next time|misjudged|regret"
    r"|my mistake|did badly|should have|would have begun|would start|do differently|what remains"
    r"|is in our (?:template|checklist)|nowadays (?:we|I))\b",
    re.IGNORECASE,
)
_SETTING = re.compile(
    r"\b(I was given|was asked (?:for|to)|assignment was|order was|goal was|(?:we|which|that) sells?"
    r"|makes? software|came to me|at the time|in those days)\b",
    re.IGNORECASE,
)
_BEFORE_AFTER = re.compile(
    rf"\bfrom\s+{_NUMBER}[^.!?]{{0,40}}?\bto\s+{_NUMBER}"
    rf"|{_NUMBER}[^.!?]{{0,24}}?(?:→|->|=>)\s*{_NUMBER}"
    rf"|{_NUMBER}[^.!?]{{0,24}}?\b(?:instead of|against|down from|up from)\s+(?:\w+\s+){{0,2}}{_NUMBER}"
    rf"|{_NUMBER}[^.!?]{{0,20}}?, (?:it was|before it was|the others|the rest)\s+(?:\w+\s+){{0,2}}{_NUMBER}"
    rf"|\b(?:was|were)\s+{_NUMBER}[^.!?]{{0,30}}?\b(?:is|are)\s+{_NUMBER}",
    re.IGNORECASE,
)
_OUTCOME = re.compile(
    r"\b(fell|rose|grew|dropped|sank|climbed|gained|won|worth|saves?d?|cut|reduced|renewed|signed"
    r"|retained|kept|earn(?:s|ed)?|brings?|revenue|margin|profit|a year|per year|on sale"
    r"|ordered|bought|left|has held|result)\b",
    re.IGNORECASE,
)
_ACTING = re.compile(
    r"\b(I|[Ww]e)(?:'ve|'d)?\s+(?:(?:then|also|first|only|just|never)\s+)?([a-z]+)"
)
_STATES = (
    "am are was were be been had have has sell sold know knew need needed want wanted feel felt"
    " think thought do did make makes work worked use used run can could will would should"
)
_NOT_ACTING = frozenset(_STATES.split())
_ALTERNATIVE = re.compile(
    r"\b(reject(?:ed|ing)|ruled out|was out\b|were out\b|(?:I|we) turned down|decided against|alternatives?"
    r"|other ways?|other options?|instead of (?:buying|building|a|the)|rather than|considered"
    r"|would have (?:cost|meant|taken|needed)|I dropped|we dropped|was the wrong project)\b",
    re.IGNORECASE,
)
_OUTSIDE = re.compile(
    r"\b(?i:product managers?|design(?:ers?)?|legal|finance|controllers?|sales|support|marketing"
    r"|customer care|customer service|call cent(?:re|er)s?|partners?|customers?|compliance"
    r"|operations|analysts?|account managers?)\b|\b(?:PMs?|CFO|COO|CEO|CPO)\b"
)


@dataclass(frozen=True)
class Shape:
    """What the mirror shows of one text.

    Attributes:
        sentences: Part and text of each sentence, in order.
        parts: Part -> words.
        first_person: How often "I" and "my" stand there.
        plural: How often "we" and "our" do.
        before_after: Passages with a number before and after.
        alternatives: Words that name something not done.
        outside: People outside engineering, each once.
    """

    sentences: tuple[tuple[str, str], ...]
    parts: dict[str, int]
    first_person: int
    plural: int
    before_after: tuple[str, ...]
    alternatives: tuple[str, ...]
    outside: tuple[str, ...]

    @property
    def words(self) -> int:
        """All words."""
        return sum(self.parts.values())

    @property
    def minutes(self) -> float:
        """How long it takes to say."""
        return self.words / WORDS_PER_MINUTE

    def percent(self, *parts: str) -> float:
        """Percent of the words that belong to *parts*; 0 of an empty text."""
        return 100 * sum(self.parts[part] for part in parts) / self.words if self.words else 0.0


def story_shape(text: str) -> Shape:
    """Read *text* by the rules at the top of this module.

    Raises:
        ValueError: If it is too long to be a story that one tells.
    """
    if len(text) > MAX_CHARS:
        raise ValueError(
            f"{len(text):,} characters are no story but a book: paste at most {MAX_CHARS:,}"
        )
    sentences: list[tuple[str, str]] = []
    before, acted = "situation", False
    for sentence in _sentences(text):
        part = _part(sentence) or (before if acted else "situation")
        acted = acted or part in ("action", "learning")
        sentences.append((part, sentence))
        before = part
    words = dict.fromkeys(PARTS, 0)
    for label, sentence in sentences:
        words[label] += len(sentence.split())
    return Shape(
        sentences=tuple(sentences),
        parts=words,
        first_person=len(re.findall(r"\b(?:I|[Mm]y|[Mm]ine)\b", text)),
        plural=len(re.findall(r"\b(?:[Ww]e|[Oo]ur|[Oo]urs)\b", text)),
        before_after=_found(_BEFORE_AFTER, text),
        alternatives=_found(_ALTERNATIVE, text),
        outside=tuple(dict.fromkeys(word.lower() for word in _found(_OUTSIDE, text))),
    )


def _sentences(text: str) -> list[str]:
    # Not after "e.g." and the like, and not within "4.2": a capital or a digit has to follow.
    parts = re.split(r"(?<=[.!?])[\"')]?\s+(?=[\"'(]?[A-Z0-9$€£])|\n\s*\n", text)
    return [" ".join(part.split()) for part in parts if part and part.strip()]


def _part(sentence: str) -> str | None:
    if _LEARNING.search(sentence):
        return "learning"
    if _SETTING.search(sentence):
        return "situation"
    if _ALTERNATIVE.search(sentence):
        return "action"
    acts = _acts(sentence)
    if _BEFORE_AFTER.search(sentence):
        return "result"
    if _OUTCOME.search(sentence) and re.search(_NUMBER, sentence) and not acts:
        return "result"
    return "action" if acts else None


def _acts(sentence: str) -> bool:
    return any(verb not in _NOT_ACTING for _, verb in _ACTING.findall(sentence))


def _found(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    return tuple(" ".join(match[0].split()) for match in pattern.finditer(text))


def sentence_table(shape: Shape) -> str:
    """The reading sentence by sentence, as a Markdown table; the text is data and escaped."""
    rows = ["| Read as | Sentence |", "|---|---|"]
    for part, sentence in shape.sentences:
        safe = html.escape(sentence).translate({ord(c): f"&#{ord(c)};" for c in "|`*_[]~\\"})
        # Two dollar signs would be taken for the ends of a formula, even escaped ones.
        rows.append(f"| {part} | {safe.replace('$', chr(0xFF04))} |")
    return "\n".join(rows)
