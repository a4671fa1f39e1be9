"""Hot keys, splitting them, and what scans touch."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulators.hashes import mix
from simulators.shards import (
    hot_key_load,
    load_of,
    sample_rows,
    scan_touches,
    slow_share,
    split_keys,
    zipf,
)

KEYS = np.arange(5_000, dtype=np.uint64)


def hashed(keys: np.ndarray, shards: int) -> np.ndarray:
    return (mix(keys) % np.uint64(shards)).astype(int)


@given(keys=st.integers(1, 3_000), exponent=st.floats(0, 2))
def test_zipf_shares_add_up_and_fall(keys: int, exponent: float) -> None:
    shares = zipf(keys, exponent)
    assert shares.sum() == pytest.approx(1)
    assert (np.diff(shares) <= 1e-15).all()


def test_the_second_key_gets_half_of_the_first_at_an_exponent_of_one() -> None:
    shares = zipf(1_000, 1)
    assert shares[1] / shares[0] == pytest.approx(0.5)
    assert shares[0] == pytest.approx(1 / sum(1 / r for r in range(1, 1_001)))


@given(exponent=st.floats(0, 2), shards=st.integers(1, 40))
def test_no_placement_brings_the_busiest_shard_below_the_hottest_key(
    exponent: float, shards: int
) -> None:
    shares = zipf(len(KEYS), exponent)
    load = load_of(shares, hashed(KEYS, shards), shards)
    assert load.mean() == pytest.approx(1)
    assert load.max() >= max(1, shares[0] * shards) - 1e-9


@given(hottest=st.integers(0, 50), ways=st.integers(1, 32))
def test_splitting_keeps_the_load_and_makes_different_keys(hottest: int, ways: int) -> None:
    shares = zipf(len(KEYS), 1)
    keys, split = split_keys(KEYS, shares, hottest, ways)
    assert len(keys) == len(split) == len(set(keys.tolist())) == 5_000 + hottest * (ways - 1)
    assert split.sum() == pytest.approx(1)
    if hottest:
        assert split[:ways].tolist() == pytest.approx([shares[0] / ways] * ways)


def test_splitting_the_hottest_keys_relieves_the_busiest_shard() -> None:
    shares = zipf(len(KEYS), 1.1)
    before = load_of(shares, hashed(KEYS, 32), 32).max()
    keys, split = split_keys(KEYS, shares, 10, 16)
    assert load_of(split, hashed(keys, 32), 32).max() < before / 2


@given(st.floats(1, 1e5), st.floats(1, 1e5), st.integers(1, 20), st.integers(1, 20))
def test_copies_divide_reads_only_and_pieces_writes_only(
    reads: float, writes: float, pieces: int, copies: int
) -> None:
    load = hot_key_load(reads, writes, pieces, copies)
    assert load >= max(writes / pieces, reads / copies)
    assert hot_key_load(reads, writes, pieces, 10**15) == pytest.approx(writes / pieces)
    assert hot_key_load(reads, writes, 10**15, copies) == pytest.approx(reads / copies)


def test_scatter_gather_waits_for_the_slowest() -> None:
    assert slow_share(1, 0.01) == pytest.approx(0.01)
    assert slow_share(16, 0.01) == pytest.approx(0.149, abs=0.001)
    assert slow_share(100, 0.01) == pytest.approx(0.634, abs=0.001)


@settings(max_examples=20)
@given(shards=st.integers(1, 40), rows=st.integers(1, 60))
def test_scan_touches_is_what_throwing_rows_at_shards_gives(shards: int, rows: int) -> None:
    chance = np.random.default_rng(5)
    thrown = chance.integers(shards, size=(2_000, rows))
    mean = np.mean([len(set(one)) for one in thrown.tolist()])
    assert scan_touches(shards, rows) == pytest.approx(mean, rel=0.03)


def test_four_ways_of_cutting_a_table() -> None:
    rows = sample_rows(60_000, 500, 0.8, shards=16)
    found = {
        name: rows.measure(getattr(rows, name)(), recent=2_000, page=50)
        for name in ("by_row_hash", "by_time", "by_tenant_range", "by_tenant_hash")
    }
    assert found["by_time"]["inserts"] == 16, "all inserts go to the newest range"
    assert found["by_time"]["last hour of all"] == 1
    assert found["by_row_hash"]["inserts"] < 1.3
    assert found["by_row_hash"]["page of a tenant"] > 12
    for by_tenant in ("by_tenant_range", "by_tenant_hash"):
        assert found[by_tenant]["page of a tenant"] == 1
    assert found["by_tenant_hash"]["inserts"] < found["by_tenant_range"]["inserts"] / 2


@pytest.mark.parametrize(
    "make",
    [
        lambda: zipf(0, 1),
        lambda: zipf(5, -1),
        lambda: split_keys(KEYS, zipf(5_000, 1), 2, 0),
        lambda: split_keys(KEYS, zipf(5_000, 1), 5_001, 2),
        lambda: hot_key_load(1, 1, 0, 1),
    ],
)
def test_what_makes_no_sense_is_refused(make: object) -> None:
    with pytest.raises(ValueError, match="="):
        make()  # type: ignore[operator]
