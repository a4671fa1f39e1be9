"""Features that need more than one answer: how rare words are, and what the other answers say.

*Rarity* is counted in the training fold's answers and in all questions and references. *Company*
compares an answer with the other answers to its question, without their grades: it is transductive,
so a whole class must have answered. Both are reported apart.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graders.judges.embedded.reference_features import NAMES, compare
from graders.judges.embedded.reference_text import Prepared, prepare, prepare_text
from graders.judges.embedded.vectors import Floats, unit
from graders.judges.text import read

Array = NDArray[np.float64]

QUESTION_WORD_WEIGHT = 0.25
NEAREST = (5, 15)
"""How many of the most similar other answers an answer is compared with."""

SHARPNESS = 8.0
"""How much more the similar answers count than the others in `neighbours' recall`."""

COMPANY = 10
"""Number of columns of `company`."""


@dataclass(frozen=True)
class Texts:
    """A prepared data set of n answers.

    Attributes:
        questions: Prepared prompt of each answer.
        references: Prepared reference of each answer.
        answers: Prepared answers.
        rows: Features of answer beside reference, shape (n, `len(NAMES)`).
    """

    questions: Sequence[Prepared]
    references: Sequence[Prepared]
    answers: Sequence[Prepared]
    rows: Array


def prepare_all(triples: Iterable[tuple[str, str, str]]) -> Texts:
    """Prepare question, reference and answer of each of *triples*."""
    known: dict[tuple[str, str], tuple[Prepared, Prepared]] = {}
    questions, references, answers = [], [], []
    for prompt, reference, answer in triples:
        if (prompt, reference) not in known:
            asked = prepare_text(prompt)
            known[prompt, reference] = asked, prepare_text(reference, asked.tokens)
        asked, wanted = known[prompt, reference]
        questions.append(asked)
        references.append(wanted)
        answers.append(prepare([s.line for s in read(answer).sentences], asked.tokens))
    rows = [compare(*three) for three in zip(questions, references, answers, strict=True)]
    return Texts(questions, references, answers, np.array(rows))


def rarity(texts: Texts, train: NDArray[np.intp]) -> Array:
    """Overlap weighted by how rare words are, shape (n, 4).

    Args:
        texts: The data set.
        train: Indices of the answers that may be counted.
    """
    documents = [texts.answers[i].stems for i in train]
    documents += {text.stems for text in (*texts.questions, *texts.references)}
    seen = Counter(stem for document in documents for stem in set(document))
    worth = {stem: math.log((len(documents) + 1) / (n + 1)) for stem, n in seen.items()}
    unseen = math.log(len(documents) + 1)
    return np.array(
        [
            _overlap(set(q.stems), set(r.stems), set(a.stems), worth, unseen)
            for q, r, a in zip(texts.questions, texts.references, texts.answers, strict=True)
        ]
    )


def _overlap(
    asked: set[str], wanted: set[str], said: set[str], worth: dict[str, float], unseen: float
) -> list[float]:
    # Sorted, because the order of a set, and with it the last digit of a sum, changes by process.
    def total(stems: set[str], *, lower: bool = True, power: int = 1) -> float:
        return sum(
            worth.get(s, unseen) ** power * (QUESTION_WORD_WEIGHT if lower and s in asked else 1)
            for s in sorted(stems)
        )

    both = wanted & said
    length = total(wanted, lower=False, power=2) * total(said, lower=False, power=2)
    return [
        total(both, lower=False) / max(total(wanted, lower=False), 1e-6),
        total(both) / max(total(wanted), 1e-6),
        total(both) / max(total(said), 1e-6),
        total(both, lower=False, power=2) / max(math.sqrt(length), 1e-6),
    ]


def company(texts: Texts, question_ids: NDArray[np.str_]) -> Array:
    """How an answer stands among the ungraded other answers to its question, shape (n, 10)."""
    result = np.zeros((len(texts.rows), COMPANY))
    means = np.stack([answer.tokens.mean() for answer in texts.answers])
    lowered = np.stack([answer.mean for answer in texts.answers])
    for question in sorted(set(question_ids)):
        mine = np.flatnonzero(question_ids == question)
        if len(mine) > 1:
            recall = texts.rows[mine, NAMES.index("recall")]
            stems = [set(texts.answers[i].stems) for i in mine.tolist()]
            asked = set(texts.questions[int(mine[0])].stems)
            result[mine] = np.column_stack(
                [
                    _beside_the_rest(means[mine]),
                    _beside_the_rest(lowered[mine]),
                    _common_words(stems, asked),
                    _among_neighbours(lowered[mine], recall),
                    recall - recall.mean(),
                    np.full(len(mine), recall.mean()),
                    (recall.argsort(kind="stable").argsort() + 0.5) / len(mine),
                ]
            )
    return result


def _beside_the_rest(vectors: Floats) -> Array:
    """Cosine of each vector with the mean of the others."""
    others = unit(vectors.sum(axis=0) - vectors)
    result: Array = (others * vectors).sum(axis=1).astype(np.float64)
    return result


def _common_words(stems: Sequence[set[str]], asked: set[str]) -> Array:
    """The share of what the others say that an answer says too, and how usual its words are."""
    seen = Counter(stem for own in stems for stem in own)
    others = max(len(stems) - 1, 1)
    rows = []
    for own in stems:
        whole = sum(n - (s in own) for s, n in seen.items() if s not in asked)
        said = sum(seen[s] - 1 for s in own if s not in asked)
        usual = sum(seen[s] - 1 for s in own) / (others * max(len(own), 1))
        rows.append([said / max(whole, 1), usual])
    return np.array(rows)


def _among_neighbours(vectors: Floats, recall: Array) -> Array:
    """Mean similarity to the nearest other answers, and the recall that similar ones reach."""
    alike = (vectors @ vectors.T).astype(np.float64)
    np.fill_diagonal(alike, -np.inf)
    nearest = -np.sort(-alike, axis=1)[:, :-1]
    share = np.exp(SHARPNESS * alike)
    share /= share.sum(axis=1, keepdims=True)
    close = [nearest[:, :count].mean(axis=1) for count in NEAREST]
    return np.column_stack([*close, share @ recall])
