"""What lies between Raft's servers: links that close, messages that get lost, clocks that differ.

Times are in milliseconds of real time, unless a clock is named.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from simulators.raft_messages import Message, Outbox


@dataclass(frozen=True)
class Network:
    """How messages travel.

    Attributes:
        delay: One way takes a time drawn between these two, so messages overtake each other.
        loss: Share that never arrives.
        repeat: Share that arrives twice.
    """

    delay: tuple[float, float] = (1, 10)
    loss: float = 0.0
    repeat: float = 0.0

    def __post_init__(self) -> None:
        low, high = self.delay
        if not (0 <= low <= high and 0 <= self.loss <= 1 and 0 <= self.repeat <= 1):
            raise ValueError(f"{self} is no network: delays in order, shares between 0 and 1")

    def travel(self, chance: random.Random) -> list[float | None]:
        """How long each copy of one message is under way; `None` for a lost one."""
        copies = 1 + (chance.random() < self.repeat)
        times = [chance.uniform(*self.delay) for _ in range(copies)]
        return [None if chance.random() < self.loss else time for time in times]


@dataclass(frozen=True)
class Flight:
    """A message on its way; *arrived* is `None` if it never did."""

    sender: str
    to: str
    message: Message
    sent: float
    arrived: float | None


@dataclass(frozen=True)
class Change:
    """From *time* on, *name* is a "follower", "candidate", "leader", "down" or "paused"."""

    time: float
    name: str
    state: str
    term: int
    commit: int


class Endpoint(Protocol):
    """Whoever takes part: a server or a client. Both see their own clock only."""

    deadline: float

    def on_deadline(self, now: float) -> Outbox:
        """Act, because `deadline` has come."""

    def receive(self, message: Message, now: float) -> Outbox:
        """Act on a message."""


class Links:
    """Which links are closed, each direction by itself."""

    def __init__(self) -> None:
        self.closed: set[tuple[str, str]] = set()

    def open(self, sender: str, to: str) -> bool:
        """Whether messages pass from *sender* to *to*."""
        return (sender, to) not in self.closed

    def partition(self, *groups: Iterable[str]) -> None:
        """Close all links between *groups*; who is in none of them reaches everybody."""
        sets = [set(group) for group in groups]
        self.closed = {
            (a, b) for one in sets for other in sets if one is not other for a in one for b in other
        }

    def cut(self, sender: str, to: str) -> None:
        """Close one link in one direction."""
        self.closed.add((sender, to))

    def heal(self) -> None:
        """Open all links."""
        self.closed.clear()


@dataclass
class Clock:
    """A clock that runs at *rate* times real time and has stood still for *stood* ms."""

    rate: float = 1.0
    stood: float = 0.0

    def shows(self, real: float) -> float:
        """What it shows at a real time."""
        return (real - self.stood) * self.rate

    def real(self, shown: float) -> float:
        """When it will show *shown*, in real time."""
        return shown / self.rate + self.stood

    def drift(self, real: float, rate: float) -> None:
        """From the real time on, run at *rate* without jumping."""
        if rate <= 0:
            raise ValueError(f"a clock cannot run at {rate} times real time: choose above 0")
        self.rate, self.stood = rate, real - self.shows(real) / rate
