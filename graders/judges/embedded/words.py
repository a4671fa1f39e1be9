"""Which words and pairs of words an answer uses, as a direction in the space of the vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graders.judges.embedded.vectors import Floats, Ids, unit

MOST = 4
"""Uses of a word from which more say nothing."""

_ROOTS = np.sqrt(np.arange(MOST + 1)).astype(np.float32)
_BASE = 32_000
"""Tokens of the word vectors; a pair is `first * 32,000 + second`."""


def singles(sentences: Sequence[Ids]) -> Ids:
    """The tokens of all *sentences*."""
    return np.concatenate(sentences) if sentences else np.zeros(0, np.int64)


def pairs(sentences: Sequence[Ids]) -> Ids:
    """The pairs of neighbouring tokens within each of *sentences*, as numbers."""
    every = singles(sentences)
    last = np.cumsum([len(one) for one in sentences], dtype=np.int64) - 1
    within = np.ones(len(every), np.bool_)
    within[last[last >= 0]] = False
    return (every[:-1] * _BASE + every[1:])[within[:-1]]


@dataclass(frozen=True)
class Vocabulary:
    """The words (or pairs) that count; v of them.

    Attributes:
        terms: Their numbers, sorted, shape (v,).
        weights: Square roots of the logarithm of how rare each is, shape (v,).
        center: Mean of the directions of the answers that it was made of, shape (v,).
    """

    terms: NDArray[np.int64]
    weights: Floats
    center: Floats

    @classmethod
    def of(cls, answers: Sequence[Ids], questions: Sequence[str], at_least: int) -> Vocabulary:
        """The terms that answers to *at_least* so many questions use.

        Args:
            answers: Terms of each answer.
            questions: Question of each answer.
            at_least: What only answers to fewer questions use belongs to their subjects.
        """
        used: dict[int, set[str]] = {}
        for terms, question in zip(answers, questions, strict=True):
            for term in np.unique(terms):
                used.setdefault(int(term), set()).add(question)
        kept = np.array(sorted(t for t, seen in used.items() if len(seen) >= at_least), np.int64)
        raw = cls(kept, np.ones(len(kept), np.float32), np.zeros(len(kept), np.float32))
        counts = np.stack([raw._counts(terms) for terms in answers])
        share = np.maximum((counts > 0).mean(axis=0), 1e-3)
        weights = np.sqrt(np.log(1 / share)).astype(np.float32)
        return cls(kept, weights, unit(counts * weights).mean(axis=0))

    def direction(self, terms: Ids) -> Floats:
        """Where an answer with *terms* stands, shape (v,): of length 1, or zero if none counts."""
        counts = self._counts(terms)
        if not counts.any():
            return counts
        return unit(unit(counts * self.weights) - self.center)

    def along(self, terms: Ids, weights: Floats) -> Floats:
        """`direction(terms) @ weights`, read only where the answer has words.

        Args:
            terms: Terms of the answer.
            weights: Shape (v, any).
        """
        place, counts = np.unique(self._places(terms), return_counts=True)
        if not len(place):
            return np.zeros(weights.shape[1], np.float32)
        own = unit(_ROOTS[np.minimum(counts, MOST)] * self.weights[place])
        # The length of the difference of a unit vector and the center.
        length = np.sqrt(own @ own - 2 * (own @ self.center[place]) + self.center @ self.center)
        result: Floats = (own @ weights[place] - self.center @ weights) / max(length, 1e-9)
        return result

    def _places(self, terms: Ids) -> Ids:
        """Where those of *terms* that count stand in the vocabulary."""
        if not len(self.terms):
            return terms[:0]
        place = np.searchsorted(self.terms, terms)
        place[place == len(self.terms)] = 0
        known: Ids = place[self.terms[place] == terms]
        return known

    def _counts(self, terms: Ids) -> Floats:
        counts = np.bincount(self._places(terms), minlength=len(self.terms))
        roots: Floats = _ROOTS[np.minimum(counts, MOST)]
        return roots
