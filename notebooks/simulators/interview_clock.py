"""Minutes in a design interview, and which parts of a judgement they leave room for.

The published timings are facts, with their sources. How many minutes a part needs until somebody
can reach a level in it is this kit's assumption, set so that an interview within the published
timings leaves room for *senior* everywhere. It says what there was time for, not how good it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from graders.levels import Level
from graders.score import overall

TOTAL = 45
"""Minutes of the usual interview."""

HELLO = 5
"""Of which greetings and your own questions take some."""

HI = "Hello Interview"
SDFS = "system-design-from-scratch"


@dataclass(frozen=True)
class Phase:
    """A part of the interview.

    Attributes:
        name: Its name.
        published: Source -> shortest and longest minutes; a source without it names no such part.
    """

    name: str
    published: Mapping[str, tuple[float, float]]

    @property
    def usual(self) -> tuple[float, float]:
        """The shortest and the longest that any source gives."""
        lows, highs = zip(*self.published.values(), strict=True)
        return min(lows), max(highs)


PHASES = (
    Phase("requirements", {HI: (5, 5), SDFS: (3, 5)}),
    Phase("sizing", {SDFS: (4, 6)}),
    Phase("API and data", {HI: (7, 12)}),  # entities 2, API 5, and data flow 5 where it helps
    Phase("whole design", {HI: (10, 15), SDFS: (8, 12)}),
    Phase("deep dives", {HI: (10, 10), SDFS: (8, 10)}),
    Phase("wrap-up", {SDFS: (3, 5)}),
)
"""The parts in order, with the minutes that two published guides give them."""


@dataclass(frozen=True)
class Need:
    """What a dimension needs.

    Attributes:
        share: Phase -> share of its minutes that go to this dimension.
        minutes: Minutes from which mid, senior and staff can be reached.
    """

    share: Mapping[str, float]
    minutes: tuple[float, float, float]


NEEDS: Mapping[str, Need] = {
    "requirements": Need({"requirements": 1}, (2, 4, 5)),
    "estimation": Need({"sizing": 1}, (1, 3.5, 5)),
    "api-and-data": Need({"API and data": 1}, (3, 5, 8)),
    "architecture": Need({"whole design": 0.7}, (4, 6.5, 9)),
    "scaling": Need({"whole design": 0.3, "deep dives": 0.2}, (3, 5, 7)),
    "deep-dive": Need({"deep dives": 0.5}, (2, 4.5, 7)),
    "failure-and-consistency": Need({"deep dives": 0.3, "wrap-up": 0.3}, (2, 3.5, 5)),
    "operability-and-cost": Need({"wrap-up": 0.7}, (1, 2, 3.5)),
}
"""Dimension -> what it needs. Trade-offs are missing: they are said in passing, all the way."""

LOSERS = (2, 4, 6)
"""Choices with a named loser and its reason that make trade-offs mid, senior, staff."""


def reachable(minutes: Mapping[str, float], losers: int) -> dict[str, float]:
    """Dimension -> the highest level, 0 to 4, for which there is room.

    Args:
        minutes: Phase -> minutes; a phase that is not there has none.
        losers: Choices for which the rejected alternative is named, with its reason.

    Raises:
        ValueError: If a phase is unknown, or all of them together take longer than there is.
    """
    names = [phase.name for phase in PHASES]
    unknown = [name for name in minutes if name not in names]
    if unknown:
        raise ValueError(f"unknown: {', '.join(unknown)} (known: {', '.join(names)})")
    if sum(minutes.values()) > TOTAL - HELLO:
        raise ValueError(
            f"{sum(minutes.values()):g} minutes are planned and {TOTAL - HELLO} are there: "
            f"{TOTAL} less {HELLO} for greetings and your own questions. Take some away."
        )
    found = {"trade-offs": _level(losers, LOSERS)}
    for dimension, need in NEEDS.items():
        spent = sum(share * minutes.get(name, 0) for name, share in need.share.items())
        found[dimension] = _level(spent, need.minutes)
    return found


def verdict(minutes: Mapping[str, float], losers: int) -> tuple[Level, float]:
    """The overall level and the points (0 to 1) for which there is room, by the kit's own rule."""
    found = overall("design", reachable(minutes, losers))
    assert found is not None  # all dimensions are there
    return found


def _level(spent: float, needed: tuple[float, float, float]) -> float:
    steps = [(0.0, 0.0), *zip(needed, (2.0, 3.0, 4.0), strict=True)]
    for (low, level), (high, above) in pairwise(steps):
        if spent < high:
            return level + (above - level) * (spent - low) / (high - low)
    return 4.0
