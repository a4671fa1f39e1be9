"""The simulated queue obeys what is proven about queues, and the formulas agree with it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulators.queueing import (
    ROUTINGS,
    Run,
    batch_means,
    erlang_c,
    hottest,
    mean_wait,
    simulate,
    wait_percentile,
)

LOADS = st.floats(0.05, 0.97)
SERVERS = st.integers(1, 12)
SHORT = settings(max_examples=40, deadline=None)


@st.composite
def runs(draw: st.DrawFn) -> tuple[Run, int, str]:
    servers, routing = draw(SERVERS), draw(st.sampled_from(ROUTINGS))
    rate = draw(st.floats(0.1, 2.5)) * servers  # overload is allowed: these hold there, too
    run = simulate(
        rate,
        1.0,
        servers,
        cv=draw(st.sampled_from([0, 0.5, 1, 2])),
        routing=routing,
        requests=draw(st.integers(1, 300)),
        seed=draw(st.integers(0, 10_000)),
    )
    return run, servers, routing


@SHORT
@given(runs())
def test_littles_law_holds_to_the_last_digit(case: tuple[Run, int, str]) -> None:
    run, _, _ = case
    length = run.finished.max() - run.arrived.min()
    throughput = len(run.arrived) / length
    assert run.mean_in_system() == pytest.approx(throughput * run.responses.mean(), rel=1e-9)


@SHORT
@given(runs())
def test_nobody_is_served_before_arriving_and_no_server_does_two_at_once(
    case: tuple[Run, int, str],
) -> None:
    run, servers, _ = case
    assert (run.waits >= 0).all()
    assert (run.finished >= run.started).all()
    assert set(run.server) <= set(range(servers))
    for server in range(servers):
        mine = run.server == server
        assert (run.started[mine][1:] >= run.finished[mine][:-1] - 1e-9).all()


@SHORT
@given(runs())
def test_work_is_conserved(case: tuple[Run, int, str]) -> None:
    run, servers, routing = case
    for one in range(len(run.arrived)):
        if run.waits[one] < 1e-9:
            continue
        # Whoever waits has all servers busy in front of it: its own, or all with a common queue.
        middle = (run.arrived[one] + run.started[one]) / 2
        busy = (run.started <= middle) & (middle < run.finished)
        assert run.server[one] in run.server[busy]
        if routing == "one queue":
            assert busy.sum() == servers


@SHORT
@given(runs())
def test_a_common_queue_is_first_come_first_served(case: tuple[Run, int, str]) -> None:
    run, servers, routing = case
    if routing == "one queue":
        assert (np.diff(run.started) >= 0).all()
    for server in range(servers):
        assert (np.diff(run.started[run.server == server]) >= 0).all()


@pytest.mark.parametrize(
    ("servers", "load", "cv"),
    [(1, 0.5, 1), (1, 0.8, 1), (3, 0.7, 1), (8, 0.8, 1), (1, 0.7, 0), (1, 0.6, 2)],
)
def test_the_simulation_agrees_with_theory_within_its_confidence(
    servers: int, load: float, cv: float
) -> None:
    right = mean_wait(load * servers, 1.0, servers, cv)
    inside = 0
    for seed in range(20):
        run = simulate(load * servers, 1.0, servers, cv=cv, requests=30_000, seed=seed)
        mean, half = batch_means(run.waits)
        assert mean == pytest.approx(right, abs=3 * half)
        inside += abs(mean - right) <= half
    assert inside >= 16  # of 20 intervals of 95%: fewer than 16 in one case of 400


def test_percentiles_of_the_simulation_agree_with_theory() -> None:
    for servers, load in ((1, 0.7), (4, 0.8)):
        runs = [simulate(load * servers, 1, servers, seed=s, requests=40_000) for s in range(8)]
        found = np.mean([np.quantile(run.waits, 0.99) for run in runs])
        assert found == pytest.approx(wait_percentile(load * servers, 1, servers, 0.99), rel=0.06)


@given(LOADS)
def test_one_server_is_the_textbook_formula(load: float) -> None:
    assert erlang_c(load, 1) == pytest.approx(load)
    assert mean_wait(load, 1.0) == pytest.approx(load / (1 - load))


@given(LOADS, SERVERS)
def test_erlang_c_agrees_with_its_definition(load: float, servers: int) -> None:
    busy = load * servers
    terms = [busy**k / math.factorial(k) for k in range(servers)]
    last = busy**servers / math.factorial(servers) / (1 - load)
    assert erlang_c(busy, servers) == pytest.approx(last / (sum(terms) + last))


@given(LOADS, SERVERS, st.floats(0.5, 0.999))
def test_more_servers_at_the_same_utilisation_wait_less(
    load: float, servers: int, share: float
) -> None:
    assert mean_wait(load * (servers + 1), 1, servers + 1) <= mean_wait(load * servers, 1, servers)
    wait = wait_percentile(load * servers, 1.0, servers, share)
    assert wait >= 0
    if wait:
        beyond = erlang_c(load * servers, servers) * math.exp(-(servers - load * servers) * wait)
        assert beyond == pytest.approx(1 - share)


@given(SERVERS, st.floats(0.9, 0.999), st.floats(0.1, 5))
def test_the_hottest_utilisation_is_the_one_that_just_fits(
    servers: int, share: float, allowed: float
) -> None:
    load = hottest(servers, share, allowed)
    assert 0 <= load < 1
    assert wait_percentile(load * servers, 1.0, servers, share) <= allowed + 1e-9
    if load < 0.999:
        assert wait_percentile((load + 1e-3) * servers, 1.0, servers, share) > allowed


def test_the_more_a_router_knows_the_shorter_the_wait() -> None:
    waits = [
        np.mean([simulate(6.4, 1, 8, routing=r, seed=s).waits.mean() for s in range(4)])
        for r in ROUTINGS
    ]
    assert waits == sorted(waits)
    assert waits[-1] > 8 * waits[0], "eight queues of their own wait as one server does"
    assert waits[-1] == pytest.approx(mean_wait(0.8, 1), rel=0.15)


def test_the_same_seed_gives_the_same_run_and_another_one_does_not() -> None:
    for routing in ROUTINGS:
        a, b = (simulate(3, 1, 4, routing=routing, requests=500, seed=5) for _ in range(2))
        assert (a.finished == b.finished).all()
        assert (a.server == b.server).all()
        assert (a.arrived != simulate(3, 1, 4, requests=500, seed=6).arrived).any()


def test_percentile_is_a_response_that_occurred() -> None:
    run = simulate(0.5, 1, requests=100, seed=2)
    assert run.percentile(0.99) == sorted(run.responses)[98]
    assert run.percentile(1) == run.responses.max()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: erlang_c(2, 2),
        lambda: erlang_c(-0.1, 2),
        lambda: mean_wait(200, 0.01),
        lambda: wait_percentile(50, 0.01, 1, 1.0),
        lambda: simulate(0, 1),
        lambda: simulate(1, 1, cv=-1),
        lambda: simulate(1, 1, routing="alphabetical"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"\w+ \w+ \w+"):
        wrong()  # type: ignore[operator]
