"""What a majority costs and gives: commit latency, availability, and how long elections take.

Latency: the leader writes its own disk while its messages travel (D. Ongaro: Consensus: Bridging
Theory and Practice, dissertation, Stanford, 2014, section 10.2.1), so a commit takes one round trip
to the slowest follower *needed*, plus one synced write there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

from simulators.raft_cluster import Cluster
from simulators.raft_messages import Settings
from simulators.raft_network import Network

HOURS_A_YEAR = 8_760

RTT_MS = {
    ("Virginia", "Oregon"): 60,
    ("Virginia", "Dublin"): 80,
    ("Virginia", "Frankfurt"): 90,
    ("Virginia", "Singapore"): 230,
    ("Oregon", "Dublin"): 130,
    ("Oregon", "Frankfurt"): 150,
    ("Oregon", "Singapore"): 180,
    ("Dublin", "Frankfurt"): 25,
    ("Dublin", "Singapore"): 180,
    ("Frankfurt", "Singapore"): 160,
}
"""Round trips between regions (ms). 60, 80 and 180 (Oregon): sirupsen/napkin-math, 2026; 150: the
classic California to Netherlands of 2012; the others are assumed, in proportion to distance."""

REGIONS = ("Virginia", "Oregon", "Dublin", "Frankfurt", "Singapore")


def rtt_ms(a: str, b: str) -> float:
    """Round trip (ms) between two regions; 1 within a region, between its zones."""
    if a == b:
        return 1
    return RTT_MS[(a, b)] if (a, b) in RTT_MS else RTT_MS[(b, a)]


def quorum(voters: int) -> int:
    """How many are a majority of *voters*."""
    if voters < 1:
        raise ValueError(f"a cluster has at least one voter, not {voters}")
    return voters // 2 + 1


def tolerated(voters: int) -> int:
    """How many of *voters* may fail at the same time: f of 2f + 1."""
    return voters - quorum(voters)


def commit_ms(followers_rtt_ms: Sequence[float], fsync_ms: float) -> float:
    """Shortest time from the leader's append to the commit (ms).

    Args:
        followers_rtt_ms: Round trip from the leader to each follower.
        fsync_ms: A synced write, on each machine.
    """
    needed = quorum(len(followers_rtt_ms) + 1) - 1  # the leader counts itself
    return fsync_ms + (sorted(followers_rtt_ms)[needed - 1] if needed else 0)


def unavailable(voters: int, node_down: float, common: float = 0.0) -> float:
    """Share of the time without a majority.

    Args:
        voters: Size of the cluster.
        node_down: Share of the time that one machine is down.
        common: Share of that which hits all machines together: a bad release, an expired
            certificate. The rest strikes independently.
    """
    if not (0 <= node_down <= 1 and 0 <= common <= 1):
        raise ValueError(f"node_down={node_down} and common={common} are shares between 0 and 1")
    together = node_down * common
    alone = node_down * (1 - common)
    lost = sum(
        math.comb(voters, dead) * alone**dead * (1 - alone) ** (voters - dead)
        for dead in range(tolerated(voters) + 1, voters + 1)
    )
    return together + (1 - together) * lost


def hours_a_year(share: float) -> str:
    """A share of the time as one says it: "2.6 h", "5.2 min" or "3 s" a year."""
    seconds = share * HOURS_A_YEAR * 3_600
    for size, unit in ((3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{float(f'{seconds / size:.2g}'):,.10g} {unit}"
    return f"{float(f'{seconds:.2g}'):.10g} s"


@cache
def elections(
    low: float, high: float, delay_ms: float, runs: int = 40, cap: float = 2_000
) -> tuple[tuple[float, int], ...]:
    """How long five servers are without a leader after theirs has died.

    The last heartbeat reaches all four others at time 0, as in section 9.3 of the Raft paper; the
    votes of three of them are needed.

    Args:
        low: Shortest election timeout (ms).
        high: Longest election timeout (ms).
        delay_ms: One way of a message takes between a half and once this time.
        runs: How many elections, each with a seed of its own.
        cap: A run is given up after this time (ms).

    Returns:
        For each run the time without a leader (ms, at most *cap*) and the terms it took.
    """
    settings = Settings(heartbeat=low / 3, timeout=(low, high), hold_back=False)
    found = []
    for seed in range(runs):
        network = Network(delay=(delay_ms / 2, delay_ms))
        cluster = Cluster(seed=seed, settings=settings, network=network, watch=False)
        cluster.crash("A")
        while not cluster.leader() and cluster.step(cap):
            pass
        term = max(disk.term for disk in cluster.disks.values())
        found.append((cluster.now if cluster.leader() else cap, term))
    return tuple(found)
