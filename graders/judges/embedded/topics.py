"""How the words of a text speak for each question of the bank, and for each kind of question.

Every word (token) that a question's texts use more often than all texts do speaks for it, by the
logarithm of how much more often. What a sentence says for a question is the sum of its words, so
any part of an answer is measured with one subtraction. The table of the bank ships with the
weights; nothing of the bank is read to use it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from graders.judges.embedded.vectors import Floats, Ids, word_vectors
from graders.judges.rules import per_question
from graders.levels import DIMENSIONS, Kind
from graders.question import Question

KINDS: tuple[Kind, ...] = tuple(DIMENSIONS)

SHARE = 0.2
"""How much of a text is written in the words of its own question, the rest in those of all."""

ENOUGH = 1_500
"""Tokens of a question's texts below which they say too little about its subject."""

SAME = 0.35
"""Cosine of two questions' words from which they have one subject; in the bank: 0.28 at most."""


KEPT = 256
"""Questions whose place among the others is remembered."""


@dataclass(frozen=True)
class Subject:
    """One question among those of the bank.

    Attributes:
        column: What each term says for it, shape (terms + 1,).
        others: Columns of the bank's questions that have another subject.
        rivals: Which of these are of its kind, shape (others,).
        kind: Place of its kind in `KINDS`.
    """

    column: Floats
    others: NDArray[np.intp]
    rivals: NDArray[np.bool_]
    kind: int


@dataclass(frozen=True)
class Topics:
    """The bank's questions as distributions of words; t terms, q questions.

    Attributes:
        terms: Tokens that count, sorted, shape (t,).
        usual: How often all texts together use each, shape (t,).
        counts: How often the texts of each question use each, shape (q, t).
        ids: The questions.
        digests: Their digests; a changed question is read anew.
        kinds: What each term says for each kind; zero for all other tokens, shape (t + 1, 5).
    """

    terms: Ids
    usual: Floats
    counts: NDArray[np.uint16]
    ids: tuple[str, ...]
    digests: tuple[str, ...]
    kinds: Floats

    @cached_property
    def table(self) -> Floats:
        """What each term says for each question, with a last row for all other tokens."""
        return np.ascontiguousarray(self._spoken(self.counts).T)

    @cached_property
    def said(self) -> Floats:
        """`table` and `kinds` beside each other, shape (t + 1, q + 5)."""
        return np.concatenate([self.table, self.kinds], axis=1)

    def _spoken(self, counts: NDArray[np.uint16]) -> Floats:
        """Rows of `counts` as what each term says, shape (rows, t + 1)."""
        shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        usual = self.usual / self.usual.sum()
        says = np.log(SHARE * shares / usual + 1 - SHARE)
        unknown = np.full((len(counts), 1), np.log(1 - SHARE))
        return np.concatenate([says, unknown], axis=1).astype(np.float32)

    @cached_property
    def _known(self) -> dict[int, tuple[Question, Subject | None]]:
        return {}

    def subject(self, question: Question) -> Subject | None:
        """Where *question* stands; `None` if its texts are too few to tell."""
        # By identity, as in `per_question`; a function that remembers could not be pickled.
        known = self._known.get(id(question))
        if known is not None and known[0] is question:
            return known[1]
        if len(self._known) >= KEPT:
            self._known.clear()
        found = self._subject(question)
        self._known[id(question)] = (question, found)
        return found

    def _subject(self, question: Question) -> Subject | None:
        digest = question.digest
        if digest in self.digests:
            column = self.table[:, self.digests.index(digest)]
        else:
            counts = self.counted(tokens_of(question))
            if counts.sum() < ENOUGH:
                return None
            column = self._spoken(counts[None])[0]
        # A question of one's own may be about the same as one of the bank.
        alike = direction(self.table.T) @ direction(column[None])[0]
        apart = (alike < SAME) & (np.array(self.ids) != question.id)
        if not apart.any():
            return None
        others = np.flatnonzero(apart)
        rivals = np.array([self.ids[place].startswith(f"{question.kind}/") for place in others])
        return Subject(np.ascontiguousarray(column), others, rivals, KINDS.index(question.kind))

    def counted(self, tokens: Ids) -> NDArray[np.uint16]:
        """How often *tokens* hold each term, shape (t,)."""
        places = self.places(tokens)
        return np.bincount(places, minlength=len(self.terms) + 1)[:-1].astype(np.uint16)

    def places(self, tokens: Ids) -> NDArray[np.intp]:
        """The row of each token in `table` and `kinds`."""
        found = np.searchsorted(self.terms, tokens)
        found[found == len(self.terms)] = 0
        return np.where(self.terms[found] == tokens, found, len(self.terms))


def direction(rows: Floats) -> Floats:
    """What terms say beyond nothing, as directions of length 1."""
    above = np.maximum(rows, 0)
    length = np.linalg.norm(above, axis=1, keepdims=True)
    result: Floats = above / np.maximum(length, 1e-9)
    return result


@per_question
def tokens_of(question: Question) -> Ids:
    """The tokens of all that *question* says, its rubric and model answers above all."""
    texts = [question.prompt, question.prompt]
    for criterion in question.criteria:
        texts += [criterion.asks, criterion.mid, criterion.senior, criterion.staff, criterion.tip]
        texts += [*criterion.evidence.mid, *criterion.evidence.senior, *criterion.evidence.staff]
    for follow_up in question.follow_ups:
        texts += [follow_up.ask, follow_up.good]
    for mistake in question.mistakes:
        texts += [mistake.mistake, mistake.why, mistake.instead]
    if question.hints is not None:
        texts += question.hints.ladder()
    if question.model_answers is not None:
        texts += [question.model_answers.mid, question.model_answers.senior]
        texts.append(question.model_answers.staff)
    return np.concatenate(word_vectors().ids(texts))
