"""The small linear model between the features of a part of a reference and its level.

`reference_weights.json` is derived by `make model` from `tests/calibration/reference.jsonl` alone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from graders.errors import JudgeError
from graders.judges.embedded.reference_features import NAMES

WEIGHTS = Path(__file__).parent / "reference_weights.json"

USED: tuple[str, ...] = (
    "recall",
    "recall_plain",
    "recall_squared",
    "recall_telling",
    "recall_quartile",
    "recall_phrases",
    "recall_beyond_question",
    "recall_sentence",
    "precision",
    "precision_phrases",
    "harmonic",
    "share_near",
    "share_far",
    "cosine",
    "cosine_question",
    "cosine_beyond_question",
    "word_recall_new",
    "word_precision_new",
    "gram_cosine",
    "gram_recall_new",
    "gram_question",
)
"""What the model looks at: likeness to the reference, not the form of the answer."""

AGAINST = frozenset({"share_far", "cosine_question", "gram_question"})
"""Features that may only lower a level; all others may only raise it. An answer that says more of
the reference then never gets less for it, whatever the labelled answers happen to suggest."""

CLIP = 3.0
"""Standard deviations beyond which a feature says no more."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class ReferenceModel:
    """Ridge regression with fixed signs on standardised features.

    Attributes:
        version: Goes into every score.
        center: Means of the features `USED`, shape (features,).
        scale: Standard deviations of them, shape (features,).
        coefficients: Shape (features,), in levels per standard deviation.
        intercept: The level of an average answer.
        spread: Factor around the intercept that undoes the shrinkage of ridge regression.
        noise: Standard deviation of the out-of-fold error, in levels.
    """

    version: str
    center: Array
    scale: Array
    coefficients: Array
    intercept: float
    spread: float
    noise: float

    def standardised(self, rows: Array) -> Array:
        """The used columns of *rows*, shape (n, `len(NAMES)`), in clipped standard deviations."""
        used = rows[:, [NAMES.index(name) for name in USED]]
        result: Array = np.clip((used - self.center) / self.scale, -CLIP, CLIP)
        return result

    def predict(self, rows: Array) -> Array:
        """The level of each row, as a real number within 0 to 4.

        Args:
            rows: Feature matrix, shape (n, `len(NAMES)`).
        """
        distance = self.spread * (self.standardised(rows) @ self.coefficients)
        result: Array = np.clip(self.intercept + distance, 0.0, 4.0)
        return result


@lru_cache(maxsize=1)
def shipped_reference_model() -> ReferenceModel:
    """The model that ships with the kit.

    Raises:
        JudgeError: If the weights are missing or belong to other features.
    """
    where = str(WEIGHTS)
    try:
        data = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise JudgeError(f"cannot be read ({error})", where=where, fix="Run `make model`") from None
    if tuple(data["features"]) != USED:
        raise JudgeError("was trained on other features", where=where, fix="Run `make model`")
    return ReferenceModel(
        version=data["version"],
        center=np.array(data["center"]),
        scale=np.array(data["scale"]),
        coefficients=np.array(data["coefficients"]),
        intercept=data["intercept"],
        spread=data["spread"],
        noise=data["noise"],
    )
