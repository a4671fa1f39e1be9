"""The embedded judge: offline, deterministic, criterion by criterion, with quoted evidence.

Features -> model -> verdicts. Each stage is a module of its own and can be replaced alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from graders.answers import Answer
from graders.errors import JudgeError
from graders.judges.embedded.belonging import Relation
from graders.judges.embedded.features import Features, extract, prepare
from graders.judges.embedded.model import Predicted, Predictor, shipped_model
from graders.judges.text import Document, read
from graders.levels import Level
from graders.question import Criterion, Question
from graders.score import Verdict, dimension_levels, overall

MAX_QUOTE = 600
NOTHING_NEAR = 0.42
"""Nearness below which no window of the answer is worth quoting for a criterion."""

PASS = float(Level.SENIOR) - 0.5
"""Mean level from which an answer is *senior*."""

FAR = 0.45
"""Cosine to the most similar known answer below which a subject is foreign to the judge; answers
to questions that were left out of the training come this far in one of a thousand cases."""


SUBSTANCE = (
    "i_acted", "quantities", "before_after", "rejected", "mitigation", "money", "because",
)  # fmt: skip
FEW_WORDS = 25
"""Fewer words than this with less than two kinds of substance are empty talk."""

QUOTED = 8
"""Words by which a part of an answer is named."""

ELSEWHERE = "The text seems to answer another question."
UNSURE = "the text may answer another question, so a person has to look"
PART_ELSEWHERE = 'The part from "{} ..." on seems to answer another question; it was not counted.'
PART_UNSURE = 'the part from "{} ..." on may answer another question, so a person has to look'


class EmbeddedJudge:
    """The default judge. It needs no key, no network and no GPU.

    Args:
        model: Who turns measurements into levels; the shipped model by default.
    """

    name = "embedded"

    def __init__(self, model: Predictor | None = None) -> None:
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
        features = extract(question, document, prepare(question))
        relation = self._model.relation(question, features.ids)
        if relation.elsewhere:
            return self._verdicts(question, document, features, ELSEWHERE)
        verdicts = self._verdicts(question, document, features)
        doubtful = relation.unsure or relation.part
        if not doubtful or _level(question, verdicts) < Level.MID:
            return verdicts  # what is worth little was raised by nothing
        if relation.unsure:
            raise JudgeError(UNSURE)
        return self._without(question, document, verdicts, relation)

    def _verdicts(
        self, question: Question, document: Document, features: Features, worthless: str = ""
    ) -> list[Verdict]:
        """A verdict for each criterion; all *off* if the answer is *worthless*, which says why."""
        dimensions = [f"{question.kind}/{c.dimension}" for c in question.criteria]
        predicted = self._model.predict(features, dimensions)
        empty = len(document.words) < FEW_WORDS and features.seen(SUBSTANCE) < 2
        if empty or worthless:
            predicted = replace(predicted, levels=np.zeros(len(dimensions)))
        doubt = worthless or _doubt(question, predicted)
        return [
            _verdict(document, features, predicted, index, criterion, doubt)
            for index, criterion in enumerate(question.criteria)
        ]

    def _without(
        self, question: Question, document: Document, whole: list[Verdict], relation: Relation
    ) -> list[Verdict]:
        """What the answer is worth without the part that may answer another question.

        If that is as much as with it, the part does no harm and the verdicts on the *whole* stay.
        """
        rest = without_part(document, relation.part)
        verdicts = []
        if rest is not None:
            verdicts = self._verdicts(question, rest, extract(question, rest, prepare(question)))
            if _level(question, verdicts) >= _level(question, whole):
                return whole
        opening = " ".join(document.sentences[relation.part[0]].line.split()[:QUOTED])
        if not relation.clear or not verdicts:
            raise JudgeError(PART_UNSURE.format(opening))
        doubt = PART_ELSEWHERE.format(opening)
        return [verdict.model_copy(update={"doubt": doubt}) for verdict in verdicts]


def without_part(document: Document, part: Sequence[int]) -> Document | None:
    """*document* without some of its sentences, given by their places; `None` if none is left."""
    rest = read(document.without([document.sentences[place] for place in part]))
    return rest if rest.sentences else None


def _level(question: Question, verdicts: Sequence[Verdict]) -> Level:
    """The overall level, by the arithmetic of every score."""
    weights = {criterion.id: question.weight(criterion) for criterion in question.criteria}
    found = overall(question.kind, dimension_levels(verdicts, weights))
    return found[0] if found else Level.OFF


def _verdict(
    document: Document,
    features: Features,
    predicted: Predicted,
    index: int,
    criterion: Criterion,
    doubt: str | None,
) -> Verdict:
    real = float(predicted.levels[index])
    level = Level(int(np.floor(min(real, 3.999) + 0.5)))
    quotes: tuple[str, ...] = ()
    if features.nearness[index] >= NOTHING_NEAR and level > Level.OFF:
        first, last = (document.sentences[place] for place in features.windows[index])
        quotes = (document.quote(first, last)[:MAX_QUOTE],)
    # The distance to the nearest border between two levels, in units of the model's error.
    margin = 0.5 - abs(real - round(real))
    return Verdict(
        criterion=criterion.id,
        dimension=criterion.dimension,
        level=level,
        evidence=quotes,
        reason=_reason(criterion, level, bool(quotes)),
        confidence=round(min(1.0, 0.5 + margin / (2 * predicted.noise)), 2),
        doubt=doubt,
    )


def _doubt(question: Question, predicted: Predicted) -> str | None:
    """Why the answer as a whole should be looked at, in words; `None` if it need not."""
    if predicted.near < FAR:
        return "The subject is far from all that the judge was calibrated on."
    mean = mean_level(question, predicted.levels)
    low, high = max(0.0, mean - predicted.error), min(4.0, mean + predicted.error)
    if low < PASS <= high:
        return (
            f"The judge puts the answer between {low:.1f} and {high:.1f} on the scale from 0 (off) "
            f"to 4 (staff); the border to senior, {PASS}, lies between."
        )
    return None


def mean_level(question: Question, levels: NDArray[np.float64]) -> float:
    """The gated mean, 0 to 4, of the unrounded *levels* of the criteria, shape (criteria,)."""
    sums: dict[str, list[float]] = {}
    for criterion, level in zip(question.criteria, levels, strict=True):
        sums.setdefault(criterion.dimension, []).append(float(level))
    found = overall(question.kind, {name: float(np.mean(some)) for name, some in sums.items()})
    return 0.0 if found is None else found[1] * Level.STAFF


def _reason(criterion: Criterion, level: Level, quoted: bool) -> str:
    if level <= Level.BELOW:
        return f"Little was found here. {criterion.tip}"
    expected = criterion.descriptor(level)
    opening = "Closest to" if quoted else "Read from the answer as a whole; closest to"
    return f"{opening} the {level.label} description: {expected}"
