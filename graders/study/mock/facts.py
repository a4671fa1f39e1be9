"""Clarifying questions, answered from the question's facts by likeness, or not at all.

Two things make a fact the one that was asked for: words that few of the facts hold, and the
direction of the whole question in the space of word vectors. Where nothing is like it, the facts
are silent, and the interviewer invents none.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from graders.judges.embedded.vectors import Floats, word_vectors
from graders.judges.text import words
from graders.question import Question

ENOUGH = 0.13
"""Likeness from which a fact is the answer; tuned on 49 questions, measured on others in tests."""

_IN_ANSWER = 0.75
"""What a word in the fact itself is worth, against one in the question it belongs to."""

_NEAR = 0.35
"""Cosine of two words from which they have to do with each other."""

_SMALL = frozenset(
    words(
        """
        a about after again all also an and any are as assume at be because been before being big
        both but by can could did do does doing down each else even every exactly expect expected
        far few for from get give go goes had handle has have having he her here him his how i if in
        into is it its just keep kind large let like long made make many may me mean might more most
        much must my need needs never no not now of off often ok okay on once one only or other our
        out over own part per plan please possible possibly put same say see shall she should show
        since so some sort still such support sure take tell than that the their them then there
        these they thing things this those through time to too two under until up us use used using
        very want was way we well were what when where whether which while who why will with without
        would you your
        """
    )
)
_MEANS = {
    "qps": "requests second day", "rps": "requests second day", "tps": "requests second day",
    "traffic": "day opened requests", "load": "day requests", "scale": "day users",
    "volume": "day", "ratio": "often created", "dau": "users day", "mau": "users month",
    "throughput": "second", "peak": "peaks", "expire": "live end", "expires": "live end",
    "expiry": "live end", "expiration": "live end", "ttl": "live", "retention": "kept",
    "lifetime": "live", "latency": "quick fast delay", "fast": "quick delay",
    "quickly": "quick delay delays", "sla": "available quick", "slo": "available quick",
    "p99": "quick percentile", "uptime": "available", "downtime": "available",
    "availability": "available", "analytics": "counts dashboard", "real": "fresh",
    "realtime": "fresh", "real-time": "fresh", "stale": "fresh", "staleness": "fresh",
    "accurate": "exact", "accuracy": "exact", "precision": "exact", "consistency": "fresh exact",
    "consistent": "fresh exact", "region": "where continents", "regions": "where continents",
    "geography": "where continents", "countries": "where", "global": "where worldwide",
    "budget": "cost costs", "price": "cost costs", "expensive": "cost costs", "scope": "left",
    "out-of-scope": "left", "vanity": "choose custom", "lose": "lost losses", "loss": "lost losses",
    "duplicate": "duplicates twice", "limit": "allow most", "limits": "allow most",
    "cap": "allow most", "quota": "allow",
}  # fmt: skip
"""Words of the trade, in the plainer ones that facts are written in."""

_TRANSLATED = 0.8
_WEAK = 0.4


@dataclass(frozen=True)
class Fact:
    """The fact that answers a clarifying question.

    Attributes:
        index: Its place among the question's clarifications.
        text: What the interviewer says.
        likeness: How much the question that was asked is like the one it answers.
    """

    index: int
    text: str
    likeness: float


def fact_for(asked: str, question: Question) -> Fact | None:
    """The fact of *question* that answers *asked*, or `None` where the facts are silent.

    Raises:
        JudgeError: If the word vectors are missing.
    """
    best: Fact | None = None
    wanted = _content(asked)
    direction = word_vectors().tokens(asked.lower()).mean()
    facts = _facts(question)
    for index, known in enumerate(facts.known):
        likeness = facts.likeness(wanted, direction, known)
        if best is None or likeness > best.likeness:
            best = Fact(index, question.clarifications[index].answer, likeness)
    return best if best is not None and best.likeness >= ENOUGH else None


@dataclass(frozen=True)
class _Known:
    """A clarification, ready to be compared."""

    question: tuple[str, ...]
    answer: tuple[str, ...]
    stems: frozenset[str]
    direction: Floats


@dataclass(frozen=True)
class _Facts:
    """All clarifications of a question, and the words of its task."""

    known: tuple[_Known, ...]
    task: frozenset[str]

    def likeness(self, wanted: list[tuple[str, float]], direction: Floats, known: _Known) -> float:
        """How much a question is like the one that *known* answers."""
        shared = possible = 0.0
        for word, worth in wanted:
            rarity = self._rarity(_stem(word)) * worth
            near = max(
                [
                    *(_near(word, other) for other in known.question),
                    *(_IN_ANSWER * _near(word, other) for other in known.answer),
                    0.0,
                ]
            )
            shared += rarity * near
            possible += rarity * (1.0 if worth == 1.0 else _WEAK)
        # Alone, the direction cannot tell silence from a fact; it decides between facts.
        likewise = max(0.0, float(direction @ known.direction) - 0.3)
        return shared / (possible + 0.6) + 0.25 * likewise

    def _rarity(self, stem: str) -> float:
        """How much a word tells: little if many facts hold it, or the task itself does."""
        held = sum(stem in one.stems for one in self.known)
        rarity = max(0.2, math.log((len(self.known) + 1) / (held + 0.5)))
        return rarity / 2 if stem in self.task else rarity


@lru_cache(maxsize=64)
def _facts(question: Question) -> _Facts:
    known = []
    for one in question.clarifications:
        asked = tuple(word for word, _ in _content(one.question))
        told = tuple(word for word, _ in _content(one.answer))
        known.append(
            _Known(
                asked,
                told,
                frozenset(_stem(word) for word in (*asked, *told)),
                word_vectors().tokens(one.question.lower()).mean(),
            )
        )
    return _Facts(tuple(known), frozenset(_stem(word) for word in words(question.prompt)))


def _content(text: str) -> list[tuple[str, float]]:
    """The words that matter and what each is worth; words of the trade with their translation."""
    found: list[tuple[str, float]] = []
    for word in words(text):
        found += [(meant, _TRANSLATED) for meant in _MEANS.get(word, "").split()]
        if word not in _SMALL and len(word) > 2:
            found.append((word, 1.0))
    return found


@lru_cache(maxsize=65536)
def _near(one: str, other: str) -> float:
    if _stem(one) == _stem(other):
        return 1.0
    cosine = float(_direction(one) @ _direction(other))
    return 0.8 * (cosine - _NEAR) / (1 - _NEAR) if cosine > _NEAR else 0.0


@lru_cache(maxsize=16384)
def _direction(word: str) -> Floats:
    mean = word_vectors().tokens(word).mean()
    return np.asarray(mean, dtype=np.float32)


def _stem(word: str) -> str:
    for ending in ("ations", "ation", "ings", "ions", "ing", "ion", "ies", "ed", "es", "ly", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word.removesuffix(ending)
            break
    return word.rstrip("ey")[:8]
