"""The fixed vocabulary: levels, kinds of question, and the dimensions of each kind.

Everything that is judged, stored, drawn or compared speaks in these words, so answers to
different questions can be compared.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Literal


class Level(IntEnum):
    """The five ordered levels of an answer, 0 to 4."""

    OFF = 0
    BELOW = 1
    MID = 2
    SENIOR = 3
    STAFF = 4

    @property
    def label(self) -> str:
        """The lower-case name used in files, JSON and pages: `"senior"`."""
        return self.name.lower()

    @classmethod
    def from_label(cls, label: str) -> Level:
        """Return the level called *label*, in capital or small letters.

        Raises:
            ValueError: If there is no such level; the message lists the five that exist.
        """
        # Upper case makes ASCII letters out of others: a ligature in "staff", a dotless i in "mid".
        if label.isascii() and label.upper() in cls.__members__:
            return cls[label.upper()]
        allowed = ", ".join(level.label for level in cls)
        raise ValueError(f"{label!r} is not a level (allowed: {allowed})")


Kind = Literal["design", "concept", "story", "leadership", "career"]

DIMENSIONS: dict[Kind, dict[str, float]] = {
    "design": {
        "requirements": 2,
        "estimation": 2,
        "api-and-data": 2,
        "architecture": 2,
        "deep-dive": 3,
        "scaling": 2,
        "failure-and-consistency": 3,
        "trade-offs": 3,
        "operability-and-cost": 1,
    },
    "concept": {
        "mechanism": 3,
        "numbers": 2,
        "trade-offs": 2,
        "failure-modes": 2,
        "application": 1,
    },
    "story": {
        "scope": 2,
        "ownership": 2,
        "impact": 3,
        "judgment": 3,
        "collaboration": 1,
        "learning": 1,
    },
    "leadership": {
        "scope": 1,
        "influence": 3,
        "impact": 2,
        "judgment": 2,
        "people": 2,
        "learning": 1,
    },
    "career": {
        "honesty": 3,
        "bar-awareness": 2,
        "evidence": 2,
        "plan": 2,
        "fit": 1,
    },
}
"""Kind -> dimension -> default weight. A question may change a weight by a factor of two at most."""

GATE: dict[Kind, str] = {
    "design": "trade-offs",
    "concept": "trade-offs",
    "story": "judgment",
    "leadership": "judgment",
    "career": "honesty",
}
"""Kind -> the dimension that carries judgment; an answer without it is not senior, whatever the rest."""
