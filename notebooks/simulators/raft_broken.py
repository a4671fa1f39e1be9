"""Raft with one rule missing, and the weather in which one notices.

Every class is a mistake that somebody could make, and each breaks a property of Figure 3. They
show what the rules are for, and that `simulators.raft_safety` finds what it is looking for.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from simulators.raft_client import Client
from simulators.raft_cluster import Cluster
from simulators.raft_messages import AppendEntries, RequestVote, Settings
from simulators.raft_network import Network
from simulators.raft_safety import UnsafeError
from simulators.raft_server import Server


class ForgetsVote(Server):
    """Keeps its vote in memory only, so after a restart it can vote again in the same term."""

    def __init__(self, *args: Any, **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        self.disk.voted_for = None


class LosesTail(Server):
    """Acknowledges before fsync: a crash costs the last two entries of its log."""

    def __init__(self, *args: Any, **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        del self.disk.log[-2:]


class VotesForAnybody(Server):
    """Votes without comparing the logs (without section 5.4.1)."""

    def _may_vote(self, request: RequestVote) -> bool:
        return self.disk.voted_for in (None, request.sender)


class PrefersLongLogs(Server):
    """Compares the length of the logs and not the term of their last entries."""

    def _may_vote(self, request: RequestVote) -> bool:
        free = self.disk.voted_for in (None, request.sender)
        return free and request.last[1] >= self.disk.last[1]


class SkipsCheck(Server):
    """Appends without looking at the entry before (without the check of section 5.3)."""

    def _agrees(self, append: AppendEntries) -> bool:
        return append.previous[0] <= len(self.disk.log)


class CutsTail(Server):
    """Cuts its log behind every message, although nothing conflicts: late messages undo newer ones."""

    def _store(self, append: AppendEntries) -> None:
        self.disk.log[append.previous[0] :] = append.entries


class CountsAnyTerm(Server):
    """Commits every entry that a majority holds, whatever its term (without section 5.4.2)."""

    def _may_count(self, index: int) -> bool:
        return True


class HalfIsEnough(Server):
    """Takes two of five for a majority."""

    def __init__(self, *args: Any, **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        self.quorum -= 1


@dataclass(frozen=True)
class Mistake:
    """A rule left out.

    Attributes:
        kind: The server without it.
        found: In how many of the storms with seeds 0 to 999 a property was broken.
        seed: The first such storm; 0 if there was none.
    """

    kind: type[Server]
    found: int
    seed: int


BROKEN = {
    "two of five are a majority": Mistake(HalfIsEnough, 819, 0),
    "acknowledges before fsync": Mistake(LosesTail, 682, 0),
    "votes without comparing logs": Mistake(VotesForAnybody, 612, 0),
    "cuts the tail at every append": Mistake(CutsTail, 359, 3),
    "appends without the consistency check": Mistake(SkipsCheck, 96, 20),
    "keeps its vote in memory only": Mistake(ForgetsVote, 11, 12),
    "votes for the longest log": Mistake(PrefersLongLogs, 10, 46),
    "counts copies of any term": Mistake(CountsAnyTerm, 0, 0),
}
"""The mistake in words, the easiest to find first."""


@dataclass(frozen=True)
class Verdict:
    """How one run ended.

    Attributes:
        time: When it was stopped, or its end (ms).
        steps: How many events were checked.
        problem: The property that was broken, or "".
        cluster: The cluster as it was then.
    """

    time: float
    steps: int
    problem: str
    cluster: Cluster


def storm(cluster: Cluster, seed: int, until: float) -> None:
    """Plan trouble at random, about every 40 ms: quick restarts, crashes, partitions, pauses."""
    chance = random.Random(seed)
    names, time = list(cluster.names), 60.0
    while (time := time + chance.expovariate(1 / 40)) < until:
        kind = chance.choices(("blink", "crash", "partition", "pause", "heal"), (4, 2, 3, 1, 2))[0]
        some = chance.sample(names, chance.randint(1, len(names) // 2))
        if kind == "partition":
            cluster.at(time, "partition", some, [name for name in names if name not in some])
        elif kind == "heal":
            cluster.at(time, "heal")
        else:
            away = chance.uniform(1, 8) if kind == "blink" else chance.uniform(50, 250)
            leave, come = ("pause", "resume") if kind == "pause" else ("crash", "restart")
            for name in some:
                cluster.at(time, leave, name)
                cluster.at(time + away, come, name)


def brave(kind: type[Server], seed: int, until: float = 2_000) -> Verdict:
    """Play *kind* through a storm in which messages are lost, repeated and overtake each other."""
    cluster = Cluster(
        seed=seed,
        kind=kind,
        settings=Settings(batch=1, no_op=False, hold_back=False, timeout=(90, 140), heartbeat=40),
        network=Network(delay=(1, 40), loss=0.05, repeat=0.05),
    )
    for name in cluster.names:  # every server has a client that knows no other
        writer = Client(f"at {name}", [name], kind="write", every=60, patience=60, attempts=1)
        cluster.join(writer.name, writer)
    storm(cluster, seed, until)
    try:
        cluster.run(until)
    except UnsafeError as error:
        return Verdict(cluster.now, _steps(cluster), str(error), cluster)
    return Verdict(until, _steps(cluster), "", cluster)


def _steps(cluster: Cluster) -> int:
    return cluster.witness.steps if cluster.witness else 0
