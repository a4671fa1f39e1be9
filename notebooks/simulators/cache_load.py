"""What a cache is asked for, what it saves, and what the origin behind it feels and costs.

Requests follow Zipf's law: the k-th most popular key is asked for in proportion to 1 / k**skew.
Sources: Che, Tung and Wang, "Hierarchical web caching systems", IEEE JSAC 2002 (the hit rate of
LRU); a TTL entry that is not renewed by hits serves rate x ttl requests after each miss (renewal
theory, Poisson arrivals).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.cache import Policy

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def zipf(keys: int, skew: float) -> Floats:
    """The share of requests that each of *keys* keys gets, most popular first; the sum is 1."""
    if keys < 1:
        raise ValueError(f"{keys} keys cannot be asked for: use 1 or more")
    weights = np.arange(1, keys + 1, dtype=np.float64) ** -skew
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def trace(popularity: Floats, requests: int, seed: int) -> list[int]:
    """Independent *requests* for keys 0, 1, 2, ... of that *popularity*."""
    draws = np.random.default_rng(seed).random(requests)
    keys = np.searchsorted(np.cumsum(popularity), draws, side="right")
    return [int(key) for key in np.minimum(keys, len(popularity) - 1)]


def with_scan(requests: Sequence[int], at: int, length: int) -> list[int]:
    """The same requests with *length* keys that nobody else asks for, each once, from *at* on."""
    scan = range(-1, -length - 1, -1)
    return [*requests[:at], *scan, *requests[at:]]


def with_new_favourites(requests: Sequence[int], at: int, keys: int) -> list[int]:
    """The same requests, but from *at* on other keys of the *keys* are popular."""
    return [*requests[:at], *((key + keys // 2) % keys for key in requests[at:])]


def hits(cache: Policy, requests: Sequence[int]) -> Bools:
    """Whether each request was a hit, in order."""
    return np.fromiter(map(cache.request, requests), dtype=np.bool_, count=len(requests))


def hit_rate(cache: Policy, requests: Sequence[int], *, warm_up: int = 0) -> float:
    """Share (0 to 1) of hits after the first *warm_up* requests."""
    if not 0 <= warm_up < len(requests):
        raise ValueError(f"{len(requests)} requests leave none after {warm_up}: use more")
    return float(hits(cache, requests)[warm_up:].mean())


def che_hit_rate(popularity: Floats, size: int) -> float:
    """Hit rate (0 to 1) of an LRU cache for *size* keys, by Che's approximation.

    A key stays if it is asked for again within the time T that it takes *size* different keys to
    pass. T is the same for all keys, and found by bisection.
    """
    if size >= len(popularity):
        return 1.0
    low, high = 0.0, 1.0
    while (1 - np.exp(-popularity * high)).sum() < size:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        held = (1 - np.exp(-popularity * middle)).sum()
        low, high = (middle, high) if held < size else (low, middle)
    return float((popularity * (1 - np.exp(-popularity * high))).sum())


def ttl_hit_rate(popularity: Floats, rate: float, ttl: float) -> float:
    """Hit rate (0 to 1) of an unbounded cache with *ttl* (s) at *rate* (requests/s in all)."""
    served = popularity * rate * ttl  # requests that a key answers after each miss
    return float((popularity * served / (1 + served)).sum())


@dataclass(frozen=True)
class Origin:
    """What stands behind the cache, and what it costs.

    Attributes:
        per_node: Reads a second that one node is planned for.
        dollars: Price of a node a month.
    """

    per_node: float
    dollars: float

    def load(self, rate: float, hit_rate: float) -> float:
        """Reads a second that reach it: the requests (1/s) that miss."""
        if not 0 <= hit_rate <= 1:
            raise ValueError(f"a hit rate of {hit_rate} is no share: use 0 to 1")
        return rate * (1 - hit_rate)

    def nodes(self, rate: float, hit_rate: float) -> int:
        """Whole nodes for that load."""
        return math.ceil(self.load(rate, hit_rate) / self.per_node - 1e-9)

    def bill(self, rate: float, hit_rate: float) -> float:
        """Dollars a month for those nodes."""
        return self.nodes(rate, hit_rate) * self.dollars


@dataclass(frozen=True)
class Refill:
    """An empty cache second by second; each array has one number per second.

    Attributes:
        hit: Requests answered from the cache.
        loaded: Reads of the origin, each of which fills a key.
        refused: Requests that missed when the origin's limit was used up.
    """

    hit: NDArray[np.int64]
    loaded: NDArray[np.int64]
    refused: NDArray[np.int64]

    def usable_after(self, share: float = 0.99) -> int | None:
        """The first second from which at least *share* of requests are answered, or `None`."""
        asked = self.hit + self.loaded + self.refused
        bad = np.flatnonzero(self.refused > (1 - share) * asked)
        if not len(bad):
            return 0
        return int(bad[-1]) + 1 if bad[-1] + 1 < len(asked) else None


def refill(popularity: Floats, rate: int, limit: int, seconds: int, seed: int) -> Refill:
    """Fill an empty, unbounded cache at *rate* requests/s when the origin does *limit* loads/s.

    Requests for a key whose load was admitted in the same second share that load.
    """
    if rate < 1 or limit < 1 or seconds < 1:
        raise ValueError(f"rate={rate}, limit={limit}, seconds={seconds}: all must be 1 or more")
    rng, edges = np.random.default_rng(seed), np.cumsum(popularity)
    held = np.zeros(len(popularity), dtype=np.bool_)
    rows = []
    for _ in range(seconds):
        keys = np.minimum(np.searchsorted(edges, rng.random(rate)), len(popularity) - 1)
        missed = keys[~held[keys]]
        different, first = np.unique(missed, return_index=True)
        admitted = different[np.argsort(first)][:limit]  # first come, first served
        held[admitted] = True
        refused = int((~held[missed]).sum())
        rows.append((rate - len(admitted) - refused, len(admitted), refused))
    hit, loaded, turned_away = np.array(rows, dtype=np.int64).T
    return Refill(hit, loaded, turned_away)
