"""Compares an answer with a reference answer, part by part, by soft recall.

Soft recall: each token of the reference is covered as well as its most similar token in the
answer, weighted by how much the token says; words that stand in the question count little.
It sees neither order nor negation, so these are looked at where an answer repeats the words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from graders.answers import Answer
from graders.errors import JudgeError
from graders.judges.embedded.features import demote
from graders.judges.embedded.vectors import word_vectors
from graders.judges.text import read, words
from graders.levels import Level
from graders.question import Criterion, Question
from graders.score import Verdict

BORDERS = (0.40, 0.52, 0.64, 0.90)
"""Soft recall from which a part counts as below, mid, senior and staff. Unrelated English
sentences reach about 0.35, paraphrases 0.6 to 0.8."""

SAME_WORDS = 0.7
"""Share of a part's own words from which an answer repeats it rather than rephrasing it."""

SAME_ORDER = 0.3
"""Share of neighbouring words that stay neighbours when the words are repeated in order."""

DOUBTFUL = 0.3
"""Confidence of a verdict on words of the reference that may say something else."""

_NEGATION = re.compile(r"^(?:not?|never|none|nor|neither|cannot|false|untrue|wrong|.*n['’]t)$")


class ReferenceJudge:
    """Judges questions made by `reference_question`; offline and deterministic."""

    name = "reference"
    version = "2"

    def judge(self, question: Question, answer: Answer) -> Sequence[Verdict]:
        """Return one verdict for each part of the reference.

        Raises:
            JudgeError: If the answer holds no sentence, or the word vectors are missing.
        """
        document = read(answer.text)
        if not document.sentences:
            raise JudgeError("there is no sentence to judge", where=question.id)
        vectors = word_vectors()
        asked = vectors.fixed(question.prompt)
        sentences = [vectors.tokens(sentence.line) for sentence in document.sentences]
        verdicts = []
        for criterion in question.criteria:
            part = demote(vectors.fixed(criterion.senior), asked)
            weight = max(float(part.weights.sum()), 1e-6)
            covered = [
                (s.units @ part.units.T).clip(0, 1).max(axis=0)
                if len(s.weights)
                else np.zeros(len(part.weights))
                for s in sentences
            ]
            recall = float(np.max(covered, axis=0) @ part.weights) / weight
            found = document.sentences[int(np.argmax([row @ part.weights for row in covered]))]
            doubt = _doubt(words(criterion.senior), words(found.text))
            verdicts.append(_verdict(criterion, recall, document.quote(found, found), doubt))
        return verdicts


def _verdict(criterion: Criterion, recall: float, quote: str, doubt: str | None) -> Verdict:
    level = Level(sum(recall >= border for border in BORDERS))
    confidence = min(1.0, 0.5 + 4 * min(abs(recall - border) for border in BORDERS))
    reason = f"The answer covers {recall:.0%} of this part of the reference."
    if doubt and level >= Level.MID:
        level, confidence, reason = Level.MID, DOUBTFUL, f"{reason} {doubt}"
    return Verdict(
        criterion=criterion.id,
        dimension=criterion.dimension,
        level=level,
        evidence=(quote,) if level >= Level.MID else (),
        reason=reason,
        confidence=round(confidence, 2),
    )


def _doubt(part: Sequence[str], sentence: Sequence[str]) -> str | None:
    """Why *sentence* may not say what *part* says, though it has the same words."""
    own = set(part)
    if len(own & set(sentence)) < SAME_WORDS * len(own):
        return None
    if sum(map(_is_negation, part)) % 2 != sum(map(_is_negation, sentence)) % 2:
        return "It seems to say the opposite."
    pairs = set(pairwise(part))
    if len(pairs) >= 5 and len(pairs & set(pairwise(sentence))) < SAME_ORDER * len(pairs):
        return "Its words stand in another order."
    return None


def _is_negation(word: str) -> bool:
    return _NEGATION.match(word) is not None
