"""Load on shards: popular keys, what divides them and what does not, and what a scan touches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.hashes import Keys, mix

Floats = NDArray[np.float64]
Shards = NDArray[np.int64]


def zipf(keys: int, exponent: float) -> Floats:
    """Shares of the load of *keys* keys, the most popular first; they add up to 1.

    The key of rank r gets a share proportional to 1 / r**exponent; 0 makes all equal.
    """
    if keys < 1 or exponent < 0:
        raise ValueError(f"keys={keys}, exponent={exponent}: need 1 or more, and 0 or more")
    weights: Floats = np.arange(1, keys + 1, dtype=float) ** -exponent
    return weights / float(weights.sum())


def load_of(shares: Floats, shard: Shards, shards: int) -> Floats:
    """Load on each shard as a multiple of the mean, given each key's share and its shard."""
    load = np.bincount(shard, weights=shares, minlength=shards).astype(float)
    return load * (shards / float(shares.sum()))


def split_keys(keys: Keys, shares: Floats, hottest: int, ways: int) -> tuple[Keys, Floats]:
    """Replace each of the *hottest* keys by *ways* keys of an equal share: "key#0", "key#1", ...

    Keys must be below 2**40; *shares* must fall from first to last.
    """
    if ways < 1 or not 0 <= hottest <= len(keys):
        raise ValueError(f"hottest={hottest}, ways={ways}: split 0 to {len(keys)} keys, 1 way up")
    salt = np.arange(ways, dtype=np.uint64) << np.uint64(40)
    salted = (keys[:hottest, None] + salt).ravel()
    return (
        np.concatenate([salted, keys[hottest:]]),
        np.concatenate([np.repeat(shares[:hottest] / ways, ways), shares[hottest:]]),
    )


def hot_key_load(reads: float, writes: float, pieces: int, copies: int) -> float:
    """Requests/s on each of the pieces x copies machines that hold one hot key.

    A write goes to one piece and to all of its copies; a read needs all pieces, one copy of each.
    """
    if pieces < 1 or copies < 1:
        raise ValueError(f"pieces={pieces}, copies={copies}: the key needs at least 1 of each")
    return writes / pieces + reads / copies


def slow_share(shards: int, slow: float) -> float:
    """Share of requests (0 to 1) that wait for a slow shard when all *shards* must answer."""
    return 1 - (1 - slow) ** shards


def scan_touches(shards: int, rows: int) -> float:
    """Mean number of shards that hold *rows* rows which lie on random shards."""
    return shards * (1 - (1 - 1 / shards) ** rows)


@dataclass(frozen=True)
class Rows:
    """A table in the order in which its rows were written.

    Attributes:
        tenant: Whose row it is, from 0, the most active tenant first.
        shards: How many shards there are.
    """

    tenant: NDArray[np.int64]
    shards: int

    def by_row_hash(self) -> Shards:
        """Hash of the row's own id."""
        return self._hashed(np.arange(len(self.tenant)))

    def by_time(self) -> Shards:
        """Ranges of the time of writing, equally long."""
        return np.arange(len(self.tenant)) * self.shards // len(self.tenant)

    def by_tenant_range(self) -> Shards:
        """Ranges of the tenant's number, cut so that shards hold equally many tenants."""
        return self.tenant * self.shards // (int(self.tenant.max()) + 1)

    def by_tenant_hash(self) -> Shards:
        """Hash of the tenant; in a shard, the rows of a tenant lie in order of time."""
        return self._hashed(self.tenant)

    def _hashed(self, values: NDArray[np.int64]) -> Shards:
        return (mix(values) % np.uint64(self.shards)).astype(np.int64)

    def measure(self, shard: Shards, *, recent: int, page: int) -> dict[str, float]:
        """What *shard* does to inserts and to two kinds of scans, in shards.

        "inserts" is the load of the busiest shard during the last *recent* rows, as a multiple of
        the mean; the scans are the shards that hold the newest *page* rows of a tenant (mean over
        the last 200 writers) and the last *recent* rows of everybody.
        """
        newest = slice(len(shard) - recent, None)
        inserts = load_of(np.ones(recent), shard[newest], self.shards).max()
        order = np.argsort(self.tenant, kind="stable")  # tenants together, each in order of time
        ends = np.searchsorted(self.tenant[order], np.arange(self.tenant.max() + 1), side="right")
        starts = np.concatenate([[0], ends[:-1]])
        pages = [
            len(set(shard[order[max(starts[who], ends[who] - page) : ends[who]]]))
            for who in self.tenant[-200:]
        ]
        return {
            "inserts": float(inserts),
            "page of a tenant": float(np.mean(pages)),
            "last hour of all": float(len(set(shard[newest]))),
        }


def sample_rows(rows: int, tenants: int, exponent: float, shards: int, seed: int = 1) -> Rows:
    """Rows of tenants whose activity follows `zipf`, in random order of time."""
    chance = np.random.default_rng(seed)
    return Rows(chance.choice(tenants, size=rows, p=zipf(tenants, exponent)), shards)
