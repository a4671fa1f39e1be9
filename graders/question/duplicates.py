"""Texts that stand under two questions: what is true of both tells a learner nothing about either."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from graders.question.model import Question

RUN = 5
"""Words in a row that count as a phrase."""

SHARED_PHRASES = 0.25
"""Two texts are near-duplicates from this share of common phrases on, measured on the shorter."""

SHARED_WORDS = 0.55
"""... or from this share (common / all) of words on, whatever their order."""

SHORTEST = 6
"""A text of fewer different words is too short to be told from chance."""

_COMMON = 60
"""A word or phrase that stands in more texts than this leads to no pair worth comparing."""

_WORD = re.compile(r"[a-z0-9']+")


@dataclass(frozen=True)
class Place:
    """A text of a question, with its words and phrases."""

    question: str
    where: str
    words: frozenset[str]
    phrases: frozenset[tuple[str, ...]]

    @classmethod
    def of(cls, question: str, where: str, text: str) -> Place:
        """Read *text*, which stands at *where* in *question*."""
        words = _WORD.findall(text.lower())
        runs = (tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1))
        return cls(question, where, frozenset(words), frozenset(runs))

    def resembles(self, other: Place) -> bool:
        """Whether a reader would think to have read the other one before."""
        common = len(self.phrases & other.phrases)
        shorter = min(len(self.phrases), len(other.phrases))
        if common >= 2 and common >= SHARED_PHRASES * shorter:
            return True
        if min(len(self.words), len(other.words)) < SHORTEST:
            return False
        return len(self.words & other.words) >= SHARED_WORDS * len(self.words | other.words)


def places(question: Question) -> Iterator[Place]:
    """All texts of *question* that have to be its own."""
    for criterion in question.criteria:
        for part in ("asks", "mid", "senior", "staff", "tip"):
            yield Place.of(question.id, f"criteria.{criterion.id}.{part}", getattr(criterion, part))
        for level in ("mid", "senior", "staff"):
            for number, text in enumerate(getattr(criterion.evidence, level)):
                where = f"criteria.{criterion.id}.evidence.{level}.{number}"
                yield Place.of(question.id, where, text)
    for follow_up in question.follow_ups:
        for part in ("ask", "good"):
            where = f"follow_ups.{follow_up.id}.{part}"
            yield Place.of(question.id, where, getattr(follow_up, part))
    for number, mistake in enumerate(question.mistakes):
        for part in ("mistake", "why", "instead"):
            yield Place.of(question.id, f"mistakes.{number}.{part}", getattr(mistake, part))
    for number, hint in enumerate(question.hints.ladder() if question.hints else ()):
        yield Place.of(question.id, f"hints.{number}", hint)


def near_duplicates(questions: Iterable[Question]) -> Iterator[tuple[Place, Place]]:
    """Yield every pair of texts of two different questions that say nearly the same."""
    texts = [place for question in questions for place in places(question)]
    found: defaultdict[object, list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        for key in (*text.words, *text.phrases):
            found[key].append(number)
    for number, text in enumerate(texts):
        # Only texts that share something rare can resemble each other.
        near: Counter[int] = Counter()
        for key in (*text.words, *text.phrases):
            if len(found[key]) <= _COMMON:
                near.update(other for other in found[key] if other > number)
        for other in sorted(near):
            if texts[other].question != text.question and text.resembles(texts[other]):
                yield text, texts[other]
