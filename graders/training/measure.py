"""How well the embedded judge agrees with the labels, on questions that it has not seen.

Each answer is graded by a model that was fitted without its question, through the same path as
any other answer, gates and arithmetic included. The spread and the width of the interval come
from the other questions, too; only the choice of the vocabulary and the scale of the features
look at all texts, without their labels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graders.grading import grade
from graders.judges.embedded.belonging import HERE, Belonging, Relation
from graders.judges.embedded.features import Features
from graders.judges.embedded.judge import EmbeddedJudge
from graders.judges.embedded.model import Predicted, spread
from graders.judges.embedded.vectors import Ids
from graders.levels import Level
from graders.question import Question
from graders.score import Score
from graders.training.fit import ASKED_WEIGHT, Design, Rows, Scale, Solved, design, solve
from graders.training.labelled import Labelled
from graders.training.scale import Unseen, kappa_of, scales_without, unseen_of

BOOTSTRAPS = 400
"""Resamples of the questions for an interval."""


@dataclass(frozen=True)
class Judged:
    """A labelled answer and what was made of it by a judge that did not know its question.

    Attributes:
        answer: The answer with its labels.
        score: The judgement.
    """

    answer: Labelled
    score: Score

    @property
    def given(self) -> int | None:
        """The level that was given, or `None` if the answer waits for a person."""
        return None if self.score.level is None else int(self.score.level)

    @property
    def parts(self) -> list[tuple[int, int]]:
        """Label and given level of each dimension."""
        return [
            (int(self.answer.dimensions[name]), int(value + 0.5))
            for name, value in self.score.dimensions.items()
        ]


@dataclass(frozen=True)
class Agreement:
    """How two ratings of the same answers agree.

    Attributes:
        count: Answers (or dimensions of answers).
        kappa: Quadratic weighted kappa.
        low: Lower end of its 90% interval over questions.
        high: Upper end.
        exact: Share rated the same.
        near: Share rated within one level.
        bar: Balanced accuracy of "senior or above".
    """

    count: int
    kappa: float
    low: float
    high: float
    exact: float
    near: float
    bar: float


def kappa(a: Sequence[int], b: Sequence[int], levels: int = 5) -> float:
    """Quadratic weighted kappa between two ratings of the same answers."""
    return kappa_of(_table(a, b, levels))


def _table(a: Sequence[int], b: Sequence[int], levels: int = 5) -> NDArray[np.float64]:
    """How often each pair of levels was given, shape (levels, levels)."""
    observed = np.zeros((levels, levels))
    np.add.at(observed, (np.array(a), np.array(b)), 1)
    return observed


def balanced_accuracy(label: Sequence[int], given: Sequence[int]) -> float:
    """Mean share of right decisions on whether an answer is *senior* or above; nan if one-sided."""
    right, rated = np.array(label) >= Level.SENIOR, np.array(given) >= Level.SENIOR
    if right.all() or not right.any():
        return float("nan")
    return float((rated[right].mean() + (~rated[~right]).mean()) / 2)


class OutOfFold:
    """Predicts each known answer by a model that was fitted without its question.

    Args:
        made: The design of all rows.
        solved: Its solution, which holds the predictions.
        belonging: For each question, what tells answers to other ones, fitted without it.
    """

    version = "out of fold"

    def __init__(
        self,
        made: Design,
        solved: Solved,
        belonging: Mapping[str, Belonging] | None = None,
    ) -> None:
        self._belonging = belonging or {}
        self._mean = solved.mean
        self.answers = unseen_of(made, solved)
        scales = dict(scales_without(self.answers, solved.mean))
        self._known: dict[bytes, tuple[Unseen, Scale]] = {
            _key(made.rows.features[one.index]): (one, scales[one.answer.question_id])
            for one in (*self.answers, *unseen_of(made, solved, ASKED_WEIGHT))
        }

    def predict(self, features: Features, dimensions: Sequence[str]) -> Predicted:
        """The levels of an answer that is among the rows.

        Raises:
            KeyError: If it is not.
        """
        one, scale = self._known[_key(features)]
        width, slope = scale.error
        levels = spread(one.levels, self._mean, scale.spread)
        error = width + slope * (1 - one.near)
        return Predicted(levels, one.near, error, scale.noise)

    def relation(self, question: Question, sentences: Sequence[Ids]) -> Relation:
        """How an answer stands to its question, by what the other questions taught."""
        learned = self._belonging.get(question.id)
        return learned.relation(question, sentences) if learned else HERE


def _key(features: Features) -> bytes:
    return features.rows.tobytes() + features.meaning.tobytes()


def judge_unseen(answers: Sequence[Labelled], rows: Rows) -> list[Judged]:
    """Grade each of *answers*, which the *rows* hold, by a model fitted to all other questions."""
    made = design(rows)
    return judge_out_of_fold(answers, OutOfFold(made, solve(made)))


def judge_out_of_fold(answers: Sequence[Labelled], predictor: OutOfFold) -> list[Judged]:
    """Grade each of *answers* by *predictor*, through the same path as any other answer."""
    judge = EmbeddedJudge(predictor)
    return [Judged(one, grade(one.question_id, one.text, judge=judge)) for one in answers]


def judge_shipped(answers: Sequence[Labelled]) -> list[Judged]:
    """Grade each of *answers* by the judge as it ships."""
    judge = EmbeddedJudge()
    return [Judged(one, grade(one.question_id, one.text, judge=judge)) for one in answers]


def agreement(judged: Sequence[Judged], *, parts: bool = False) -> Agreement:
    """Agreement of the overall levels, or of the *parts*: the levels of the dimensions.

    Unscored answers are left out: they have no level, which is not *off*.
    """
    ratings: list[tuple[str, int, int]] = []
    for one in judged:
        if one.given is not None:
            pairs = one.parts if parts else [(int(one.answer.level), one.given)]
            ratings += [(one.answer.question_id, label, given) for label, given in pairs]
    return compare(ratings)


def compare(ratings: Sequence[tuple[str, int, int]]) -> Agreement:
    """Agreement of two ratings.

    Args:
        ratings: Question, label and given level (0 to 4) of each answer or dimension.
    """
    by_question: dict[str, list[tuple[int, int]]] = {}
    for question, one, other in ratings:
        by_question.setdefault(question, []).append((one, other))
    label, given = [one for _, one, _ in ratings], [other for _, _, other in ratings]
    low, high = _interval(list(by_question.values()))
    distance = np.abs(np.array(label) - np.array(given))
    return Agreement(
        count=len(ratings),
        kappa=kappa(label, given),
        low=low,
        high=high,
        exact=float(np.mean(distance == 0)),
        near=float(np.mean(distance <= 1)),
        bar=balanced_accuracy(label, given),
    )


def _interval(groups: Sequence[Sequence[tuple[int, int]]]) -> tuple[float, float]:
    # Answers to one question are alike, so whole questions are drawn.
    if len(groups) < 2:
        return float("nan"), float("nan")
    tables = np.stack([_table([a for a, _ in group], [b for _, b in group]) for group in groups])
    chance = np.random.default_rng(0)
    values = [
        kappa_of(tables[chance.integers(0, len(groups), len(groups))].sum(axis=0))
        for _ in range(BOOTSTRAPS)
    ]
    low, high = np.quantile(values, [0.05, 0.95])
    return float(low), float(high)


def split(judged: Sequence[Judged], key: Callable[[Judged], str]) -> dict[str, list[Judged]]:
    """Group *judged* by *key*, in the order of the keys."""
    groups: dict[str, list[Judged]] = {}
    for one in judged:
        groups.setdefault(key(one), []).append(one)
    return dict(sorted(groups.items()))


def length_band(one: Judged) -> str:
    """How long the answer is: `under 150 words`, `150 to 299 words` or `300 words and more`."""
    words = len(one.answer.text.split())
    if words < 150:
        return "under 150 words"
    return "150 to 299 words" if words < 300 else "300 words and more"
