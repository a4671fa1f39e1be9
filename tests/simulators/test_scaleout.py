"""Scaling out: the law, and the autoscaler that comes late."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulators.scaleout import Autoscaler, autoscale, best_size, speedup, step_or_ramp

SCALER = Autoscaler()
FEW = settings(max_examples=40, deadline=None)
SCALERS = st.builds(
    Autoscaler,
    target=st.floats(0.2, 1),
    window_s=st.integers(1, 120),
    interval_s=st.integers(1, 60),
    boot_s=st.integers(0, 300),
    patience_s=st.integers(0, 300),
    most=st.integers(1, 60),
)
LOADS = st.lists(st.floats(0, 5_000), min_size=1, max_size=400)


@given(st.integers(1, 1_000), st.floats(0, 1), st.floats(0, 0.1))
def test_machines_bring_at_most_themselves_and_never_beat_amdahl(
    machines: int, contention: float, coherency: float
) -> None:
    brought = speedup(machines, contention, coherency)
    assert 0 < brought <= machines + 1e-9
    assert brought <= speedup(machines, contention) + 1e-9
    assert contention == 0 or brought <= 1 / contention + 1e-9
    assert speedup(1, contention, coherency) == 1


@given(st.floats(0, 0.9), st.floats(1e-6, 0.1))
def test_beyond_the_best_size_more_is_less(contention: float, coherency: float) -> None:
    best = best_size(contention, coherency)
    top = speedup(best, contention, coherency)
    assert speedup(best * 1.5, contention, coherency) < top
    assert speedup(max(1.0, best / 1.5), contention, coherency) <= top


def test_numbers_one_can_check_by_hand() -> None:
    assert speedup(8, 0.03) == pytest.approx(8 / 1.21)
    assert speedup(1e9, 0.05) == pytest.approx(20, rel=1e-6)
    assert best_size(0.05, 0.0002) == pytest.approx(math.sqrt(0.95 / 0.0002))
    assert best_size(0.05, 0) == math.inf


@FEW
@given(LOADS, SCALERS)
def test_there_is_always_a_machine_and_never_more_than_allowed(
    load: list[float], scaler: Autoscaler
) -> None:
    scaling = autoscale(load, 100, scaler)
    first = math.ceil(load[0] / (100 * scaler.target))
    assert (scaling.machines >= 1).all()
    assert scaling.machines.max() <= max(scaler.most, first, 1)
    assert (scaling.lost >= 0).all()
    assert (scaling.load - scaling.lost <= scaling.capacity + 1e-6).all()


@FEW
@given(SCALERS, st.integers(0, 100))
def test_no_machine_comes_before_it_has_booted(scaler: Autoscaler, at: int) -> None:
    load = step_or_ramp(1_000, 3_000, 0, before_s=at, total_s=600)
    scaling = autoscale(load, 100, scaler)
    early = scaling.machines[: at + max(1, scaler.boot_s)]
    assert early.max() <= scaling.machines[0]


@given(st.floats(10, 5_000))
def test_a_steady_load_changes_nothing(rate: float) -> None:
    scaling = autoscale([rate] * 400, 100, SCALER)
    assert scaling.short_s == 0
    if rate > 1_000:  # so many that rounding up is within the tolerance
        assert set(scaling.machines) == {scaling.machines[0]}


def test_a_doubling_at_once_needs_half_of_the_fleet_idle() -> None:
    step = step_or_ramp(1_200, 2_400, 0, before_s=120, total_s=1_200)
    assert autoscale(step, 100, replace(SCALER, target=0.5)).lost.sum() == 0
    assert autoscale(step, 100, replace(SCALER, target=0.6)).lost.sum() > 0


def test_slower_boots_hotter_targets_and_steeper_ramps_lose_more() -> None:
    def lost(ramp: int, **changed: float) -> float:
        load = step_or_ramp(1_200, 2_400, ramp, before_s=120, total_s=1_500)
        return float(autoscale(load, 100, replace(SCALER, **changed)).lost.sum())

    assert lost(0, boot_s=30) < lost(0, boot_s=120) < lost(0, boot_s=300)
    assert lost(0, target=0.6) < lost(0, target=0.7) < lost(0, target=0.9)
    assert lost(0, target=0.7) > lost(300, target=0.7) >= lost(1_200, target=0.7) == 0


def test_a_saturated_metric_takes_several_rounds() -> None:
    """At 80% target a round adds a quarter at most: busy workers do not show what is behind."""
    step = step_or_ramp(1_200, 3_600, 0, before_s=120, total_s=2_000)
    machines = autoscale(step, 100, replace(SCALER, target=0.8)).machines
    sizes = list(dict.fromkeys(machines.tolist()))
    assert len(sizes) >= 5
    assert all(after <= math.ceil(before / 0.8) for before, after in pairwise(sizes))


def test_it_scales_in_only_after_patience() -> None:
    load = np.concatenate([np.full(300, 2_400.0), np.full(900, 1_200.0)])
    machines = autoscale(load, 100, SCALER).machines
    assert machines[0] == 40
    assert (machines[: 300 + SCALER.patience_s] == 40).all()
    assert machines[-1] in (20, 21, 22)


def test_the_load_climbs_as_asked() -> None:
    ramp = step_or_ramp(100, 300, 100, before_s=50, total_s=300)
    assert (ramp[0], ramp[50], ramp[100], ramp[150], ramp[-1]) == (100, 100, 200, 300, 300)
    step = step_or_ramp(100, 300, 0, before_s=50, total_s=60)
    assert (step[49], step[50]) == (100, 300)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: speedup(0, 0.1),
        lambda: speedup(2, 1.5),
        lambda: autoscale([1], 0, SCALER),
        lambda: autoscale([1], 100, replace(SCALER, target=0)),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"\w+ \w+ \w+"):
        wrong()  # type: ignore[operator]
