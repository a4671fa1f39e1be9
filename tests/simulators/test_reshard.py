"""Moves with all their steps lose nothing, and each missing step loses what it protects."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulators.reshard import DOUBLE, LOG, STEPS, Plan, busy, copy_seconds, run


@given(gigabytes=st.floats(0.1, 1e5), bandwidth=st.floats(1, 1e3), busy_share=st.floats(0, 0.95))
def test_a_copy_ends_when_everything_written_meanwhile_is_there_as_well(
    gigabytes: float, bandwidth: float, busy_share: float
) -> None:
    writes = bandwidth * busy_share
    seconds = copy_seconds(gigabytes, bandwidth, writes)
    assert bandwidth * seconds == pytest.approx(gigabytes * 1_000 + writes * seconds)


def test_a_copy_slower_than_the_writes_never_ends() -> None:
    assert copy_seconds(900, 40, 40) == copy_seconds(900, 40, 60) == math.inf
    assert copy_seconds(900, 40, 0) == pytest.approx(22_500)
    assert copy_seconds(900, 40, 30) == pytest.approx(90_000), "a quarter of the speed is left"


def test_copying_takes_capacity() -> None:
    assert busy(24_000, 30_000, 0, 40) == pytest.approx(0.8)
    assert busy(24_000, 30_000, 150, 40) == pytest.approx(1)


SEEDS = st.integers(0, 10_000)


@settings(deadline=None, max_examples=25)
@given(seed=SEEDS, writes=st.integers(0, 60), stale=st.floats(0, 1))
def test_a_complete_move_by_the_log_loses_nothing(seed: int, writes: int, stale: float) -> None:
    move = run(Plan(by=LOG), writes=writes, stale=stale, seed=seed)
    assert not move.stopped
    assert move.wrong[-1] == 0
    assert move.phases[-1] == "cut over"


@settings(deadline=None, max_examples=25)
@given(seed=SEEDS, writes=st.integers(0, 60))
def test_so_does_one_by_double_writes_if_no_second_write_ever_fails(seed: int, writes: int) -> None:
    assert run(Plan(by=DOUBLE), writes=writes, lost=0, seed=seed).wrong[-1] == 0


def test_double_writes_drift_even_with_every_step_done() -> None:
    left = [run(Plan(by=DOUBLE), lost=0.02, seed=seed).wrong[-1] for seed in range(20)]
    assert sum(left) > 20
    unseen = [
        run(Plan(by=DOUBLE).without("verify"), lost=0.02, seed=seed).wrong[-1] for seed in range(20)
    ]
    assert sum(unseen) > 2 * sum(left), "the comparison repairs what failed before it passed"


@pytest.mark.parametrize("by", [DOUBLE, LOG])
@pytest.mark.parametrize(("step", "least"), [("feed", 100), ("backfill", 1_000)])
def test_the_comparison_stops_a_move_without_its_main_steps(by: str, step: str, least: int) -> None:
    assert run(Plan(by=by).without(step)).stopped
    blind = run(Plan(by=by).without(step, "verify"))
    assert not blind.stopped
    assert blind.wrong[-1] > least


def test_a_backfill_that_overwrites_newer_rows_loses_them() -> None:
    blind = Plan(by=DOUBLE).without("verify")
    assert run(blind, lost=0).wrong[-1] == 0
    assert run(blind.without("keep_newer"), lost=0).wrong[-1] > 5


def test_without_the_pause_the_last_changes_stay_in_the_log() -> None:
    plan = Plan(by=LOG)
    assert run(plan).wrong[-1] == 0
    assert 20 < run(plan.without("pause")).wrong[-1] <= 3 * 20 + 20


def test_without_the_fence_routers_with_the_old_map_write_where_nobody_reads() -> None:
    plan = Plan(by=LOG)
    kept, lost = run(plan, stale=0.5), run(plan.without("fence"), stale=0.5)
    assert kept.wrong[-1] == 0
    assert kept.refused > lost.refused
    assert lost.wrong[-1] > 20


@settings(deadline=None, max_examples=15)
@given(step=st.sampled_from(STEPS), by=st.sampled_from([DOUBLE, LOG]), seed=SEEDS)
def test_the_same_seed_gives_the_same_move(step: str, by: str, seed: int) -> None:
    plan = Plan(by=by).without(step)
    a, b = run(plan, seed=seed), run(plan, seed=seed)
    assert (a.wrong, a.phases, a.refused) == (b.wrong, b.phases, b.refused)
    assert len(a.wrong) == len(a.phases)


@pytest.mark.parametrize(
    "make",
    [
        lambda: copy_seconds(-1, 40, 0),
        lambda: Plan().without("sleep"),
        lambda: run(Plan(), rows=3),
        lambda: run(Plan(), lost=1.5),
    ],
)
def test_what_makes_no_sense_is_refused(make: object) -> None:
    with pytest.raises(ValueError, match=r"below 0|no step|30 rows"):
        make()  # type: ignore[operator]
