"""What a project may claim for itself: from a pilot with a holdout to money a year, as a range.

The interval of a difference of two shares is the hybrid score method of R. G. Newcombe (Interval
estimation for the difference between independent proportions, Statistics in Medicine 17, 1998,
method 10), built on the interval of E. B. Wilson (Journal of the American Statistical Association
22, 1927). It stays sensible where shares are small and groups unequal, as in any real holdout.

It takes visits as independent. Where visitors are drawn and some come often, the true range is wider.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

WEEKS = 52
Z90 = 1.6449
"""Standard deviations to either side that hold 90% of a normal distribution."""


@dataclass(frozen=True)
class Range:
    """An estimate with its ends, all in one unit."""

    low: float
    middle: float
    high: float

    def times(self, factor: float) -> Range:
        """The range in another unit; *factor* is 0 or more."""
        if factor < 0:
            raise ValueError(f"a factor of {factor:g} would turn the range round: use 0 or more")
        return Range(self.low * factor, self.middle * factor, self.high * factor)

    def minus(self, amount: float) -> Range:
        """The range after *amount* was paid, in the same unit."""
        return Range(self.low - amount, self.middle - amount, self.high - amount)

    @property
    def includes_zero(self) -> bool:
        """Whether the effect may as well not exist."""
        return self.low <= 0 <= self.high


def wilson(share: float, units: float, z: float = Z90) -> tuple[float, float]:
    """The interval of a share (0 to 1) that was counted among *units*.

    Raises:
        ValueError: If the share is no share, or nothing was counted.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"a share of {share:g} lies outside 0 to 1: divide percent by 100")
    if units <= 0:
        raise ValueError(f"{units:g} units were counted: a share needs at least one")
    middle = share + z * z / (2 * units)
    half = z * math.sqrt(share * (1 - share) / units + z * z / (4 * units * units))
    scale = 1 + z * z / units
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


def difference(
    treated: float, treated_units: float, control: float, control_units: float, z: float = Z90
) -> Range:
    """How much larger the share is among the treated, with its interval (90% by default)."""
    low_t, high_t = wilson(treated, treated_units, z)
    low_c, high_c = wilson(control, control_units, z)
    middle = treated - control
    return Range(
        middle - math.hypot(treated - low_t, high_c - control),
        middle,
        middle + math.hypot(high_t - treated, control - low_c),
    )


@dataclass(frozen=True)
class Pilot:
    """A change that some visitors got and some, by lot, did not.

    Attributes:
        visits: Visits a week, of both groups together.
        weeks: How long some were held back.
        held_back: Share of visits in the holdout, above 0 and below 1.
        before: Share of visits that ended in an order before the launch, 0 to 1.
        control: The same in the holdout.
        treated: The same among those who got the change.
        margin: What one order brings, in euros.
    """

    visits: float
    weeks: float
    held_back: float
    before: float
    control: float
    treated: float
    margin: float

    def __post_init__(self) -> None:
        if not 0 < self.held_back < 1:
            raise ValueError(
                f"held_back={self.held_back:g}: with nobody held back, or everybody, there is "
                "nothing to compare; use a share between 0 and 1"
            )

    @property
    def effect(self) -> Range:
        """Treated minus holdout, as a share of visits, with its 90% interval."""
        counted = self.visits * self.weeks
        return difference(
            self.treated, counted * (1 - self.held_back), self.control, counted * self.held_back
        )

    @property
    def yearly(self) -> Range:
        """What the effect is worth in euros a year, once everybody has the change."""
        return self.effect.times(self.visits * WEEKS * self.margin)

    @property
    def slide(self) -> float:
        """What "after minus before" claims, in euros a year: season and campaigns included."""
        return (self.treated - self.before) * self.visits * WEEKS * self.margin

    @property
    def price_of_knowing(self) -> float:
        """Euros not earned because some visitors had to wait; negative if waiting was better."""
        return self.effect.middle * self.visits * self.weeks * self.held_back * self.margin
