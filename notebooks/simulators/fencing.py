"""A lock with a lease, two workers that add to a shared number, and a storage that may compare tokens.

The setting is that of M. Kleppmann: How to do distributed locking (2016); the numbers that the lock
service hands out are the sequencers of M. Burrows: The Chubby lock service (OSDI 2006). Each worker
takes the lock, reads the number, thinks, and writes the number plus one. Any worker may freeze at
any moment without noticing. Times are in milliseconds.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

GUARDS = ("nothing", "own clock", "token on writes", "token on reads and writes")
"""What protects the storage from a late writer:

- "nothing": who believes to hold the lock may write.
- "own clock": the worker looks at its lease once more, right before it sends the write.
- "token on writes": the storage refuses a write with a smaller token than it has seen in a write.
- "token on reads and writes": the same, and reads show their token, too.
"""


@dataclass(frozen=True)
class Lease:
    """The lock is yours until *until*; *token* is larger than all that were given before."""

    token: int
    until: float


class LockService:
    """Grants one lease at a time. It stands for a replicated service and never fails itself."""

    def __init__(self, duration: float) -> None:
        if duration <= 0:
            raise ValueError(f"a lease of {duration} ms is none: choose a duration above 0")
        self.duration = duration
        self._held: Lease | None = None
        self._token = 0

    def acquire(self, now: float) -> Lease | None:
        """A new lease, or `None` while the last one has not run out."""
        if self._held and now < self._held.until:
            return None
        self._token += 1
        self._held = Lease(self._token, now + self.duration)
        return self._held

    def release(self, lease: Lease) -> None:
        """Give *lease* back early; one that has run out changes nothing."""
        if self._held == lease:
            self._held = None


class Storage:
    """A number, and the largest token that it has been shown."""

    def __init__(self, guard: str) -> None:
        if guard not in GUARDS:
            raise ValueError(f"no guard is called {guard!r}; choose one of {', '.join(GUARDS)}")
        self.value, self.highest, self._guard = 0, 0, guard

    def read(self, token: int) -> int | None:
        """The number; `None` if the token is refused."""
        return self.value if self._passes(token, "token on reads") else None

    def write(self, value: int, token: int) -> bool:
        """Store *value*, unless the token is refused."""
        passes = self._passes(token, "token on")
        if passes:
            self.value = value
        return passes

    def _passes(self, token: int, guards: str) -> bool:
        if not self._guard.startswith(guards):
            return True
        if token < self.highest:
            return False
        self.highest = token
        return True


@dataclass(frozen=True)
class Event:
    """What *worker* did at *time*.

    *what* is "acquired", "read", "wrote", "refused" (by the storage) or "gave up" (by itself).
    """

    time: float
    worker: str
    what: str
    token: int
    value: int


@dataclass(frozen=True)
class Story:
    """How a run went.

    Attributes:
        events: All that happened, in order.
        value: The number in the end.
        accepted: How many additions the workers were told are stored.
        pauses: Worker -> its pauses as (start, end).
    """

    events: tuple[Event, ...]
    value: int
    accepted: int
    pauses: dict[str, list[tuple[float, float]]]

    @property
    def lost(self) -> int:
        """Additions that were confirmed and are not in the number."""
        return self.accepted - self.value


def play(
    guard: str,
    pauses: Mapping[str, Sequence[tuple[float, float]]] | None = None,
    *,
    lease_ms: float = 100,
    think_ms: float = 20,
    send_ms: float = 5,
    until: float = 1_000,
) -> Story:
    """Let two workers, "old" and "new", add to the number.

    Args:
        guard: One of `GUARDS`.
        pauses: Worker -> when it freezes, as (start, length). What it has sent travels on; its
            next line of code runs when it wakes.
        lease_ms: How long the lock is lent.
        think_ms: From the read to the write.
        send_ms: How long a write travels to the storage.
        until: No worker begins another addition after this.
    """
    run = _Run(guard, pauses or {}, LockService(lease_ms), think_ms, send_ms, until)
    for start, name in enumerate(run.pauses):
        run.later(start, run.begin, name)
    while run.queue:
        run.now, _, action, arguments = heapq.heappop(run.queue)
        action(*arguments)
    accepted = sum(event.what == "wrote" for event in run.events)
    return Story(tuple(run.events), run.storage.value, accepted, run.pauses)


class _Run:
    """The workers' program, one method for each line; between any two of them lies a pause or none."""

    def __init__(
        self,
        guard: str,
        pauses: Mapping[str, Sequence[tuple[float, float]]],
        service: LockService,
        think_ms: float,
        send_ms: float,
        until: float,
    ) -> None:
        self.guard, self.service, self.storage = guard, service, Storage(guard)
        self.think_ms, self.send_ms, self.until = think_ms, send_ms, until
        self.now, self.events, self._count = 0.0, list[Event](), 0
        self.queue: list[tuple[float, int, Callable[..., None], tuple[object, ...]]] = []
        self.pauses = {
            name: sorted((start, start + length) for start, length in pauses.get(name, ()))
            for name in ("old", "new")
        }

    def later(self, wait: float, line: Callable[..., None], name: str, *more: object) -> None:
        """Run a worker's next line after *wait* ms, or when the worker wakes."""
        time = self.now + wait
        for start, end in self.pauses[name]:
            if start <= time < end:
                time = end
        self._push(time, line, name, *more)

    def begin(self, name: str) -> None:
        """Take the lock, or ask again in 2 ms."""
        if self.now >= self.until:
            return
        lease = self.service.acquire(self.now)
        if lease is None:
            self.later(2, self.begin, name)
            return
        self._note(name, "acquired", lease)
        self.later(1, self.read, name, lease)

    def read(self, name: str, lease: Lease) -> None:
        """Read the number and think about it."""
        value = self.storage.read(lease.token)
        if value is None:
            self._finish(name, "refused", lease)
            return
        self._note(name, "read", lease)
        self.later(self.think_ms, self.check, name, lease, value + 1)

    def check(self, name: str, lease: Lease, value: int) -> None:
        """Look at the clock, if that is the guard."""
        if self.guard == "own clock" and self.now >= lease.until:
            self._finish(name, "gave up", lease)
        else:
            self.later(1, self.send, name, lease, value)

    def send(self, name: str, lease: Lease, value: int) -> None:
        """Send the write; from here on it travels, whether the worker is awake or not."""
        self._push(self.now + self.send_ms, self.arrive, name, lease, value)

    def arrive(self, name: str, lease: Lease, value: int) -> None:
        """The storage gets the write, and the worker hears of it."""
        self._finish(name, "wrote" if self.storage.write(value, lease.token) else "refused", lease)

    def _finish(self, name: str, what: str, lease: Lease) -> None:
        self._note(name, what, lease)
        self.later(self.send_ms, self.release, name, lease)

    def release(self, name: str, lease: Lease) -> None:
        """Give the lock back and let the other one have a turn."""
        self.service.release(lease)
        self.later(4, self.begin, name)

    def _push(self, time: float, line: Callable[..., None], *arguments: object) -> None:
        self._count += 1  # first come, first served
        heapq.heappush(self.queue, (time, self._count, line, arguments))

    def _note(self, name: str, what: str, lease: Lease) -> None:
        self.events.append(Event(self.now, name, what, lease.token, self.storage.value))
