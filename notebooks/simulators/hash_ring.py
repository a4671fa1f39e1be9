"""From a key to a node, in five ways, and what each of them moves when a node comes or goes.

Keys and nodes are whole numbers, and all hashing is arithmetic: the same in every process and on
every machine, unlike Python's own `hash()` of text. Placements are values; `added` and `removed`
return new ones.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from simulators.hashes import GOLDEN, REDIS_SLOTS, Keys, jump, mix

Owners = NDArray[np.int64]


@dataclass(frozen=True)
class Placement:
    """Which node each key belongs to.

    Attributes:
        nodes: Numbers of the nodes, each once.
    """

    nodes: tuple[int, ...]

    def __post_init__(self) -> None:
        if not self.nodes or len(set(self.nodes)) != len(self.nodes) or min(self.nodes) < 0:
            raise ValueError(f"nodes={self.nodes} needs different whole numbers from 0, at least 1")

    def owners(self, keys: Keys) -> Owners:
        """The node of each key."""
        raise NotImplementedError

    @property
    def memory(self) -> int:
        """Bytes of the table that every router holds."""
        raise NotImplementedError

    def added(self, node: int) -> Self:
        """The placement after *node* has joined."""
        return replace(self, nodes=(*self.nodes, node))

    def removed(self, node: int) -> Self:
        """The placement after *node* has left."""
        if node not in self.nodes:
            raise ValueError(f"node {node} is not among {self.nodes}; remove one that is")
        return replace(self, nodes=tuple(other for other in self.nodes if other != node))


class Modulo(Placement):
    """Hash modulo the number of nodes: what everybody writes first."""

    def owners(self, keys: Keys) -> Owners:
        """The node of each key."""
        found: Owners = np.array(self.nodes)[_remainder(keys, len(self.nodes))]
        return found

    memory = 4


@dataclass(frozen=True)
class Ring(Placement):
    """Consistent hashing: a key belongs to the first point at or after it on a circle.

    Karger and others, *Consistent hashing and random trees*, STOC 1997.

    Attributes:
        virtual: Points (virtual nodes) of each node.
    """

    virtual: int = 100

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.virtual < 1:
            raise ValueError(f"virtual={self.virtual}: a node needs at least 1 point on the ring")

    @cached_property
    def points(self) -> tuple[Keys, Owners]:
        """Positions in rising order, and the node of each."""
        steps = np.arange(self.virtual, dtype=np.uint64) * GOLDEN
        places = np.concatenate([mix(_seed(node) + steps) for node in self.nodes])
        owners = np.repeat(np.array(self.nodes), self.virtual)
        order = np.lexsort(
            (owners, places)
        )  # of two points in one place, the smaller node's counts
        return places[order], owners[order]

    def owners(self, keys: Keys) -> Owners:
        """The node of each key."""
        places, owners = self.points
        return owners[np.searchsorted(places, mix(keys)) % len(places)]

    @property
    def memory(self) -> int:
        """Bytes: a position of 8 and a node of 4 for each point."""
        return 12 * self.virtual * len(self.nodes)


class Rendezvous(Placement):
    """Highest random weight: every node bids for every key, and the highest bid wins.

    Thaler and Ravishankar, IEEE/ACM Transactions on Networking 6 (1), 1998.
    """

    def owners(self, keys: Keys) -> Owners:
        """The node of each key."""
        hashed = mix(keys)
        best, winner = np.zeros_like(hashed), np.full(len(hashed), -1, dtype=np.int64)
        for node in sorted(self.nodes):
            bid = mix(hashed ^ _seed(node))
            higher = (bid > best) | (winner < 0)
            best, winner = np.where(higher, bid, best), np.where(higher, node, winner)
        return winner

    @property
    def memory(self) -> int:
        """Bytes: a seed of 8 for each node."""
        return 8 * len(self.nodes)


class Jump(Placement):
    """Jump hash: no table at all, but nodes can only be added and removed at the end.

    Lamping and Veach, *A fast, minimal memory, consistent hash algorithm*, 2014.
    """

    def owners(self, keys: Keys) -> Owners:
        """The node of each key."""
        return np.array(self.nodes)[jump(mix(keys), len(self.nodes))]

    def removed(self, node: int) -> Self:
        """The placement after the newest node has left."""
        if node != self.nodes[-1]:
            raise ValueError(f"jump hash can only lose its newest node, {self.nodes[-1]}")
        return super().removed(node)

    memory = 4


@dataclass(frozen=True)
class Slots(Placement):
    """A fixed number of slots between keys and nodes, and a table that says who has which slot.

    Redis Cluster specification (16,384 slots); Citus and many home-made routers likewise.
    Vitess maps ranges of the hash instead.

    Attributes:
        slots: How many; it never changes.
        table: Slot -> node; equal runs in the order of the nodes when it is left out.
    """

    slots: int = REDIS_SLOTS
    table: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.slots < len(self.nodes):
            raise ValueError(f"{self.slots} slots are too few for {len(self.nodes)} nodes")
        runs = tuple(self.nodes[i * len(self.nodes) // self.slots] for i in range(self.slots))
        object.__setattr__(self, "table", self.table or runs)

    def owners(self, keys: Keys) -> Owners:
        """The node of each key."""
        found: Owners = np.array(self.table)[_remainder(keys, self.slots)]
        return found

    @property
    def memory(self) -> int:
        """Bytes: a node of 2 for each slot."""
        return 2 * self.slots

    def added(self, node: int) -> Self:
        """The new node takes a slot from the fullest one until it has its share."""
        nodes, table = (*self.nodes, node), list(self.table)
        have: dict[int, list[int]] = {other: [] for other in self.nodes}
        for slot, owner in enumerate(table):
            have[owner].append(slot)
        fullest = [(-len(mine), other) for other, mine in have.items()]
        heapq.heapify(fullest)
        for _ in range(self.slots // len(nodes)):
            count, giver = heapq.heappop(fullest)
            table[have[giver].pop()] = node
            heapq.heappush(fullest, (count + 1, giver))
        return replace(self, nodes=nodes, table=tuple(table))

    def removed(self, node: int) -> Self:
        """Each slot of the leaving node goes to the emptiest of the others."""
        nodes, table = super().removed(node).nodes, list(self.table)
        emptiest = [(table.count(other), other) for other in nodes]
        heapq.heapify(emptiest)
        for slot in (i for i, owner in enumerate(self.table) if owner == node):
            count, taker = emptiest[0]
            table[slot] = taker
            heapq.heapreplace(emptiest, (count + 1, taker))
        return replace(self, nodes=nodes, table=tuple(table))


def bounded(ring: Ring, keys: Keys, slack: float) -> Owners:
    """Consistent hashing with bounded loads: a full node passes the key on to the next one.

    No node gets more than (1 + slack) times the mean, rounded up. Where a key lands depends on the
    keys that came before it. Mirrokni, Thorup and Zadimoghaddam, 2016 (SODA 2018).
    """
    if not slack > 0:
        raise ValueError(f"slack={slack} leaves no room; use a number above 0, such as 0.25")
    places, owners = ring.points
    limit = math.ceil((1 + slack) * len(keys) / len(ring.nodes))
    load = dict.fromkeys(ring.nodes, 0)
    placed = np.searchsorted(places, mix(keys))
    for index, point in enumerate(placed):
        while load[owner := int(owners[point % len(places)])] >= limit:
            point += 1
        load[owner] += 1
        placed[index] = owner
    return placed.astype(np.int64)


def loads(owners: Owners, nodes: tuple[int, ...]) -> NDArray[np.int64]:
    """Keys on each of *nodes*, in their order."""
    return np.bincount(owners, minlength=max(nodes) + 1)[list(nodes)]


def skew(owners: Owners, nodes: tuple[int, ...]) -> float:
    """Keys on the fullest node as a multiple of the mean; 1 is perfect."""
    return float(loads(owners, nodes).max() * len(nodes) / len(owners))


def moved(before: Placement, after: Placement, keys: Keys) -> float:
    """Share of *keys* (0 to 1) whose node differs."""
    return float(np.mean(before.owners(keys) != after.owners(keys)))


def _remainder(keys: Keys, count: int) -> Owners:
    return (mix(keys) % np.uint64(count)).astype(np.int64)


def _seed(node: int) -> Keys:
    return mix(node + 1_000_003)
