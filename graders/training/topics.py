"""The table of what words say for each question and each kind: counted, never labelled by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from graders.judges.embedded.topics import KINDS, Topics, direction, tokens_of
from graders.judges.embedded.vectors import Floats, Ids
from graders.question import load_question
from graders.training.labelled import Labelled

AT_LEAST = 3
"""Uses of a token in all texts from which it counts."""

ANSWER = 300
"""Tokens that each answer counts as: a long one says no more about its kind."""

SHARE = 0.7
"""How much of an answer is written in the words of its kind, the rest in those of all kinds."""

RARE = 1e-7


@dataclass(frozen=True)
class Spoken:
    """The bank's topics, and how often answers to each question use each term.

    Attributes:
        topics: What all answers say.
        uses: Shape (questions, terms).
    """

    topics: Topics
    uses: Floats

    def nearest(self) -> dict[str, list[str]]:
        """For each question all questions, the nearest first, itself at the head."""
        directions = direction(self.topics.table.T)
        order = np.argsort(-(directions @ directions.T), axis=1, kind="stable")
        ids = self.topics.ids
        return {ids[row]: [ids[place] for place in places] for row, places in enumerate(order)}

    def without(self, questions: Iterable[str]) -> Topics:
        """The topics as they were without the answers to *questions*."""
        kept = ~np.isin(self.topics.ids, list(questions))
        return _with_kinds(self.topics, self.uses * kept[:, None])


def spoken(bank: Sequence[str], answers: Sequence[Labelled], texts: Sequence[Ids]) -> Spoken:
    """Count the words of the bank and of answers.

    Args:
        bank: Ids of the questions.
        answers: Answers whose words show how their kind is spoken about.
        texts: The tokens of each.
    """
    questions = [load_question(name) for name in bank]
    asked = [tokens_of(question) for question in questions]
    usual = np.bincount(np.concatenate([*asked, *texts]))
    terms = np.flatnonzero(usual >= AT_LEAST)
    empty = Topics(
        terms=terms,
        usual=usual[terms].astype(np.float32),
        counts=np.zeros((0, len(terms)), np.uint16),
        ids=tuple(bank),
        digests=tuple(question.digest for question in questions),
        kinds=np.zeros((0, len(KINDS)), np.float32),
    )
    uses = np.zeros((len(bank), len(terms)), np.float32)
    place = {name: index for index, name in enumerate(bank)}
    for answer, text in zip(answers, texts, strict=True):
        uses[place[answer.question_id]] += empty.counted(text) * (ANSWER / max(len(text), 1))
    counts = np.stack([empty.counted(tokens) for tokens in asked])
    return Spoken(_with_kinds(replace(empty, counts=counts), uses), uses)


def _with_kinds(topics: Topics, uses: Floats) -> Topics:
    names = [name.split("/")[0] for name in topics.ids]
    kinds = np.array([list(map(str, KINDS)).index(name) for name in names])
    sums = np.stack([uses[kinds == kind].sum(axis=0) for kind in range(len(KINDS))])
    shares = sums / np.maximum(sums.sum(axis=1, keepdims=True), 1)
    usual = shares.mean(axis=0) + RARE
    says = np.log(SHARE * shares / usual + 1 - SHARE)
    table = np.concatenate([says, np.zeros((len(KINDS), 1))], axis=1).T
    stored = np.ascontiguousarray(table, np.float16)  # as it will ship
    return replace(topics, kinds=stored.astype(np.float32))
