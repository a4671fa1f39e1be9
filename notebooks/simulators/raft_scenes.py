"""Ready-made situations: an election, a partition with clients on both sides, a deposed leader's reads.

Times are in milliseconds. A `witness` checks the safety properties after every event of all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simulators.raft_client import Client, Operation, stale_reads
from simulators.raft_cluster import Cluster
from simulators.raft_messages import Settings
from simulators.raft_network import Network

FIRST_LEADER_BY = 500
"""By then a leader is elected and known in the situations below, which start quietly."""

READS = {"local": "From memory", "index": "After a heartbeat round", "lease": "Under a lease"}
"""How a read is answered, by its mode, in words."""


def election(seed: int, spread: float, delay: float, until: float = 900) -> Cluster:
    """Five servers, the leader A dead at time 0; the others wait 150 ms to 150 + *spread* ms.

    Messages take a half to the whole of *delay* ms one way.
    """
    settings = Settings(timeout=(150, 150 + spread), hold_back=False)
    cluster = Cluster(seed=seed, settings=settings, network=Network(delay=(delay / 2, delay)))
    cluster.crash("A")
    return cluster.run(until)


def candidacies(cluster: Cluster) -> int:
    """How often somebody stood for election."""
    return sum(
        change.state == "candidate"
        for name in cluster.names
        for change in [one for one in cluster.changes if one.name == name]
    )


@dataclass(frozen=True)
class Split:
    """A partition that has been played.

    Attributes:
        cluster: Everything that happened.
        old: The leader that was cut off.
        beside: The one server that it still reaches.
        left: The client on the leader's side.
        right: The client on the other side.
    """

    cluster: Cluster
    old: str
    beside: str
    left: Client
    right: Client


def partition(seed: int, start: float, length: float, until: float) -> Split:
    """Cut the leader and one follower off from the three others; both sides have a writing client."""
    cluster, old, others = _with_leader(seed)
    clients = [
        Client(name, servers, kind="write", every=60, start=FIRST_LEADER_BY, patience=70)
        for name, servers in (
            ("left", [old, others[0], *others[1:]]),
            ("right", [*others[1:], others[0], old]),
        )
    ]
    for client in clients:
        cluster.join(client.name, client)
    cluster.at(start, "partition", [old, others[0], "left"], [*others[1:], "right"])
    cluster.at(start + length, "heal")
    return Split(cluster.run(until), old, others[0], *clients)


@dataclass(frozen=True)
class Reads:
    """What two readers saw while one writer wrote.

    Attributes:
        writes: All writes.
        at_old: Reads that went to the leader of the beginning, and only there.
        at_new: Reads that went to the other servers.
        stale: Those of both that were older than something known when they began.
    """

    writes: Sequence[Operation]
    at_old: Sequence[Operation]
    at_new: Sequence[Operation]
    stale: Sequence[Operation]


def deposed_reads(
    seed: int, mode: str, length: float, speed: float = 1.0, start: float = 700
) -> Reads:
    """Cut the leader off from all others for *length* ms and read everywhere.

    Args:
        seed: Of the run.
        mode: "local", "lease" or "index".
        length: Of the partition.
        speed: How fast the old leader's clock runs, against real time.
        start: Of the partition.
    """
    cluster, old, others = _with_leader(seed)
    writer = Client("w", [old, *others], kind="write", every=30, start=550, patience=60)
    at_old, at_new = (
        Client(name, servers, kind="read", every=10, start=550, patience=60, mode=mode)
        for name, servers in (("at old", [old]), ("at new", others))
    )
    for client in (writer, at_old, at_new):
        cluster.join(client.name, client)
    cluster.at(550, "drift", old, speed)
    cluster.at(start, "partition", [old, "at old"], [*others, "at new", "w"])
    cluster.at(start + length, "heal")
    cluster.run(start + length + 200)
    stale = stale_reads(writer.history, [*at_old.history, *at_new.history])
    return Reads(writer.history, at_old.history, at_new.history, stale)


def _with_leader(seed: int) -> tuple[Cluster, str, list[str]]:
    """A quiet cluster, the leader that it has by 500 ms, and the others."""
    cluster = Cluster(seed=seed)
    cluster.run(FIRST_LEADER_BY)
    leader = cluster.leader()
    if leader is None:
        raise ValueError(f"with seed {seed} nobody leads after {FIRST_LEADER_BY} ms: try another")
    return cluster, leader, [name for name in cluster.names if name != leader]


def newest_known(writes: Sequence[Operation]) -> tuple[list[float], list[int]]:
    """When which value was the newest that had been acknowledged: times (ms) and values."""
    done = sorted((op.ended, op.wrote or 0) for op in writes if op.ended is not None)
    return [time for time, _ in done], [value for _, value in done]


def mean_latency(operations: Sequence[Operation], before: float) -> float:
    """Mean time (ms) from question to answer, of operations that started before *before*."""
    took = [op.ended - op.started for op in operations if op.ended and op.started < before]
    return sum(took) / len(took) if took else float("nan")
