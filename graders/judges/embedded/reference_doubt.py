"""Whether an answer says something else than a reference, although it has the same words.

Likeness of words sees neither negation nor opposites, nor who does what, so these are looked at
where an answer repeats the words of the reference. A doubt lowers what the words would earn and
asks for a person; it is never proof.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from graders.judges.embedded.reference_text import is_negation, stem

SAME_WORDS = 0.6
"""Share of a reference's own words from which a sentence repeats it rather than rephrasing it."""

MANY_WORDS = 0.4
"""The same for what is negated, which is seen word by word."""

SAME_ORDER = 0.3
"""Share of neighbouring words that stay neighbours when the words are repeated in order."""

SCOPE = 3
"""Words after a negation that it may turn round."""

CONTENT = 4
"""Letters from which a word, without its ending, is taken to say something by itself."""

_ASKING = frozenset(
    [
        "are",
        "and",
        "can",
        "does",
        "each",
        "for",
        "has",
        "have",
        "how",
        "the",
        "what",
        "when",
        "which",
        "who",
        "why",
        "with",
    ]
)
"""Words of questions that name nothing."""

_PAIRS = (
    "after before", "all none", "all nothing", "always never", "first last", "new old", "few many",
    "more less", "more fewer", "most least", "same different", "up down", "higher lower",
    "large small", "fast slow", "deep flat", "one many", "once several", "recently longest",
    "open close", "start stop", "start end", "can cannot", "public private", "easy hard",
    "single many", "equal different", "share isolate", "lost kept", "on off", "with without",
)  # fmt: skip
_OPPOSITES = frozenset(
    pair
    for one, other in (map(stem, text.split()) for text in _PAIRS)
    for pair in ((one, other), (other, one))
)


def doubt(part: Sequence[str], sentence: Sequence[str]) -> str | None:
    """Why *sentence* may not say what *part* says, in words; none if there is no such sign.

    Args:
        part: The words of a part of the reference, in lower case, in order.
        sentence: The words of the sentence that comes nearest to it.
    """
    own, said = [stem(word) for word in part], [stem(word) for word in sentence]
    shared = len(set(own) & set(said)) / max(len(set(own)), 1)
    if shared >= MANY_WORDS and _turned(part, sentence):
        return "It seems to say the opposite."
    if shared < SAME_WORDS:
        return None
    if sum(map(is_negation, part)) % 2 != sum(map(is_negation, sentence)) % 2:
        return "It seems to say the opposite."
    new, gone = set(said) - set(own), set(own) - set(said)
    if any((one, other) in _OPPOSITES for one in gone for other in new):
        return "It has an opposite of one of its words."
    pairs = set(pairwise(own))
    if len(pairs) >= 5 and len(pairs & set(pairwise(said))) < SAME_ORDER * len(pairs):
        return "Its words stand in another order."
    return None


def _turned(part: Sequence[str], sentence: Sequence[str]) -> bool:
    """Whether a word is negated in one of the texts and never in the other."""
    one, other = _polarity(part), _polarity(sentence)
    return any(not (one[word] & other[word]) for word in one.keys() & other.keys())


def _polarity(text: Sequence[str]) -> dict[str, set[bool]]:
    found: dict[str, set[bool]] = defaultdict(set)
    for place, word in enumerate(text):
        if len(stem(word)) >= CONTENT:
            before = text[max(0, place - SCOPE) : place]
            found[stem(word)].add(any(w == "instead" or is_negation(w) for w in before))
    return found


def subjects(question: Sequence[str], parts: Sequence[Sequence[str]]) -> list[frozenset[str]]:
    """For each part, the words of the question that only this part has: what it speaks of.

    Empty sets if fewer than two parts have such words, as nothing could then be confused.
    """
    asked = {stem(word) for word in question if len(word) > 2 and word not in _ASKING}
    stems = [{stem(word) for word in part} for part in parts]
    found = [
        frozenset((own & asked).difference(*(other for other in stems if other is not own)))
        for own in stems
    ]
    return found if sum(map(bool, found)) > 1 else [frozenset()] * len(stems)


def swapped(
    own: int, about: Sequence[frozenset[str]], parts: Sequence[Sequence[str]], answer: Sequence[str]
) -> str | None:
    """Why the answer may say part *own* of something else; none if there is no such sign.

    Args:
        own: Index of the part.
        about: `subjects` of the parts.
        parts: The words of each part, in lower case, in order.
        answer: The words of the answer.
    """
    if not about[own]:
        return None
    stems = [{stem(word) for word in part} for part in parts]
    telling = stems[own].difference(*(other for i, other in enumerate(stems) if i != own), *about)
    right = wrong = 0
    current: int | None = None
    for word in map(stem, answer):
        named = next((i for i, names in enumerate(about) if word in names), None)
        current = current if named is None else named
        if current is not None and word in telling and len(word) >= CONTENT:
            right, wrong = right + (current == own), wrong + (current != own)
    return "It seems to be said of something else." if wrong >= 2 and wrong > right else None
