"""Whether words that were quoted can show what they are quoted for, as far as one can tell offline.

That a quote stands in the answer does not make it evidence: a model that was talked into a verdict
can copy any sentence. It must speak of the very criterion, and cannot speak of all of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from graders.judges.embedded.features import SHORT, Rubric, prepare
from graders.judges.embedded.vectors import Floats, unit, word_vectors
from graders.judges.text import read
from graders.levels import Level
from graders.question import Question
from graders.score import Verdict

NEAR = 0.45
"""Nearness below which words do not speak of a criterion. Of the sentences that come nearest to a
criterion in answers which show it, 1 % are farther; of sentences that ask for a mark, 60 %."""

SERVES = 3
"""Criteria, or half of all if that is more, for which the same words may be evidence; still more
where an answer has hardly any other words."""


def without_evidence(question: Question, verdicts: Sequence[Verdict], text: str) -> set[str]:
    """Ids of the criteria whose positive verdict no quote can show.

    A quote is no evidence if it is as far from the criterion as words about nothing in particular
    are, or if it serves as many criteria as it may already to which it is nearer.

    Args:
        question: The question.
        verdicts: Verdicts with quotes that stand in the answer.
        text: The answer; one of few sentences has nothing else to quote.
    """
    positive = [v for v in verdicts if v.level is not None and v.level > Level.OFF]
    quotes = list(dict.fromkeys(quote for v in positive for quote in v.evidence))
    if not quotes:
        return {verdict.criterion for verdict in positive}
    places = {criterion.id: place for place, criterion in enumerate(question.criteria)}
    near = nearness(question, quotes)
    sentences = max(1, len(read(text).sentences))
    wanted = len(question.criteria)
    serves = max(SERVES, math.ceil(wanted / 2), math.ceil(wanted / sentences) + 1)
    shown: set[str] = set()
    for row, quote in zip(near, quotes, strict=True):
        about = [v.criterion for v in positive if quote in v.evidence]
        about = [name for name in about if row[places[name]] >= NEAR]
        shown.update(sorted(about, key=lambda name: -row[places[name]])[:serves])
    return {verdict.criterion for verdict in positive} - shown


def nearness(question: Question, quotes: Sequence[str]) -> Floats:
    """How strongly each quote speaks to each criterion, shape (quotes, criteria).

    The measure by which the embedded judge finds the window of an answer for a criterion.

    Raises:
        JudgeError: If the word vectors are missing.
    """
    rubric = prepare(question)
    vectors = word_vectors()
    ids = vectors.ids([" ".join(quote.split()) for quote in quotes])
    distinct = np.unique(np.concatenate(ids))
    rows = vectors.rows(distinct)
    similar = np.maximum(unit(rows[:, :SHORT]) @ rubric.units.T, 0)
    near = np.zeros((len(quotes), len(question.criteria)), np.float32)
    for place, one in enumerate(ids):
        if len(one):
            own = np.searchsorted(distinct, one)
            near[place] = _strength(similar[own].max(axis=0), rows[own].sum(axis=0), rubric)
    return near


def _strength(covered: Floats, total: Floats, rubric: Rubric) -> Floats:
    """Of one quote for each criterion: the best of the criterion's texts, recalled and meant."""
    by_text = rubric.recall @ covered + 0.5 * (rubric.means @ unit(total))
    begins = rubric.groups[:: len(rubric.groups) // len(rubric.speaks)]
    result: Floats = np.maximum.reduceat(by_text, begins)
    return result
