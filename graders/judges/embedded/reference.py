"""Compares an answer with a reference answer, part by part.

Each part of the reference gets a level from a small linear model of how much of it the answer
says, in its own words or in others, and the sentence of the answer that says most of it. The model
sees neither order nor negation, so these are looked at where an answer repeats the words.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from graders.answers import Answer
from graders.errors import JudgeError
from graders.judges.embedded.reference_doubt import doubt, subjects, swapped
from graders.judges.embedded.reference_features import NAMES, compare, coverage
from graders.judges.embedded.reference_model import ReferenceModel, shipped_reference_model
from graders.judges.embedded.reference_text import Prepared, prepare, prepare_text
from graders.judges.text import read, words
from graders.levels import Level
from graders.question import Criterion, Question
from graders.score import Verdict

WHOLE = 0.97
"""Soft recall from which a part stands in the answer word for word."""

UNRELATED = 0.30
"""Soft recall below which nothing was said of a part, if its meaning lies far off as well. Answers
to other questions reach 0.29 in one case of twenty; right ones in other words half of the time."""

FAR_OFF = 0.10
"""Cosine of an answer and a part below which they are not about the same. Answers to other
questions stay below it in seven cases of ten, right ones in one of twenty."""

DOUBTFUL = 0.3
"""Confidence of a verdict on words of the reference that may say something else."""

_RECALL = NAMES.index("recall")
_COSINE = NAMES.index("cosine")


class ReferenceJudge:
    """Judges questions made by `reference_question`; offline and deterministic.

    Args:
        model: Another model than the shipped one, for training and measuring.
    """

    name = "reference"

    def __init__(self, model: ReferenceModel | None = None) -> None:
        self._model = model or shipped_reference_model()

    @property
    def version(self) -> str:
        """Version of the model's weights."""
        return self._model.version

    def judge(self, question: Question, answer: Answer) -> Sequence[Verdict]:
        """Return one verdict for each part of the reference.

        Raises:
            JudgeError: If the answer holds no sentence, or the word vectors are missing.
        """
        document = read(answer.text)
        if not document.sentences:
            raise JudgeError("there is no sentence to judge", where=question.id)
        asked, parts = prepared(question)
        # A sentence without tokens would shift the ones after it.
        sentences = [s for s in document.sentences if words(s.line)]
        said = prepare([sentence.line for sentence in sentences], asked.tokens)
        rows = np.stack([compare(asked, part, said) for part in parts])
        wanted = [words(criterion.senior) for criterion in question.criteria]
        about = subjects(words(question.prompt), wanted)
        levels = self._model.predict(rows)
        verdicts = []
        for i, (criterion, part) in enumerate(zip(question.criteria, parts, strict=True)):
            covered = coverage(part, said) @ part.demoted
            found = sentences[int(np.argmax(covered))] if len(covered) else sentences[0]
            why = doubt(wanted[i], words(found.text))
            why = why or swapped(i, about, wanted, document.words)
            quote = document.quote(found, found)
            verdicts.append(self._verdict(criterion, rows[i], float(levels[i]), quote, why))
        return verdicts

    def _verdict(
        self, criterion: Criterion, row: np.ndarray, real: float, quote: str, why: str | None
    ) -> Verdict:
        recall = float(row[_RECALL])
        if recall >= WHOLE:
            real = float(Level.STAFF)
        elif recall < UNRELATED and row[_COSINE] < FAR_OFF:
            real = float(Level.OFF)
        level = Level(int(np.floor(real + 0.5)))
        # The distance to the nearest border between two levels, in units of the model's error.
        margin = 0.5 - abs(real - round(real))
        confidence = min(1.0, 0.5 + margin / (2 * self._model.noise))
        reason = f"The answer covers {recall:.0%} of this part of the reference."
        if why and level >= Level.MID:
            level, confidence, reason = Level.MID, DOUBTFUL, f"{reason} {why}"
        return Verdict(
            criterion=criterion.id,
            dimension=criterion.dimension,
            level=level,
            evidence=(quote,) if level >= Level.MID else (),
            reason=reason,
            confidence=round(confidence, 2),
        )


@lru_cache(maxsize=256)
def prepared(question: Question) -> tuple[Prepared, tuple[Prepared, ...]]:
    """The prompt and the parts of the reference, ready for comparison."""
    asked = prepare_text(question.prompt)
    parts = (prepare_text(criterion.senior, asked.tokens) for criterion in question.criteria)
    return asked, tuple(parts)
