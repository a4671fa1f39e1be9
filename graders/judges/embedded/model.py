"""The calibrated model between features and levels; its weights are plain numbers.

Kernel ridge regression: what an answer is worth on a dimension is a weighted sum over the answers
that the model was fitted to, each counting as much as it is alike. Alike are two answers

- in the features of their windows (a Gaussian kernel), the more so if their meaning is near,
- in their words and pairs of words, and in their meaning (linear kernels),

and each of these counts once for all dimensions and once more for the same dimension. The linear
parts are summed up into weights of words when the model is fitted.

`weights.npz` is derived by `make model` from the labelled answers of this project alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from graders.errors import JudgeError
from graders.judges.embedded import words
from graders.judges.embedded.belonging import HERE, Belonging, Relation
from graders.judges.embedded.features import LOCAL, NAMES, Features
from graders.judges.embedded.topics import Topics
from graders.judges.embedded.vectors import Floats, Ids, unit
from graders.judges.embedded.words import Vocabulary
from graders.question import Question

WEIGHTS = Path(__file__).parent / "weights.npz"

OWN = len(LOCAL)
"""Columns that belong to a criterion; the others are those of the whole answer."""

CLIP = 2.0
"""Standard deviations beyond which a feature says no more: one odd word must not decide."""

ALIKE, WORDS, PAIRS, MEANING, DIMENSION = 4.0, 3.0, 2.0, 1.0, 1.0
"""Weights of the kernels: features, words, pairs of words, meaning, same dimension."""


def standardised(rows: Floats, center: Floats, scale: Floats) -> Floats:
    """Features in standard deviations, clipped."""
    result: Floats = np.minimum(np.maximum((rows - center) / scale, -CLIP), CLIP)
    return result.astype(np.float32)


def bells(rows: Floats, others: Floats, width: int) -> Floats:
    """The Gaussian kernel of *width* features between standardised ones, shape (rows, others)."""
    return bells_of(rows, bent(others, width))


def bent(others: Floats, width: int) -> Floats:
    """What `bells_of` needs of the rows that it compares with, shape (columns + 2, others).

    The exponent of a Gaussian is a product: x*y - x*x/2 - y*y/2 = (x, -x*x/2, 1) * (y, 1, -y*y/2).
    """
    halves = np.square(others).sum(axis=1, dtype=np.float32) / 2
    ones = np.ones_like(halves)
    return np.ascontiguousarray(np.vstack([others.T, ones, -halves]) * np.float32(1 / width))


def bells_of(rows: Floats, others: Floats) -> Floats:
    """The Gaussian kernel between *rows* and *others*, which were `bent`, shape (rows, others)."""
    halves = np.square(rows).sum(axis=1, dtype=np.float32, keepdims=True) / 2
    result: Floats = np.concatenate([rows, -halves, np.ones_like(halves)], axis=1) @ others
    return np.exp(result, out=result)


def beside(meaning: Floats, subject: Floats) -> Floats:
    """What an answer means beside the subject of its question: how it speaks, not of what."""
    along = (meaning * subject).sum(axis=-1, keepdims=True)
    return unit(meaning - along * subject)


@dataclass(frozen=True)
class Predicted:
    """What the model makes of one answer.

    Attributes:
        levels: Level of each criterion as a real number within 0 to 4.
        near: Cosine to the most similar answer that the model knows; low for foreign subjects.
        error: Half the width of the interval that holds the true mean level seven times in ten.
        noise: Standard deviation of the error of one criterion, in levels.
    """

    levels: NDArray[np.float64]
    near: float
    error: float
    noise: float


class Predictor(Protocol):
    """What the embedded judge asks for levels."""

    @property
    def version(self) -> str:
        """Changes whenever a prediction could."""

    def predict(self, features: Features, dimensions: Sequence[str]) -> Predicted:
        """Judge one answer by what was measured of it."""

    def relation(self, question: Question, sentences: Sequence[Ids]) -> Relation:
        """How an answer stands to its question, by the tokens of its sentences."""


@dataclass(frozen=True)
class Model:
    """The fitted model: f features, n rows of a known answers, d dimensions.

    Attributes:
        version: Goes into every score.
        center: Means of the features, shape (f,).
        scale: Standard deviations of the features, shape (f,).
        dimensions: `kind/dimension` of each dimension, sorted.
        rows: Standardised features of the known rows, ordered by dimension, shape (n, f).
        owner: Known answer of each row, shape (n,).
        starts: Where the rows of each dimension begin, then n, shape (d + 1,).
        alpha: Weight of each row in levels, shape (n,).
        meaning: Mean direction of each known answer, shape (a, 256).
        beside: The same beside its question's subject, shape (a, 256).
        words: Words that count.
        pairs: Pairs of words that count.
        word_weights: For all dimensions, then for each one, shape (1 + d, words).
        pair_weights: The same of pairs, shape (1 + d, pairs).
        meaning_weights: Shape (256,).
        bias: Of each dimension, shape (d,).
        mean: Mean level of the known rows.
        spread: Factors that undo the shrinkage of ridge regression: of an answer's mean level,
            and of its criteria around that.
        error: Half the width of the 70% interval of the mean level: at a subject that is known
            (near 1), and what is added for each unit of distance.
        noise: Standard deviation of the out-of-fold error of one criterion, in levels.
        belonging: What tells answers to other questions; `None` believes every answer.
    """

    version: str
    center: Floats
    scale: Floats
    dimensions: tuple[str, ...]
    rows: Floats
    owner: Ids
    starts: Ids
    alpha: Floats
    meaning: Floats
    beside: Floats
    words: Vocabulary
    pairs: Vocabulary
    word_weights: Floats
    pair_weights: Floats
    meaning_weights: Floats
    bias: Floats
    mean: float
    spread: tuple[float, float]
    error: tuple[float, float]
    noise: float
    belonging: Belonging | None

    @cached_property
    def _local(self) -> Floats:
        return bent(self.rows[:, :OWN], len(self.center))

    @cached_property
    def _shared(self) -> Floats:
        """The shared columns of each known answer: those of any of its rows."""
        _, first = np.unique(self.owner, return_index=True)
        return bent(self.rows[first, OWN:], len(self.center))

    @cached_property
    def _by_word(self) -> tuple[Floats, Floats]:
        """The weights of words and of pairs, term by term: an answer holds few of them."""
        words, pairs = self.word_weights.T, self.pair_weights.T
        return np.ascontiguousarray(words), np.ascontiguousarray(pairs)

    def predict(self, features: Features, dimensions: Sequence[str]) -> Predicted:
        """Judge one answer.

        Args:
            features: What was measured of it.
            dimensions: `kind/dimension` of each criterion; unknown ones are judged as a whole.
        """
        alike = self.meaning @ features.meaning
        apart = self.beside @ beside(features.meaning, features.subject)
        rows = standardised(features.rows, self.center, self.scale)
        # The bell of two rows is that of their local columns times that of their answers' shared
        # ones; the latter is the same for all criteria of an answer.
        whole = bells_of(rows[:1, OWN:], self._shared)[0]
        near_by = (1 + alike + apart) * whole * np.float32(ALIKE / 1.5)
        worth = self.alpha * near_by[self.owner]
        kernel = bells_of(rows[:, :OWN], self._local)
        by_word, by_pair = self._by_word
        said = self.words.along(words.singles(features.ids), by_word)
        said += self.pairs.along(words.pairs(features.ids), by_pair)
        levels = kernel @ worth + said[0] + self.meaning_weights @ features.meaning + self.mean
        for index, name in enumerate(dimensions):
            if name in self.dimensions:
                place = self.dimensions.index(name)
                own = slice(self.starts[place], self.starts[place + 1])
                levels[index] += kernel[index, own] @ worth[own]
                levels[index] += said[1 + place] + self.bias[place]
        near = float(alike.max())
        return Predicted(
            spread(levels.astype(np.float64), self.mean, self.spread),
            near,
            self.error[0] + self.error[1] * (1 - near),
            self.noise,
        )

    def relation(self, question: Question, sentences: Sequence[Ids]) -> Relation:
        """How an answer stands to its question, by the tokens of its sentences."""
        return self.belonging.relation(question, sentences) if self.belonging else HERE


def spread(
    levels: NDArray[np.float64], center: float, factors: tuple[float, float]
) -> NDArray[np.float64]:
    """Spread the mean of an answer's *levels* around *center*, and the levels around that mean."""
    mean = levels.mean()
    whole, parts = factors
    result: NDArray[np.float64] = np.clip(
        center + whole * (mean - center) + parts * (levels - mean), 0.0, 4.0
    )
    return result


