"""Compares an answer with a reference answer, part by part, by soft recall.

Soft recall: each token of the reference is covered as well as its most similar token in the
answer, weighted by how much the token says; words that stand in the question count little.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from graders.answers import Answer
from graders.errors import JudgeError
from graders.judges.embedded.features import demote
from graders.judges.embedded.vectors import word_vectors
from graders.judges.text import read
from graders.levels import Level
from graders.question import Question
from graders.score import Verdict

BORDERS = (0.40, 0.52, 0.64, 0.90)
"""Soft recall from which a part counts as below, mid, senior and staff. Unrelated English
sentences reach about 0.35, paraphrases 0.6 to 0.8."""


class ReferenceJudge:
    """Judges questions made by `reference_question`; offline and deterministic."""

    name = "reference"
    version = "1"

    def judge(self, question: Question, answer: Answer) -> Sequence[Verdict]:
        """Return one verdict for each part of the reference.

        Raises:
            JudgeError: If the answer holds no sentence.
        """
        document = read(answer.text)
        if not document.sentences:
            raise JudgeError("there is no sentence to judge", where=question.id)
        vectors = word_vectors()
        asked = vectors.fixed(question.prompt)
        sentences = [vectors.tokens(sentence.text) for sentence in document.sentences]
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
            nearest = int(np.argmax([row @ part.weights for row in covered]))
            found = document.sentences[nearest]
            level = Level(sum(recall >= border for border in BORDERS))
            verdicts.append(
                Verdict(
                    criterion=criterion.id,
                    dimension=criterion.dimension,
                    level=level,
                    evidence=(document.quote(found, found),) if level >= Level.MID else (),
                    reason=f"The answer covers {recall:.0%} of this part of the reference.",
                    confidence=round(min(1.0, 0.5 + 4 * min(abs(recall - b) for b in BORDERS)), 2),
                )
            )
        return verdicts
