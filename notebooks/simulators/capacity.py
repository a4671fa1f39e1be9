"""Estimates as ranges: multiply what you roughly know and see how roughly you know the result.

An `Estimate` lies between `low` and `high` in nine of ten cases. Ranges multiply like independent
log-normal variables: the spreads of the logarithms add in quadrature, so three factors that are
each known within x2 give a product known within x3.3 and not x8.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal

from graders.errors import UsageError
from graders.study.quantities import read_quantity

_RANGE = re.compile(r"\s*(\d[\d.,]*)\s*(?:to|-|–)\s*(\d[\d.,]*)(.*)", re.DOTALL)


@dataclass(frozen=True)
class Estimate:
    """A quantity between `low` and `high` (in base units), nine times out of ten.

    Attributes:
        low: Lower end, above zero.
        high: Upper end, at least `low`.
        kind: What is measured, as pairs of dimension and exponent.
    """

    low: float
    high: float
    kind: tuple[tuple[str, float], ...]

    @property
    def middle(self) -> float:
        """The middle on a logarithmic scale, where "twice" and "half" are equally far."""
        return math.sqrt(self.low) * math.sqrt(self.high)

    @property
    def factor(self) -> float:
        """How far the ends are from the middle: 2 means "within a factor of two"."""
        return math.sqrt(self.high / self.low)

    def __mul__(self, other: Estimate | float) -> Estimate:
        """The product of two independent estimates, or of one and a plain number."""
        return _combine(self, _as_estimate(other), 1)

    __rmul__ = __mul__

    def __truediv__(self, other: Estimate | float) -> Estimate:
        """The quotient of two independent estimates, or of one and a plain number."""
        return _combine(self, _as_estimate(other), -1)

    def within(self, unit: str) -> tuple[float, float, float]:
        """Low, middle and high in *unit*, such as `"TB/day"`.

        Raises:
            UsageError: If the unit measures something else.
        """
        size, kind = read_quantity(f"1 {unit}")
        counted = {"[request]", "[user]", "[machine]", "[item]"}
        mine = {name: power for name, power in self.kind if name not in counted}
        asked = {name: power for name, power in kind.items() if name not in counted}
        if mine != asked:
            raise UsageError(f"{unit!r} does not measure this", fix=f"It has {self.kind}")
        return self.low / size, self.middle / size, self.high / size

    def text(self, unit: str) -> str:
        """The estimate as one says it: "12 TB/day (5 to 29)"."""
        low, middle, high = map(_two_digits, self.within(unit))
        return f"{middle} {unit}" if low == high else f"{middle} {unit} ({low} to {high})"


def estimate(text: str) -> Estimate:
    """Read an estimate: `"2 to 4 million cameras"`, `"3 to 8 MB"`, `"30 days"`.

    Raises:
        UsageError: If it is no quantity, or its ends stand in the wrong order.
    """
    match = _RANGE.fullmatch(text)
    ends = (match[1] + match[3], match[2] + match[3]) if match else (text, text)
    (low, kind), (high, _) = map(read_quantity, ends)
    if low > high:
        raise UsageError(f"{text!r} begins with its larger end", fix="Write the smaller one first")
    return Estimate(low, high, tuple(sorted(kind.items())))


def shares(*factors: Estimate) -> list[float]:
    """How much each factor adds to the uncertainty of their product: shares that add up to 1.

    Zeros if all factors are exact.
    """
    spreads = [math.log(one.factor) ** 2 for one in factors]
    total = sum(spreads)
    return [spread / total if total else 0.0 for spread in spreads]


def _combine(a: Estimate, b: Estimate, sign: int) -> Estimate:
    middle = a.middle * b.middle**sign
    factor = math.exp(math.hypot(math.log(a.factor), math.log(b.factor)))
    kind = dict(a.kind)
    for name, power in b.kind:
        kind[name] = kind.get(name, 0) + sign * power
    pairs = tuple(sorted((name, power) for name, power in kind.items() if power))
    return Estimate(middle / factor, middle * factor, pairs)


def _as_estimate(value: Estimate | float) -> Estimate:
    if isinstance(value, Estimate):
        return value
    if not 0 < value < math.inf:
        raise ValueError(f"an estimate can be multiplied by a number above zero, not by {value!r}")
    return Estimate(float(value), float(value), ())


def _two_digits(value: float) -> str:
    """Two digits that count, never in powers of ten: "5,600", "0.00028"."""
    return f"{Decimal(f'{value:.2g}'):,f}"
