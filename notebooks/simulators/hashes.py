"""Hash functions that give the same numbers in every process and on every machine.

Python's own `hash()` of text does not: it is salted anew in each process, so two routers would
send one key to two shards.
"""

from __future__ import annotations

import binascii
import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]

REDIS_SLOTS = 16_384
GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def mix(values: Any) -> Keys:
    """Spread whole numbers evenly over 0 to 2**64 - 1.

    The finaliser of SplitMix64 (Steele, Lea and Flood, *Fast splittable pseudorandom number
    generators*, 2014).
    """
    z = np.atleast_1d(np.asarray(values, dtype=np.uint64)) + GOLDEN
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def key_number(text: str) -> int:
    """A key that is text, as the whole number that placements take; the same in every process."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def redis_slot(key: str) -> int:
    """The slot (0 to 16,383) of *key* in a Redis Cluster: CRC16 of its hash tag, or of all of it.

    The tag is what stands between the first "{" and the next "}", unless that is empty; keys with
    one tag share a slot. Source: Redis Cluster specification, "Keys hash tags".
    """
    start = key.find("{")
    end = key.find("}", start + 1)
    tag = key[start + 1 : end] if start >= 0 and end > start + 1 else key
    return binascii.crc_hqx(tag.encode(), 0) % REDIS_SLOTS


def jump(hashed: Keys, buckets: int) -> NDArray[np.int64]:
    """The bucket (0 to *buckets* - 1) of each hash, as in figure 1 of Lamping and Veach."""
    state, bucket, ahead = hashed.copy(), np.zeros(len(hashed)), np.zeros(len(hashed))
    while (going := ahead < buckets).any():
        bucket = np.where(going, ahead, bucket)
        state = np.where(going, state * np.uint64(2862933555777941757) + np.uint64(1), state)
        draw = (state >> np.uint64(33)).astype(float) + 1
        ahead = np.where(going, np.floor((bucket + 1) * (2.0**31 / draw)), ahead)
    return bucket.astype(np.int64)