@lru_cache(maxsize=1)
def shipped_model() -> Model:
    """The model that ships with the kit.

    Raises:
        JudgeError: If the weights are missing or belong to other features.
    """
    return load(WEIGHTS)


def load(path: Path) -> Model:
    """Read a model.

    Raises:
        JudgeError: If it is missing, broken or of other features.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            data = {name: file[name] for name in file.files}
        model = _model(data)
    except (OSError, ValueError, KeyError) as error:
        raise JudgeError(
            f"cannot be read ({error})", where=str(path), fix="Run `make model`"
        ) from None
    if tuple(data["features"]) != NAMES:
        raise JudgeError("was trained on other features", where=str(path), fix="Run `make model`")
    return model


def _model(data: dict[str, Any]) -> Model:
    single = {name: data[name].astype(np.float32) for name in data if data[name].dtype.kind == "f"}
    return Model(
        version=str(data["version"]),
        center=single["center"],
        scale=single["scale"],
        dimensions=tuple(map(str, data["dimensions"])),
        rows=single["rows"],
        owner=data["owner"].astype(np.int64),
        starts=data["starts"].astype(np.int64),
        alpha=single["alpha"],
        meaning=single["meaning"],
        beside=single["beside"],
        words=Vocabulary(data["words"], single["words_weights"], single["words_center"]),
        pairs=Vocabulary(data["pairs"], single["pairs_weights"], single["pairs_center"]),
        word_weights=single["word_weights"],
        pair_weights=single["pair_weights"],
        meaning_weights=single["meaning_weights"],
        bias=single["bias"],
        mean=float(data["mean"]),
        spread=(float(data["spread"][0]), float(data["spread"][1])),
        error=(float(data["error"][0]), float(data["error"][1])),
        noise=float(data["noise"]),
        belonging=_belonging(data) if "topics" in data else None,
    )


def _belonging(data: dict[str, Any]) -> Belonging:
    return Belonging(
        topics=Topics(
            terms=data["topics"].astype(np.int64),
            usual=data["topics_usual"].astype(np.float32),
            counts=data["topics_counts"],
            ids=tuple(map(str, data["topics_ids"])),
            digests=tuple(map(str, data["topics_digests"])),
            kinds=data["topics_kinds"].astype(np.float32),
        ),
        weights=data["belonging"],
        part_weights=data["belonging_part"],
        borders=data["belonging_borders"],
    )
