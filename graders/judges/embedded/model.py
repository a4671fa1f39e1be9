"""The small linear model between features and levels; its weights are plain JSON.

`weights.json` is derived by `make model` from the labelled answers of this project alone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from graders.errors import JudgeError
from graders.judges.embedded.features import NAMES

WEIGHTS = Path(__file__).parent / "weights.json"


CLIP = 2.0
"""Standard deviations beyond which a feature says no more: one odd word must not decide."""


def standardised(
    rows: NDArray[np.float64] | NDArray[np.float32],
    center: NDArray[np.float64],
    scale: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Features in standard deviations, clipped."""
    result: NDArray[np.float64] = np.clip((rows - center) / scale, -CLIP, CLIP)
    return result


def spread_below(levels: NDArray[np.float64], middle: float, spread: float) -> NDArray[np.float64]:
    """Move *levels* below *middle* away from it by the factor *spread*; within 0 to 4."""
    distance = levels - middle
    result: NDArray[np.float64] = np.clip(
        middle + np.where(distance < 0, distance * spread, distance), 0.0, 4.0
    )
    return result


@dataclass(frozen=True)
class Model:
    """Ridge regression on standardised features, one intercept per dimension.

    Attributes:
        version: Goes into every score.
        center: Means of the features, shape (features,).
        scale: Standard deviations of the features, shape (features,).
        coefficients: Shape (features,), in levels per standard deviation.
        intercepts: `kind/dimension` -> intercept in levels.
        spread: Factor below `middle` that undoes the shrinkage of ridge regression. Above it the
            model answers hold the scale, and spreading would call every good answer *staff*.
        middle: Level from which downwards the predictions are spread.
        noise: Standard deviation of the out-of-fold error, in levels.
    """

    version: str
    center: NDArray[np.float64]
    scale: NDArray[np.float64]
    coefficients: NDArray[np.float64]
    intercepts: dict[str, float]
    spread: float
    middle: float
    noise: float

    def predict(self, rows: NDArray[np.float32], dimensions: list[str]) -> NDArray[np.float64]:
        """The level of each row, as a real number within 0 to 4.

        Args:
            rows: Feature matrix, shape (criteria, features).
            dimensions: `kind/dimension` of each row.
        """
        standard = standardised(rows, self.center, self.scale)
        fallback = float(np.mean(list(self.intercepts.values()))) if self.intercepts else 2.0
        base = np.array([self.intercepts.get(name, fallback) for name in dimensions])
        raw = base + standard @ self.coefficients
        return spread_below(raw, self.middle, self.spread)


@lru_cache(maxsize=1)
def shipped_model() -> Model:
    """The model that ships with the kit.

    Raises:
        JudgeError: If the weights are missing or belong to other features.
    """
    where = str(WEIGHTS)
    try:
        data = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise JudgeError(f"cannot be read ({error})", where=where, fix="Run `make model`") from None
    if tuple(data["features"]) != NAMES:
        raise JudgeError("was trained on other features", where=where, fix="Run `make model`")
    return Model(
        version=data["version"],
        center=np.array(data["center"]),
        scale=np.array(data["scale"]),
        coefficients=np.array(data["coefficients"]),
        intercepts=data["intercepts"],
        spread=data["spread"],
        middle=data["middle"],
        noise=data["noise"],
    )
