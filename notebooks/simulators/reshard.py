"""Moving rows to another shard while they are read and written.

`copy_seconds` and `busy` say what the copy costs; `run` plays an online move step by step, so that
one can leave a step out and count what is lost. The steps are those of Vitess's reshard and of
most home-made movers: keep the new place fed, backfill, compare, pause, flip the map.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

DOUBLE, LOG = "double writes", "log of the old shard"
LAG = 3  # ticks until a change has come through the log
WARM_UP, WAIT, AFTERWARDS = 5, 40, 15  # ticks: the feed alone, until a quiet hour, after the move
STALE_TICKS = 5  # how long some routers keep the old map after the cut-over
STOP_AT = 0.02  # share of differing rows at which the comparison calls the move off


def copy_seconds(gigabytes: float, bandwidth: float, writes: float) -> float:
    """Seconds until the copy has caught up; infinite if it never does.

    Args:
        gigabytes: Data to move.
        bandwidth: What the copy may use (MB/s).
        writes: What changes in that data meanwhile and has to be sent as well (MB/s).
    """
    if min(gigabytes, bandwidth, writes) < 0:
        raise ValueError(f"{gigabytes} GB, {bandwidth} and {writes} MB/s: none may be below 0")
    return gigabytes * 1_000 / (bandwidth - writes) if bandwidth > writes else math.inf


def busy(load: float, limit: float, bandwidth: float, cost: float) -> float:
    """Share of the source that is in use (1 is saturated) while a copy reads from it.

    Args:
        load: Requests/s that it serves.
        limit: Requests/s that it can serve.
        bandwidth: Of the copy (MB/s).
        cost: Requests/s of its limit that each MB/s of copying takes.
    """
    return (load + bandwidth * cost) / limit


@dataclass(frozen=True)
class Plan:
    """How a move is done; all steps are there unless `without` leaves one out.

    Attributes:
        by: How writes reach the new shard: `DOUBLE` or `LOG`.
        feed: Writes reach the new shard during the move.
        backfill: Rows that nobody writes are copied.
        keep_newer: A copied row never replaces a newer one.
        verify: All rows are compared; a few differences are repaired, many stop the move.
        pause: Writes stop until the log has drained, and only then the map changes.
        fence: From the pause on the old shard goes on refusing writes, and routers reload the map.
    """

    by: str = DOUBLE
    feed: bool = True
    backfill: bool = True
    keep_newer: bool = True
    verify: bool = True
    pause: bool = True
    fence: bool = True

    def without(self, *steps: str) -> Plan:
        """The plan with some steps left out, by name."""
        for step in steps:
            if step not in STEPS:
                raise ValueError(f"{step!r} is no step; leave out one of {', '.join(STEPS)}")
        left_out: dict[str, Any] = dict.fromkeys(steps, False)
        return replace(self, **left_out)


STEPS = ("feed", "backfill", "keep_newer", "verify", "pause", "fence")


@dataclass
class Move:
    """One move of `rows` rows, tick by tick.

    Attributes:
        phases: Phase of each tick so far.
        wrong: Rows on the new shard, at each tick, that differ from what clients were promised.
        refused: Writes that were refused, by the pause or by the fence, and done again.
        stopped: Whether the comparison called the move off; then the old shard stays in charge.
    """

    plan: Plan
    rows: int
    writes: int
    lost: float
    stale: float
    chance: np.random.Generator
    phases: list[str] = field(default_factory=list)
    wrong: list[int] = field(default_factory=list)
    refused: int = 0
    stopped: bool = False

    def __post_init__(self) -> None:
        self.old = np.arange(self.rows)  # a row's content is the number of the write that made it
        self.new = np.full(self.rows, -1)  # -1: not there
        self.promised = self.old.copy()  # what clients have been told is stored
        self.clock = self.rows
        self.log: deque[tuple[int, int, int]] = deque()

    def play(self) -> None:
        """All phases in order."""
        chunks = np.array_split(np.arange(self.rows), 30)
        self._phase("feed", WARM_UP)
        if self.plan.backfill:
            for chunk in chunks:
                read = self.old[chunk].copy()
                self._phase("backfill", 1)  # writes go on between reading and storing
                self._store(chunk, read)
        self._phase("wait", WAIT)
        if self.plan.verify:
            differing = 0
            for chunk in chunks:
                self._phase("verify", 1)
                differing += self._repair(chunk)
            if differing > STOP_AT * self.rows:
                self.stopped = True
                return
        if self.plan.pause:
            self._phase("pause", LAG + 1)
        self.log.clear()  # the stream ends with the cut-over
        self._phase("cut over", AFTERWARDS)

    def _phase(self, name: str, ticks: int) -> None:
        for tick in range(ticks):
            late = name == "cut over" and tick < STALE_TICKS
            if name == "pause":
                self.refused += self.writes
            else:
                for row in self.chance.integers(self.rows, size=self.writes):
                    self._write(int(row), moved=name == "cut over", late=late)
            while self.log and self.log[0][0] <= len(self.phases):
                _, row, content = self.log.popleft()
                self.new[row] = content
            self.phases.append(name)
            self.wrong.append(int(np.count_nonzero(self.new != self.promised)))

    def _write(self, row: int, *, moved: bool, late: bool) -> None:
        self.clock += 1
        to_old = not moved or (late and self.chance.random() < self.stale)
        if to_old and moved and self.plan.fence:
            self.refused += 1
            to_old = False
        self.promised[row] = self.clock
        if not to_old:
            self.new[row] = self.clock
            return
        self.old[row] = self.clock
        if moved or not self.plan.feed:
            return
        if self.plan.by == LOG:
            self.log.append((len(self.phases) + LAG, row, self.clock))
        elif self.chance.random() >= self.lost:
            self.new[row] = self.clock

    def _store(self, rows: NDArray[np.int64], contents: NDArray[np.int64]) -> None:
        newer = contents > self.new[rows] if self.plan.keep_newer else np.full(len(rows), True)
        self.new[rows[newer]] = contents[newer]

    def _repair(self, rows: NDArray[np.int64]) -> int:
        on_the_way = {row for _, row, _ in self.log}  # compared again later, not counted
        waits = np.array([row in on_the_way for row in rows.tolist()])
        differ = rows[(self.old[rows] != self.new[rows]) & ~waits]
        self.new[differ] = self.old[differ]
        return len(differ)


def run(
    plan: Plan,
    *,
    rows: int = 2_000,
    writes: int = 20,
    lost: float = 0.01,
    stale: float = 0.1,
    seed: int = 1,
) -> Move:
    """Play one move.

    Args:
        plan: Its steps.
        rows: Rows of the bucket that moves.
        writes: Writes in each tick, to random rows.
        lost: Share of double writes whose second half fails unnoticed (0 to 1).
        stale: Share of writes that still use the old map just after the cut-over (0 to 1).
        seed: Same seed, same move.
    """
    if rows < 30 or writes < 0 or not (0 <= lost <= 1 and 0 <= stale <= 1):
        raise ValueError(
            f"rows={rows}, writes={writes}, lost={lost}, stale={stale}: "
            "use 30 rows or more, 0 writes or more, and shares from 0 to 1"
        )
    move = Move(plan, rows, writes, lost, stale, np.random.default_rng(seed))
    move.play()
    return move
