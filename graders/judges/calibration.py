"""How a judge's levels compare to people's: a monotone map, fitted to labelled answers.

Isotonic regression by pool-adjacent-violators (Ayer et al., 1955): the map never turns a better
level into a worse one, and needs no shape.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from graders.errors import UsageError
from graders.levels import DIMENSIONS, Kind, Level

ENOUGH = 30
"""Labelled answers of a kind below which its levels are left as they are."""

_LEVELS = tuple(range(len(Level)))
_IDENTITY = (0, 1, 2, 3, 4)


@dataclass(frozen=True)
class Rated:
    """One labelled answer as a judge saw it.

    Attributes:
        question_id: The question that it answers.
        kind: Kind of the question.
        given: Dimension -> mean level that the judge gave, 0 to 4, before any calibration.
        label: Dimension -> level that people gave.
    """

    question_id: str
    kind: Kind
    given: Mapping[str, float]
    label: Mapping[str, Level]


class Figures(BaseModel):
    """What the map does for one kind.

    Attributes:
        answers: Labelled answers.
        raw: Mean distance of the judge's dimension levels to people's, in levels.
        calibrated: The same with the map, on questions that were left out when fitting it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    answers: int
    raw: float
    calibrated: float


class Calibration(BaseModel):
    """Kind -> dimension -> the level that takes the place of each of the five.

    Attributes:
        judge: Name of the judge that was measured.
        version: Its version; the map holds for no other one.
        maps: The maps; a kind or dimension without one is left as it is.
        figures: What the maps do, by kind.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    judge: str
    version: str
    maps: Mapping[str, Mapping[str, tuple[int, int, int, int, int]]] = Field(default_factory=dict)
    figures: Mapping[str, Figures] = Field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Fingerprint of the maps."""
        text = json.dumps(self.model_dump(mode="json", include={"maps"}), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:8]

    def level(self, kind: Kind, dimension: str, level: Level) -> Level:
        """What *level* becomes; *off* stays *off*."""
        if level == Level.OFF:
            return level
        return Level(self.maps.get(kind, {}).get(dimension, _IDENTITY)[level])


def fit(rated: Sequence[Rated], *, judge: str, version: str) -> Calibration:
    """Fit the maps to labelled answers.

    Args:
        rated: Labelled answers, judged without graded examples of their own questions.
        judge: Name of the judge whose levels will be mapped.
        version: Its version.
    """
    maps, figures = {}, {}
    for kind in DIMENSIONS:
        own = [one for one in rated if one.kind == kind]
        if len(own) < ENOUGH:
            continue
        maps[kind] = _maps(own)
        figures[kind] = _figures(own)
    return Calibration(judge=judge, version=version, maps=maps, figures=figures)


def isotonic(values: Sequence[float], weights: Sequence[float]) -> list[float]:
    """The non-decreasing sequence that is closest to *values* in weighted squares."""
    blocks: list[tuple[float, float, int]] = []  # mean, weight, members
    for value, weight in zip(values, weights, strict=True):
        blocks.append((value, weight, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (low, light, few), (high, heavy, many) = blocks.pop(), blocks.pop()
            total = light + heavy
            blocks.append(((low * light + high * heavy) / total, total, few + many))
    return [mean for mean, _, members in blocks for _ in range(members)]


def path_of(folder: Path, judge: str, version: str) -> Path:
    """Where the calibration of one version of a judge is kept."""
    name = hashlib.sha256(f"{judge} {version}".encode()).hexdigest()[:16]
    return folder / f"calibration-{name}.json"


def save(calibration: Calibration, folder: Path) -> Path:
    """Write *calibration* into *folder*; the file is whole at every moment."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = path_of(folder, calibration.judge, calibration.version)
    handle, name = tempfile.mkstemp(dir=folder, prefix=".calibration-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(calibration.model_dump_json(indent=1) + "\n")
    Path(name).replace(path)
    return path


def load(folder: Path, judge: str, version: str) -> Calibration:
    """The calibration of one version of a judge.

    Raises:
        UsageError: If there is none or it cannot be read.
    """
    path = path_of(folder, judge, version)
    fix = "Measure with: seniorkit bench levels --judge llm, or take `calibrated` out"
    try:
        return Calibration.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        what = f"no calibration was measured for {judge} {version!r}"
        raise UsageError(what, where=str(path), fix=fix) from None
    except (OSError, ValidationError, UnicodeDecodeError) as error:
        what = f"the calibration cannot be read ({str(error).splitlines()[0]})"
        raise UsageError(what, where=str(path), fix=fix) from None


def _maps(rated: Iterable[Rated]) -> dict[str, tuple[int, int, int, int, int]]:
    pairs: dict[str, list[tuple[int, int]]] = {}
    for one in rated:
        for dimension, given in one.given.items():
            if dimension in one.label:
                pair = (_round(given), int(one.label[dimension]))
                pairs.setdefault(dimension, []).append(pair)
    return {dimension: _map(found) for dimension, found in sorted(pairs.items())}


def _map(pairs: Sequence[tuple[int, int]]) -> tuple[int, int, int, int, int]:
    """The map of one dimension from pairs of given level and label."""
    # One made-up pair at each level that says "as it is": a level that was hardly ever given
    # shall not be moved by a single answer.
    labels = {level: [level] for level in _LEVELS}
    for given, label in pairs:
        labels[given].append(label)
    means = [sum(found) / len(found) for found in labels.values()]
    fitted = isotonic(means, [len(found) for found in labels.values()])
    off, below, mid, senior, staff = (_round(value) for value in fitted)
    return off, below, mid, senior, staff


def _figures(rated: Sequence[Rated]) -> Figures:
    raw, mapped = [], []
    for question in sorted({one.question_id for one in rated}):
        maps = _maps(one for one in rated if one.question_id != question)
        for one in (one for one in rated if one.question_id == question):
            for dimension, given in one.given.items():
                if dimension in one.label:
                    level = _round(given)
                    there = maps.get(dimension, _IDENTITY)[level] if level else level
                    raw.append(abs(level - one.label[dimension]))
                    mapped.append(abs(there - one.label[dimension]))
    count = max(len(raw), 1)
    return Figures(
        answers=len(rated),
        raw=round(sum(raw) / count, 3),
        calibrated=round(sum(mapped) / count, 3),
    )


def _round(value: float) -> int:
    return math.floor(value + 0.5 + 1e-9)
