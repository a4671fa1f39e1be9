"""Policies keep their size and their promise; hit rates agree with slow models and with theory."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulators.cache import POLICIES, Fifo, Lfu, Lru, Policy, S3Fifo, TtlCache
from simulators.cache_load import (
    Origin,
    che_hit_rate,
    hit_rate,
    hits,
    refill,
    trace,
    ttl_hit_rate,
    with_new_favourites,
    with_scan,
    zipf,
)

KEYS = st.lists(st.integers(0, 12), max_size=200)
SIZES = st.integers(1, 9)


@given(st.sampled_from(list(POLICIES.values())), SIZES, KEYS)
def test_a_cache_never_exceeds_its_size_and_keeps_what_it_just_stored(
    policy: type[Policy], size: int, keys: list[int]
) -> None:
    cache = policy(size)
    for key in keys:
        cache.request(key)
        assert len(cache) <= size
        assert cache.request(key), "what was asked for a moment ago is there"
    assert len(cache) == min(size, len(set(keys)))


@given(st.sampled_from(list(POLICIES.values())), KEYS)
def test_a_cache_for_everything_misses_each_key_once(policy: type[Policy], keys: list[int]) -> None:
    assert int((~hits(policy(13), keys)).sum()) == len(set(keys))


@given(SIZES, SIZES, KEYS)
def test_a_larger_lru_cache_holds_all_that_a_smaller_one_holds(
    size: int, more: int, keys: list[int]
) -> None:
    small, large = hits(Lru(size), keys), hits(Lru(size + more), keys)
    assert not (small & ~large).any()


def test_a_larger_fifo_cache_may_hit_less_often() -> None:
    keys = [1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5]  # Belady, Nelson and Shedler, 1969
    assert hits(Fifo(3), keys).sum() == 3
    assert hits(Fifo(4), keys).sum() == 2


@given(SIZES, KEYS)
def test_lru_hits_where_the_stack_distance_is_below_its_size(size: int, keys: list[int]) -> None:
    for place, hit in enumerate(hits(Lru(size), keys)):
        earlier = [at for at in range(place) if keys[at] == keys[place]]
        between = set(keys[earlier[-1] + 1 : place]) if earlier else set()
        assert bool(hit) is (bool(earlier) and len(between) < size)


@given(SIZES, KEYS)
def test_lfu_agrees_with_a_slow_model(size: int, keys: list[int]) -> None:
    cache, held = Lfu(size), {}
    for now, key in enumerate(keys):
        assert cache.request(key) is (key in held)
        if key not in held and len(held) == size:
            del held[min(held, key=lambda other: held[other])]  # fewest uses, then oldest use
        held[key] = (held.get(key, (0, 0))[0] + 1, now)


@given(SIZES, KEYS)
def test_fifo_agrees_with_a_slow_model(size: int, keys: list[int]) -> None:
    cache, held = Fifo(size), []
    for key in keys:
        assert cache.request(key) is (key in held)
        if key not in held:
            held = [*held, key][-size:]


def test_a_key_needs_two_uses_to_leave_probation_and_a_ghost_needs_none() -> None:
    cache = S3Fifo(10)
    for key in (1, 1, 1, 2, 2, *range(3, 11)):
        cache.request(key)
    cache.request(11)  # evicts: 1 has two uses and is promoted, 2 has only one and goes
    assert cache.request(1)
    assert not cache.request(2)  # a ghost comes back straight into the main queue ...
    for key in range(100, 130):
        cache.request(key)
    assert cache.request(1) and cache.request(2)  # ... where no passers-by can push it out


def test_a_scan_costs_lru_its_favourites_and_s3_fifo_nothing() -> None:
    popularity = zipf(5_000, 0.9)
    requests = trace(popularity, 30_000, seed=1)
    scanned = with_scan(requests, at=20_000, length=1_000)
    ordinary = np.r_[0:20_000, 21_000:31_000]
    lost = {
        name: int(hits(policy(500), requests).sum() - hits(policy(500), scanned)[ordinary].sum())
        for name, policy in POLICIES.items()
    }
    assert lost["LRU"] > 50
    assert lost["LFU"] <= 0 and lost["S3-FIFO"] <= 0


def test_lfu_holds_on_to_yesterdays_favourites() -> None:
    requests = with_new_favourites(trace(zipf(2_000, 0.9), 30_000, seed=1), 20_000, 2_000)
    after = {name: hits(policy(200), requests)[20_000:].mean() for name, policy in POLICIES.items()}
    assert after["LFU"] < after["LRU"] - 0.1
    assert after["S3-FIFO"] > after["LRU"]


@pytest.mark.parametrize("skew", [0.6, 0.9, 1.2])
@pytest.mark.parametrize("size", [20, 200, 1_000])
def test_lru_hits_as_often_as_che_predicts(skew: float, size: int) -> None:
    popularity = zipf(2_000, skew)
    measured = hit_rate(Lru(size), trace(popularity, 60_000, seed=3), warm_up=20_000)
    assert measured == pytest.approx(che_hit_rate(popularity, size), abs=0.01)


def test_che_knows_the_ends() -> None:
    assert che_hit_rate(zipf(100, 0.9), 100) == 1
    assert che_hit_rate(zipf(100, 0.0), 25) == pytest.approx(0.25)


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 20)), max_size=100),
    st.integers(1, 4),
    st.integers(1, 30),
    st.integers(0, 30),
)
def test_an_expired_entry_is_served_only_as_stale_and_only_in_its_grace(
    events: list[tuple[int, int]], size: int, ttl: int, grace: int
) -> None:
    cache, stored, now = TtlCache(size, ttl, grace), {}, 0
    for key, passed in events:
        now += passed
        found = cache.look_up(key, now)
        if found != "miss":
            age = now - stored[key]
            assert age < ttl + grace
            assert found == ("hit" if age < ttl else "stale")
        if found != "hit":
            cache.store(key, now)
            stored[key] = now
        assert len(cache) <= size


def test_reading_an_entry_does_not_lengthen_its_life() -> None:
    cache = TtlCache(1, ttl=10, grace=5)
    cache.store(1, now=0)
    assert [cache.look_up(1, now) for now in (0, 9, 10, 14, 15)] == [
        "hit",
        "hit",
        "stale",
        "stale",
        "miss",
    ]


@pytest.mark.parametrize("ttl", [1, 10, 100])
def test_a_lifetime_bounds_the_hit_rate_as_predicted(ttl: float) -> None:
    popularity, rate = zipf(500, 0.9), 50
    cache, hit, now = TtlCache(500, ttl), [], 0.0
    gaps = np.random.default_rng(2).exponential(1 / rate, 60_000)
    for key, gap in zip(trace(popularity, 60_000, seed=1), gaps, strict=True):
        now += gap
        hit.append(cache.look_up(key, now) == "hit")
        if not hit[-1]:
            cache.store(key, now)
    measured = np.mean(hit[20_000:])
    assert measured == pytest.approx(ttl_hit_rate(popularity, rate, ttl), abs=0.015)


def test_a_point_of_hit_rate_doubles_the_origins_load_and_its_bill() -> None:
    origin = Origin(per_node=250, dollars=700)
    assert origin.load(50_000, 0.99) == pytest.approx(500)
    assert origin.load(50_000, 0.98) == pytest.approx(1_000)
    assert (origin.nodes(50_000, 0.99), origin.nodes(50_000, 0.98)) == (2, 4)
    assert origin.bill(50_000, 0.98) == 2_800
    assert origin.nodes(50_000, 1) == 0


@settings(max_examples=40)
@given(st.integers(1, 400), st.integers(1, 50), st.integers(1, 30), st.integers(0, 99))
def test_a_refill_answers_or_refuses_everyone_and_respects_the_limit(
    rate: int, limit: int, seconds: int, seed: int
) -> None:
    run = refill(zipf(300, 0.9), rate, limit, seconds, seed)
    assert (run.hit + run.loaded + run.refused == rate).all()
    assert run.loaded.max() <= limit
    assert run.loaded.sum() <= 300
    assert ((run.refused == 0) | (run.loaded == limit)).all(), "refused with room to spare"
    assert (run.hit >= 0).all()


def test_a_refill_becomes_usable_long_before_it_is_complete() -> None:
    popularity = zipf(20_000, 0.9)
    run = refill(popularity, rate=1_000, limit=200, seconds=200, seed=1)
    usable = run.usable_after(0.99)
    assert usable is not None
    assert run.loaded[:usable].sum() < 0.5 * len(popularity)
    assert refill(popularity, 1_000, 20, 20, seed=1).usable_after(0.99) is None
    assert refill(popularity, 100, 1_000, 20, seed=1).usable_after(0.99) == 0


def test_the_same_seed_gives_the_same_requests() -> None:
    popularity = zipf(100, 0.9)
    assert trace(popularity, 50, seed=4) == trace(popularity, 50, seed=4)
    assert trace(popularity, 50, seed=4) != trace(popularity, 50, seed=5)
    first, again = (refill(popularity, 50, 5, 20, seed=4) for _ in range(2))
    assert (first.hit == again.hit).all()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Lru(0),
        lambda: TtlCache(1, ttl=0),
        lambda: TtlCache(1, ttl=1, grace=-1),
        lambda: zipf(0, 0.9),
        lambda: hit_rate(Lru(1), [1, 2], warm_up=2),
        lambda: Origin(1, 1).load(1, 99),
        lambda: refill(zipf(3, 1), 1, 0, 1, seed=0),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"use|must"):
        wrong()  # type: ignore[operator]
