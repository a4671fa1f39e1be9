"""The embedded judge: offline, deterministic, criterion by criterion, with quoted evidence.

Features -> model -> verdicts. Each stage is a module of its own and can be replaced alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from graders.answers import Answer
from graders.errors import JudgeError
from graders.judges.embedded.features import CriterionFeatures, Rubric, extract, prepare
from graders.judges.embedded.model import Model, shipped_model
from graders.judges.embedded.structure import counts
from graders.judges.text import Document, read
from graders.levels import Level
from graders.question import Question
from graders.score import Verdict

MAX_QUOTE = 600
NOTHING_NEAR = 0.42
"""Nearness below which no window of the answer is worth quoting for a criterion."""


SUBSTANCE = (
    "i_acted", "quantities", "before_after", "rejected", "mitigation", "money", "because",
)  # fmt: skip
SUBSTANCE_KINDS = 4
"""Kinds of substance from which an answer is not empty talk; empty ones reach three."""


FEW_WORDS = 25
"""Fewer words than this, without any substance, are empty talk."""


class EmbeddedJudge:
    """The default judge. It needs no key, no network and no GPU.

    Args:
        model: Another model than the shipped one, for training and measuring.
    """

    name = "embedded"

    def __init__(self, model: Model | None = None) -> None:
        self._model = model or shipped_model()

    @property
    def version(self) -> str:
        """Version of the model's weights."""
        return self._model.version

    def judge(self, question: Question, answer: Answer) -> Sequence[Verdict]:
        """Return a verdict for each criterion.

        Raises:
            JudgeError: If the answer holds no sentence, or the word vectors are missing.
        """
        document = read(answer.text)
        if not document.sentences:
            raise JudgeError("there is no sentence to judge", where=question.id)
        features = extract(question, document, _rubric(question))
        rows = np.stack([feature.row for feature in features])
        dimensions = [f"{question.kind}/{c.dimension}" for c in question.criteria]
        levels = _weigh_substance(self._model.predict(rows, dimensions), document)
        return [
            self._verdict(document, feature, float(level))
            for feature, level in zip(features, levels, strict=True)
        ]

    def _verdict(self, document: Document, feature: CriterionFeatures, real: float) -> Verdict:
        criterion = feature.criterion
        level = Level(int(np.floor(min(real, 3.999) + 0.5)))
        quotes: tuple[str, ...] = ()
        if feature.nearness >= NOTHING_NEAR and level > Level.OFF:
            first, last = document.sentences[feature.first], document.sentences[feature.last]
            quote = document.quote(first, last)
            quotes = (quote[:MAX_QUOTE],)
        # The distance to the nearest border between two levels, in units of the model's error.
        margin = 0.5 - abs(real - round(real))
        return Verdict(
            criterion=criterion.id,
            dimension=criterion.dimension,
            level=level,
            evidence=quotes,
            reason=_reason(feature, level, bool(quotes)),
            confidence=round(min(1.0, 0.5 + margin / (2 * self._model.noise)), 2),
        )


def _weigh_substance(levels: NDArray[np.float64], document: Document) -> NDArray[np.float64]:
    """Keep *off* for what says nothing, and only for that.

    Who acted, measured, compared and gave reasons has said something, however weak, so the mean
    is at least *below*. A few words without any of it have said nothing. A linear model, which
    adds up what is there and what is absent, forgets both.
    """
    found = counts(document.prose)
    kinds = sum(found[name] > 0 for name in SUBSTANCE)
    if kinds >= SUBSTANCE_KINDS:
        lift = max(0.0, float(Level.BELOW) - float(levels.mean()))
        result: NDArray[np.float64] = np.clip(levels + lift, 0.0, 4.0)
        return result
    if kinds == 0 and len(document.words) < FEW_WORDS:
        return np.zeros_like(levels)
    return levels


def _reason(feature: CriterionFeatures, level: Level, quoted: bool) -> str:
    criterion = feature.criterion
    if level <= Level.BELOW:
        return f"Little was found here. {criterion.tip}"
    expected = criterion.descriptor(level)
    opening = "Closest to" if quoted else "Read from the answer as a whole; closest to"
    return f"{opening} the {level.label} description: {expected}"


@lru_cache(maxsize=128)
def _rubric(question: Question) -> Rubric:
    return prepare(question)
