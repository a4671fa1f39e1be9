"""A hot key at its expiry: locks hold, readers are accounted for, the bad state stays bad."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulators.cache_stampede import STEP, Protection, Scene, reload_times, simulate

SCENE = Scene(rate=1_500, ttl=10, work=0.3, cores=16, timeout=2)
SCENES = st.builds(
    Scene,
    rate=st.floats(1, 500),
    ttl=st.floats(0.5, 5),
    work=st.floats(0.02, 1.5),
    cores=st.integers(1, 8),
    timeout=st.floats(0.1, 2),
)
PROTECTIONS = st.builds(
    Protection,
    flights=st.none() | st.integers(1, 5),
    grace=st.sampled_from([0, 2, 60]),
    beta=st.sampled_from([0, 0.5, 1, 3]),
    cap=st.none() | st.integers(1, 10),
)


@settings(max_examples=60, deadline=None)
@given(SCENES, PROTECTIONS, st.integers(0, 999))
def test_limits_hold_and_nobody_fails_twice(scene: Scene, how: Protection, seed: int) -> None:
    run = simulate(scene, how, seconds=8, seed=seed)
    if how.flights is not None:
        assert run.running.max() <= how.flights, "at most one load per lane"
    if how.cap is not None:
        assert run.running.max() <= how.cap
    if not how.grace:
        assert run.stale.sum() == 0
    assert run.failed.sum() + run.stale.sum() <= run.asked.sum()
    assert run.started.sum() >= run.running[-1]
    assert (run.running >= 0).all()


@settings(max_examples=30, deadline=None)
@given(SCENES, PROTECTIONS, st.integers(0, 999))
def test_the_same_seed_gives_the_same_run(scene: Scene, how: Protection, seed: int) -> None:
    first, again = (simulate(scene, how, seconds=4, seed=seed) for _ in range(2))
    for name in ("running", "asked", "failed", "stale", "started"):
        assert (getattr(first, name) == getattr(again, name)).all()


def test_without_protection_one_expiry_is_an_outage_without_end() -> None:
    run = simulate(SCENE, Protection(), seconds=60, seed=1)
    after = run.seconds > 15
    assert run.failed[~after].sum() > 0
    # Everybody who came (and had time to give up) failed, and the pile still grows.
    assert run.failed[after].sum() == pytest.approx(run.asked[after].sum(), rel=0.02)
    assert run.running[-1] > run.running[3_000] > run.running[1_500]


def test_the_ridge_lies_where_the_pile_is_too_slow_for_the_timeout() -> None:
    # Loads that begin before the first returns share 16 cores; 106 of them take two seconds.
    calm = Scene(rate=150, ttl=10, work=0.3, cores=16, timeout=2)
    mad = Scene(rate=300, ttl=10, work=0.3, cores=16, timeout=2)
    assert simulate(calm, Protection(), seconds=60, seed=1).running[-1] == 0
    assert simulate(mad, Protection(), seconds=60, seed=1).running[-1] > 10_000


def test_one_flight_loads_once_per_expiry_and_fails_nobody() -> None:
    run = simulate(SCENE, Protection(flights=1), seconds=30, seed=1)
    assert (run.running.max(), run.started.sum(), run.failed.sum()) == (1, 2, 0)


def test_a_lock_in_each_of_200_processes_is_too_many_locks() -> None:
    run = simulate(SCENE, Protection(flights=200), seconds=30, seed=1)
    assert run.running.max() == 200
    assert run.failed.sum() > 0.05 * run.asked.sum()
    assert run.running[-1] == 0, "but somebody still waits when the value comes, so it ends"


def test_a_stale_copy_keeps_everyone_served() -> None:
    run = simulate(SCENE, Protection(grace=30), seconds=30, seed=1)
    assert run.failed.sum() == 0 and run.running.max() == 1
    assert run.stale.sum() == pytest.approx(2 * 0.3 * SCENE.rate, rel=0.1)


def test_early_refresh_costs_the_loads_that_theory_expects() -> None:
    # The first fires when rate x work x exp(-left / work) reaches 1; e - 1 more follow it.
    loads = [simulate(SCENE, Protection(beta=1), 30, seed=s).started.sum() for s in range(30)]
    expiries = 30 / (SCENE.ttl - 0.3 * np.log(SCENE.rate * 0.3) + 0.3)
    assert np.mean(loads) / expiries == pytest.approx(np.e, rel=0.25)
    eager = simulate(SCENE, Protection(beta=3), 30, seed=1)
    assert eager.failed.sum() == 0 and eager.running.max() <= 4


def test_a_cap_alone_lets_the_origin_finish() -> None:
    run = simulate(SCENE, Protection(cap=32), seconds=60, seed=1)
    assert run.running[-1] == 0
    assert 0 < run.failed.sum() < 0.1 * run.asked.sum()


def test_work_takes_its_time_and_cores_are_shared() -> None:
    quiet = Scene(rate=1_000, ttl=1, work=0.5, cores=1, timeout=30)
    one = simulate(quiet, Protection(flights=1), seconds=2, seed=1)
    assert one.running.sum() * STEP == pytest.approx(0.5, abs=0.03)
    four = simulate(quiet, Protection(flights=4), seconds=3.5, seed=1)
    assert (four.running > 0).sum() * STEP == pytest.approx(4 * 0.5, abs=0.05)


@given(st.integers(1, 200), st.floats(0, 0.9), st.integers(0, 99))
def test_keys_are_loaded_again_once_in_each_lifetime(keys: int, jitter: float, seed: int) -> None:
    when = reload_times(keys, ttl=10, jitter=jitter, gap=0.01, seconds=15, seed=seed)
    assert (np.diff(when) >= 0).all() and (when < 15).all()
    if jitter < 0.3:  # the second round ends after 2 x 7 s at the earliest
        assert keys <= len(when) <= 2 * keys
    assert (when >= 10 * (1 - jitter)).all()


def test_jitter_lowers_the_peak_to_the_width_it_spreads_over() -> None:
    def peak(jitter: float) -> int:
        when = reload_times(50_000, 300, jitter, gap=0.5, seconds=400, seed=1)
        return int(np.bincount(when.astype(int)).max())

    assert peak(0) > 20_000
    assert peak(0.1) == pytest.approx(50_000 / 60, rel=0.15)  # spread over 300 s x 0.2
    assert len(reload_times(0, 300, 0.1, 1, 400, seed=1)) == 0


@pytest.mark.parametrize("jitter", [-0.1, 1])
def test_a_jitter_that_is_no_share_is_refused(jitter: float) -> None:
    with pytest.raises(ValueError, match="use 0 to 1"):
        reload_times(1, 1, jitter, 1, 1, seed=0)


def test_a_scene_without_cores_is_refused() -> None:
    with pytest.raises(ValueError, match="must be"):
        Scene(rate=1, ttl=1, work=1, cores=0, timeout=1)
