"""One hot key, its expiry, and the origin that has to rebuild it: a simulation in small steps.

Loads share the origin's cores fairly, so many loads make each of them slow. Readers give up after
a timeout, but the origin works on for them; a result that nobody waits for any more is lost.
That is all it takes for an outage that outlives its cause.

Sources: early refresh by chance is XFetch of Vattani, Chierichetti and Lowenstein, "Optimal
probabilistic cache stampede prevention", VLDB 2015; the two states are described by Bronson,
Aghayev, Charapko and Zhu, "Metastable failures in distributed systems", HotOS 2021.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

STEP = 0.01
"""Seconds that one step stands for."""


@dataclass(frozen=True)
class Scene:
    """The hot key and the origin.

    Attributes:
        rate: Reads of the key a second.
        ttl: Seconds for which a stored value is fresh.
        work: Seconds that one core needs for a rebuild.
        cores: Cores of the origin that are free for rebuilds.
        timeout: Seconds after which a reader gives up.
    """

    rate: float
    ttl: float
    work: float
    cores: int
    timeout: float

    def __post_init__(self) -> None:
        values = (self.rate, self.ttl, self.work, self.cores, self.timeout)
        if not min(values) > 0:
            raise ValueError(f"{self} has a value that is not above 0: all of them must be")


@dataclass(frozen=True)
class Protection:
    """What stands between an expired key and the origin; nothing, as long as nothing is set.

    Attributes:
        flights: Loads of this key that may run at once: 1 for one lock for the whole fleet, the
            number of processes for a lock in each of them, `None` for no lock.
        grace: Seconds after expiry in which readers get the old value while it is refreshed.
        beta: Eagerness of early refresh by chance; 0 is none, 1 is the paper's choice.
        cap: Loads that the origin admits at once; further readers fail at once.
    """

    flights: int | None = None
    grace: float = 0
    beta: float = 0
    cap: int | None = None


@dataclass(frozen=True)
class Run:
    """What happened, one number per step of `STEP` seconds.

    Attributes:
        running: Loads that the origin works on at the end of the step.
        asked: Readers that came.
        failed: Readers that were refused, or gave up, in this step.
        stale: Readers that got an expired value.
        started: Loads that began.
    """

    running: NDArray[np.int64]
    asked: NDArray[np.int64]
    failed: NDArray[np.int64]
    stale: NDArray[np.int64]
    started: NDArray[np.int64]

    @property
    def seconds(self) -> NDArray[np.float64]:
        """The time of each step (s)."""
        return np.asarray(np.arange(len(self.running)) * STEP, dtype=np.float64)


@dataclass(eq=False)
class _Load:
    """One load, or several identical ones that began in the same step."""

    count: int
    lane: int
    began: float
    done_at: float  # in seconds of work that each load has got
    waiting: int = 0  # readers that still want the result
    wanted: bool = False  # by the cache itself: a refresh in the background
    done: bool = False


@dataclass(eq=False)
class _World:
    """The state between two steps; `step` moves it on by `STEP` seconds."""

    scene: Scene
    protection: Protection
    rng: np.random.Generator
    expires: float  # when the stored value does
    took: float  # seconds that the last load took, which XFetch reckons with
    now: float = 0.0
    progress: float = 0.0  # seconds of work that a load would have got since time 0
    running: int = 0
    loads: deque[_Load] = field(default_factory=deque)  # equal work: the first in is the first out
    lanes: dict[int, _Load] = field(default_factory=dict)
    patience: deque[tuple[float, int, _Load]] = field(default_factory=deque)  # by arrival
    failed: int = 0
    stale: int = 0
    started: int = 0

    def step(self, readers: int) -> None:
        """Let *readers* come, and the origin work for one step."""
        self.failed = self.stale = self.started = 0
        if self.now < self.expires:
            self._refresh_early(readers)
        elif self.now < self.expires + self.protection.grace:
            self.stale = readers
            if readers and 0 not in self.lanes:
                self._start(1, lane=0, wanted=True)
        elif readers:
            self._ask(readers)
        self.now += STEP
        self._work()
        self._give_up()

    def _refresh_early(self, readers: int) -> None:
        if not self.protection.beta or not readers:
            return
        left = self.expires - self.now
        # P(took x beta x -ln(u) >= left) for a u that is uniform between 0 and 1
        chance = math.exp(-left / (self.took * self.protection.beta))
        if early := int(self.rng.binomial(readers, chance)):
            self._ask(early)

    def _ask(self, readers: int) -> None:
        """Readers want a value: each joins the load of its lane, or starts one."""
        if self.protection.flights is None:
            self._wait(readers, self._start(readers, lane=-1))
            return
        drawn = self.rng.integers(self.protection.flights, size=readers)
        lanes, counts = np.unique(drawn, return_counts=True)
        for lane, count in zip(lanes.tolist(), counts.tolist(), strict=True):
            self._wait(count, self.lanes.get(lane) or self._start(1, lane=lane))

    def _start(self, loads: int, *, lane: int, wanted: bool = False) -> _Load | None:
        """Start so many loads, or as many as the origin admits; `None` if it admits none."""
        if self.protection.cap is not None:
            loads = min(loads, self.protection.cap - self.running)
        if not loads:
            return None
        load = _Load(loads, lane, self.now, self.progress + self.scene.work, wanted=wanted)
        self.loads.append(load)
        self.running += loads
        self.started += loads
        if lane >= 0:
            self.lanes[lane] = load
        return load

    def _wait(self, readers: int, load: _Load | None) -> None:
        places = 0 if load is None else readers if load.lane >= 0 else load.count
        self.failed += readers - places
        if load is not None:
            load.waiting += places
            self.patience.append((self.now, places, load))

    def _work(self) -> None:
        if self.running:
            self.progress += STEP * min(1.0, self.scene.cores / self.running)
        while self.loads and self.loads[0].done_at <= self.progress + 1e-9:
            load = self.loads.popleft()
            load.done = True
            self.running -= load.count
            self.lanes.pop(load.lane, None)
            if load.waiting or load.wanted:
                self.expires = self.now + self.scene.ttl
                self.took = self.now - load.began

    def _give_up(self) -> None:
        while self.patience and self.now - self.patience[0][0] > self.scene.timeout:
            _, readers, load = self.patience.popleft()
            if not load.done:
                load.waiting -= readers
                self.failed += readers


def simulate(scene: Scene, protection: Protection, seconds: float, seed: int) -> Run:
    """Read the key for *seconds*; the value was stored at time 0 and so expires at `scene.ttl`."""
    rng = np.random.default_rng(seed)
    arrivals = rng.poisson(scene.rate * STEP, size=round(seconds / STEP))
    world = _World(scene, protection, rng, expires=scene.ttl, took=scene.work)
    rows = []
    for readers in arrivals.tolist():
        world.step(readers)
        rows.append((world.running, readers, world.failed, world.stale, world.started))
    return Run(*np.array(rows, dtype=np.int64).reshape(-1, 5).T)


def reload_times(
    keys: int, ttl: float, jitter: float, gap: float, seconds: float, seed: int
) -> NDArray[np.float64]:
    """When (s) *keys* different keys are loaded again that a bulk import stored at time 0.

    Args:
        keys: How many there are.
        ttl: Their lifetime (s).
        jitter: Share by which each lifetime is shortened or lengthened at random, such as 0.1.
        gap: Mean time (s) between two reads of a key, which decides when its miss comes.
        seconds: How long to look.
        seed: For the random numbers.
    """
    if not 0 <= jitter < 1:
        raise ValueError(f"a jitter of {jitter} is no share of a lifetime: use 0 to 1, without 1")
    rng = np.random.default_rng(seed)
    when, found = np.zeros(keys), []
    while len(when):
        lives = ttl * (1 + jitter * rng.uniform(-1, 1, len(when)))
        when = when + lives + rng.exponential(gap, len(when))
        when = when[when < seconds]
        found.append(when)
    return np.sort(np.concatenate(found)) if found else np.zeros(0)
