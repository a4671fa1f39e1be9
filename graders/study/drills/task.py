"""What a capacity drill is made of, and how it writes its numbers.

Per-node figures are planning values of the kind that stand in `notebooks/02_capacity.ipynb` with
their sources; each task states the ones that it needs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

DAY = 86_400
"""Seconds."""


@dataclass(frozen=True)
class Task:
    """What is given, what is asked, and what is right.

    Attributes:
        facts: The situation.
        asks: The quantity that is asked for.
        expected: The right quantity with its unit.
        working: The arithmetic in words and numbers.
        decision: Which decision the number is for.
        options: Two or three ways to decide.
        right: Number of the right option, from 1.
        because: Why it is right.
        also: The same in another kind of unit that people use: "$1,900" for "$1,900/month".
        order: Accepted factor in both directions; half a power of ten unless that says too little.
    """

    facts: str
    asks: str
    expected: str
    working: str
    decision: str
    options: tuple[str, ...]
    right: int
    because: str
    also: str = ""
    order: float = 10**0.5

    def shuffled(self, chance: Random) -> Task:
        """The same task with its options in another order, so that no place is the right one."""
        order = chance.sample(range(len(self.options)), len(self.options))
        return replace(
            self,
            options=tuple(self.options[place] for place in order),
            right=order.index(self.right - 1) + 1,
        )


def short(value: float) -> str:
    """A number with three digits that count, and thousands separated."""
    rounded = float(f"{value:.3g}")
    return f"{rounded:,.0f}" if rounded >= 100 else f"{rounded:g}"


def amount(value: float) -> str:
    """An amount of bytes with its unit."""
    for unit, name in ((1e15, "PB"), (1e12, "TB"), (1e9, "GB"), (1e6, "MB")):
        if value >= unit:
            return f"{short(value / unit)} {name}"
    return f"{short(value / 1e3)} kB"


def count(number: int, thing: str) -> str:
    """A number of things: "1 server", "3 servers"."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
