"""Clients that hang up and try again, and a service that works on for those who have gone.

An event simulation. Calls arrive at random; the server does not see that a client hung up. What
counts is *goodput*: answers for which somebody is still waiting. Refusing costs nothing here; a
real server pays some CPU for it, too.

Sources: N. Bronson et al., *Metastable Failures in Distributed Systems*, HotOS 2021; M. Brooker,
*Timeouts, retries, and backoff with jitter*, Amazon Builders' Library (full jitter, a token bucket
for retries).
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import numpy as np

from .shedding import Request, Server, WaitingLine

SERIES = (
    "calls",
    "attempts",
    "good",
    "late",
    "refused",
    "failed",
    "important",
    "good_important",
    "queue",
)
_BUCKET = 10.0  # most retries that clients may save up in quiet times
_SEND, _DONE, _HANG_UP = range(3)


@dataclass(frozen=True)
class Clients:
    """How the callers behave.

    Attributes:
        rate: Calls (1/s) outside the burst.
        timeout_s: A client hangs up after this long.
        retries: Attempts after the first.
        backoff_s: The k-th retry waits between 0 and backoff_s x 2**(k-1): "full jitter".
        budget: Retries allowed per call, over all clients together (0.1 is 10%); None: no limit.
        important: Share of the calls that matter most, such as payments.
    """

    rate: float = 60.0
    timeout_s: float = 1.0
    retries: int = 3
    backoff_s: float = 0.0
    budget: float | None = None
    important: float = 0.2


@dataclass(frozen=True)
class Burst:
    """The trigger: from `start_s` on, for `length_s`, the rate is `times` as high."""

    start_s: float = 20.0
    length_s: float = 30.0
    times: float = 2.0

    @property
    def end_s(self) -> float:
        """When it is over (s)."""
        return self.start_s + self.length_s


@dataclass(frozen=True)
class Timeline:
    """What happened, second by second; see `SERIES`.

    Attributes:
        series: Name -> count in each second. `calls` are first attempts; `good` answers came in
            time, `late` ones after their client had gone; `failed` calls were given up; `queue` is
            who waits at the end of the second; `important` are such calls.
        longest_queue: Most that ever waited.
        work_s: Seconds of workers spent on good answers, and on late ones.
    """

    series: dict[str, np.ndarray]
    longest_queue: int
    work_s: tuple[float, float]

    def __getitem__(self, name: str) -> np.ndarray:
        return self.series[name]

    def smooth(self, name: str, seconds: int = 5) -> np.ndarray:
        """The series as a moving mean over the *seconds* up to each one."""
        padded = np.concatenate([np.full(seconds - 1, self[name][0]), self[name]])
        return np.convolve(padded, np.ones(seconds) / seconds, mode="valid")

    def share(self, start_s: float, end_s: float, kind: str = "calls") -> float:
        """Good answers per call between two times (0..1); `kind` may be "important"."""
        part = slice(int(start_s), int(end_s))
        good = self["good_important" if kind == "important" else "good"][part].sum()
        return float(good / max(1, self[kind][part].sum()))

    def recovery_s(self, burst: Burst) -> float | None:
        """Seconds from the end of the burst until 90% of all calls are good, for good; or None."""
        bad = np.flatnonzero(self.smooth("good") < 0.9 * self.smooth("calls"))
        last = int(bad[-1]) + 1 if len(bad) else 0
        return None if last >= len(self["calls"]) - 5 else max(0.0, last - burst.end_s)


def run(
    clients: Clients, server: Server, burst: Burst, *, seconds: int = 150, seed: int = 1
) -> Timeline:
    """Simulate *seconds*; the same seed gives the same calls at the same times.

    Raises:
        ValueError: If a setting of the clients is out of range.
    """
    if clients.rate <= 0 or clients.timeout_s <= 0 or clients.retries < 0:
        raise ValueError("rate and timeout_s must be above zero, and retries not below")
    return _Engine(clients, server, seconds, seed).run(burst)


def arrivals(rate: float, burst: Burst, seconds: float, chance: random.Random) -> Iterator[float]:
    """Times of Poisson arrivals whose rate is `burst.times` as high during the burst."""
    for start, end, times in (
        (0.0, burst.start_s, 1.0),
        (burst.start_s, burst.end_s, burst.times),
        (burst.end_s, float(seconds), 1.0),
    ):
        at = start + chance.expovariate(rate * times)
        while at < min(end, seconds):
            yield at
            at += chance.expovariate(rate * times)


class _Engine:
    """The state of one simulation; events are (time, number, kind, request)."""

    def __init__(self, clients: Clients, server: Server, seconds: int, seed: int) -> None:
        self.clients, self.server, self.seconds = clients, server, seconds
        self.calls, self.chance = random.Random(seed), random.Random(seed + 1)
        self.line = WaitingLine(server)
        self.counts = {name: [0] * seconds for name in SERIES}
        self.events: list[tuple[float, int, int, Request]] = []
        self.number = count()
        self.idle, self.tokens, self.longest = server.workers, _BUCKET, 0
        self.work = [0.0, 0.0]

    def run(self, burst: Burst) -> Timeline:
        steps = {_SEND: self.send, _DONE: self.done, _HANG_UP: self.hang_up}
        coming = arrivals(self.clients.rate, burst, self.seconds, self.calls)
        self.call(coming)
        second = 0
        while self.events and self.events[0][0] < self.seconds:
            now, _, kind, request = heapq.heappop(self.events)
            while second < int(now):
                self.counts["queue"][second] = len(self.line)
                second += 1
            if kind == _SEND and request.attempt == 0:
                self.call(coming)
                self.count("calls", now)
                self.counts["important"][int(now)] += request.important
                self.tokens = min(_BUCKET, self.tokens + (self.clients.budget or 0))
            steps[kind](now, request)
        self.counts["queue"][second:] = [len(self.line)] * (self.seconds - second)
        series = {name: np.array(values) for name, values in self.counts.items()}
        return Timeline(series, self.longest, (self.work[0], self.work[1]))

    def count(self, name: str, now: float) -> None:
        self.counts[name][int(now)] += 1

    def at(self, time: float, kind: int, request: Request) -> None:
        heapq.heappush(self.events, (time, next(self.number), kind, request))

    def call(self, coming: Iterator[float]) -> None:
        sent = next(coming, None)
        if sent is not None:
            important = self.calls.random() < self.clients.important
            self.at(sent, _SEND, Request(sent, sent + self.clients.timeout_s, 0, important))

    def send(self, now: float, request: Request) -> None:
        self.count("attempts", now)
        self.at(request.deadline, _HANG_UP, request)
        refused = self.line.offer(request) if not self.idle else None
        if self.idle:
            self.start(now, request)
        elif refused is not None:
            self.refuse(now, refused)
        self.longest = max(self.longest, len(self.line))

    def start(self, now: float, request: Request) -> None:
        self.idle -= 1
        self.at(now + self.server.service_s * self.chance.uniform(0.5, 1.5), _DONE, request)

    def done(self, now: float, request: Request) -> None:
        self.idle += 1
        if request.awaited:
            request.awaited = False
            self.count("good", now)
            self.counts["good_important"][int(now)] += request.important
        else:
            self.count("late", now)
        following, dropped = self.line.take(now)
        if following is not None:
            self.start(now, following)
        for one in dropped:
            self.refuse(now, one)

    def refuse(self, now: float, request: Request) -> None:
        self.count("refused", now)
        if request.awaited:
            self.hang_up(now, request)

    def hang_up(self, now: float, request: Request) -> None:
        """The client learns that this attempt brought nothing, and may try again."""
        if not request.awaited:
            return
        request.awaited = False
        clients = self.clients
        if request.attempt >= clients.retries or not self.may_retry():
            self.count("failed", now)
            return
        sent = now + clients.backoff_s * 2**request.attempt * self.chance.random()
        again = Request(sent, sent + clients.timeout_s, request.attempt + 1, request.important)
        self.at(sent, _SEND, again)

    def may_retry(self) -> bool:
        if self.clients.budget is None:
            return True
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True
