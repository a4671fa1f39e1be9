"""Overload: what holds for all settings, and the collapse that outlives its cause."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulators.overload import SERIES, Burst, Clients, Timeline, arrivals, run
from simulators.shedding import ORDERS, Request, Server, WaitingLine

BURST = Burst()
RETRYING = Clients(rate=60, retries=3)
PLAIN = Server()
FEW = settings(max_examples=40, deadline=None)

CLIENTS = st.builds(
    Clients,
    rate=st.floats(5, 90),
    timeout_s=st.floats(0.05, 3),
    retries=st.integers(0, 4),
    backoff_s=st.sampled_from([0.0, 0.5, 4.0]),
    budget=st.sampled_from([None, 0.0, 0.1, 1.0]),
    important=st.floats(0, 1),
)
SERVERS = st.builds(
    Server,
    order=st.sampled_from(ORDERS),
    max_queue=st.one_of(st.none(), st.integers(0, 200)),
    margin_s=st.sampled_from([None, 0.0, 0.15]),
    controlled_delay_s=st.sampled_from([None, (0.1, 0.5)]),
    priorities=st.booleans(),
)


@FEW
@given(CLIENTS, SERVERS, st.integers(0, 1_000))
def test_nothing_is_lost_and_nothing_is_made_up(
    clients: Clients, server: Server, seed: int
) -> None:
    burst = Burst(start_s=3, length_s=5)
    line = run(clients, server, burst, seconds=15, seed=seed)
    total = {name: int(line[name].sum()) for name in SERIES}
    assert total["good"] + total["failed"] <= total["calls"]
    ended = total["good"] + total["late"] + total["refused"]
    present = total["attempts"] - ended
    assert 0 <= present - line["queue"][-1] <= server.workers  # waiting, or being worked on
    assert total["calls"] <= total["attempts"] <= total["calls"] * (1 + clients.retries)
    assert total["good_important"] <= min(total["good"], total["important"])


@FEW
@given(CLIENTS, SERVERS, st.integers(0, 1_000))
def test_workers_do_no_more_than_they_can(clients: Clients, server: Server, seed: int) -> None:
    line = run(clients, server, BURST, seconds=60, seed=seed)
    good, late = line.work_s
    assert good + late <= server.workers * (60 + 1.5 * server.service_s)
    assert (line["good"] + line["late"]).max() <= 2 * server.capacity + server.workers
    assert line["good"].sum() <= 1.02 * 60 * server.capacity


@FEW
@given(CLIENTS, SERVERS.filter(lambda one: one.max_queue is not None), st.integers(0, 1_000))
def test_the_queue_never_exceeds_its_bound(clients: Clients, server: Server, seed: int) -> None:
    line = run(clients, server, BURST, seconds=60, seed=seed)
    assert server.max_queue is not None
    assert line.longest_queue <= server.max_queue
    assert line["queue"].max() <= server.max_queue


@FEW
@given(CLIENTS.filter(lambda one: one.budget is not None), SERVERS, st.integers(0, 1_000))
def test_retries_stay_within_their_budget(clients: Clients, server: Server, seed: int) -> None:
    line = run(clients, server, BURST, seconds=60, seed=seed)
    calls, retries = line["calls"].sum(), (line["attempts"] - line["calls"]).sum()
    assert clients.budget is not None
    assert retries <= clients.budget * calls + 10  # 10 may be saved up


@FEW
@given(CLIENTS, SERVERS, st.integers(0, 1_000))
def test_the_same_seed_gives_the_same_timeline(clients: Clients, server: Server, seed: int) -> None:
    a, b = (run(clients, server, BURST, seconds=20, seed=seed) for _ in range(2))
    assert all((a[name] == b[name]).all() for name in SERIES)


def test_defences_meet_the_same_calls() -> None:
    a, b = (run(RETRYING, one, BURST, seconds=60) for one in (PLAIN, Server(max_queue=20)))
    assert (a["calls"] == b["calls"]).all()
    assert (a["important"] == b["important"]).all()


@pytest.mark.parametrize("seed", range(5))
def test_without_retries_the_service_recovers_by_itself(seed: int) -> None:
    line = run(replace(RETRYING, retries=0), PLAIN, BURST, seconds=150, seed=seed)
    after = line.recovery_s(BURST)
    assert after is not None
    # 20 calls a second too many for 30 s, drained at 40 a second, and what is random about it.
    assert 8 <= after <= 28
    assert line.share(100, 150) > 0.99


@pytest.mark.parametrize("seed", range(5))
def test_with_retries_it_stays_down_although_the_burst_is_over(seed: int) -> None:
    line = run(RETRYING, PLAIN, BURST, seconds=150, seed=seed)
    assert line.share(0, 20) > 0.99
    assert line.recovery_s(BURST) is None
    assert line.share(100, 150) < 0.02
    done = (line["good"] + line["late"])[60:]
    assert done.mean() > 0.98 * PLAIN.capacity, "busy, and useless"


@pytest.mark.parametrize("seed", range(3))
def test_it_is_vulnerable_once_calls_times_attempts_exceed_the_capacity(seed: int) -> None:
    hard = Burst(length_s=10, times=8)
    safe = replace(RETRYING, rate=0.6 * PLAIN.capacity / 4)
    assert run(safe, PLAIN, hard, seconds=60, seed=seed).share(40, 60) < 0.1, "it does go down"
    assert run(safe, PLAIN, hard, seconds=300, seed=seed).share(280, 300) > 0.95
    vulnerable = replace(RETRYING, rate=1.2 * PLAIN.capacity / 4)
    assert run(vulnerable, PLAIN, hard, seconds=300, seed=seed).share(280, 300) < 0.1


def test_backoff_delays_the_load_and_does_not_reduce_it() -> None:
    line = run(replace(RETRYING, backoff_s=5), PLAIN, BURST, seconds=200)
    assert line.recovery_s(BURST) is None
    assert line["attempts"][-40:].mean() > 3.5 * RETRYING.rate


def test_backoff_doubles_and_is_spread() -> None:
    """A server that refuses everybody at once leaves nothing but the pauses of the clients."""
    shut, calm = Server(workers=1, service_s=1e6, max_queue=0), Burst(times=1)
    line = run(replace(RETRYING, retries=2, backoff_s=4), shut, calm, seconds=120)
    assert line["attempts"].sum() > 2.8 * line["calls"].sum()
    # First retries come evenly over 4 s, second ones after up to 8 s more.
    assert line["attempts"][:2].sum() < 1.6 * line["calls"][:2].sum()
    retries = np.cumsum(line["attempts"] - line["calls"])
    # On average 2 s, and then 4 s more: 60 first retries and 60 second ones a second.
    expected = 60 * (120 - 2) + 60 * (120 - 6)
    assert retries[-1] == pytest.approx(expected, rel=0.04)
    at_once = run(replace(RETRYING, retries=2), shut, calm, seconds=20)
    assert (at_once["attempts"][5:] == 3 * at_once["calls"][5:]).all()


def test_a_budget_of_nothing_allows_what_was_saved_up_and_no_more() -> None:
    line = run(replace(RETRYING, budget=0.0), PLAIN, BURST, seconds=60)
    assert (line["attempts"] - line["calls"]).sum() == 10


def test_dropping_what_has_expired_is_not_enough() -> None:
    """At the head of an overloaded queue everything is nearly dead: leave time for the work."""
    expired = run(RETRYING, Server(margin_s=0.0), BURST)
    assert expired.recovery_s(BURST) is None
    in_time = run(RETRYING, Server(margin_s=0.15), BURST)
    assert in_time.recovery_s(BURST) is not None
    assert in_time["late"].sum() == 0, "what cannot be late is not started in vain"


@pytest.mark.parametrize(
    ("clients", "server", "useful"),
    [
        (replace(RETRYING, budget=0.1), PLAIN, 0.0),
        (RETRYING, Server(max_queue=50), 0.75),
        (RETRYING, Server(margin_s=0.15), 0.75),
        (RETRYING, Server(order="newest first"), 0.75),
        (RETRYING, Server(order="adaptive"), 0.75),
        (RETRYING, Server(controlled_delay_s=(0.1, 0.5)), 0.75),
    ],
    ids=["budget", "bounded", "deadlines", "newest", "adaptive", "controlled delay"],
)
def test_each_of_these_defences_brings_it_back(
    clients: Clients, server: Server, useful: float
) -> None:
    line = run(clients, server, BURST, seconds=150)
    assert line.recovery_s(BURST) is not None
    assert line.share(22, 50) >= useful  # 100 of 120 a second is the most there can be


def test_a_queue_longer_than_the_patience_of_its_clients_is_no_defence() -> None:
    assert run(RETRYING, Server(max_queue=1_000), BURST).share(100, 150) < 0.02


def test_priorities_save_the_important_calls() -> None:
    line = run(RETRYING, Server(priorities=True, max_queue=20), BURST)
    assert line.share(22, 50, "important") > 0.98
    assert line.share(22, 50) > 0.75


@given(st.integers(0, 5), st.lists(st.booleans(), max_size=40))
def test_a_full_line_keeps_the_important_ones(bound: int, arriving: list[bool]) -> None:
    line = WaitingLine(Server(max_queue=bound, priorities=True))
    refused = [line.offer(Request(0, 9, 0, important)) for important in arriving]
    kept = len(arriving) - sum(one is not None for one in refused)
    assert len(line) == kept == min(bound, len(arriving))
    served = []
    while len(line):
        request, _ = line.take(0)
        assert request is not None
        served.append(request.important)
    assert served == sorted(served, reverse=True)
    assert sum(served) == min(bound, sum(arriving))


def test_the_newest_of_the_others_makes_room() -> None:
    line = WaitingLine(Server(max_queue=3, priorities=True))
    rows = [Request(float(at), 9, 0, at == 1) for at in range(3)]
    assert [line.offer(row) for row in rows] == [None, None, None]
    assert line.offer(Request(3, 9, 0, False)) is not None
    assert line.offer(Request(4, 9, 0, True)) is rows[2]


@given(st.sampled_from(ORDERS), st.integers(1, 60))
def test_the_order_is_what_it_says(order: str, waiting: int) -> None:
    line = WaitingLine(Server(order=order, workers=10))
    requests = [Request(float(i), 99, 0, False) for i in range(waiting)]
    for request in requests:
        line.offer(request)
    taken, _ = line.take(100.0)
    oldest = order == "oldest first" or (order == "adaptive" and waiting <= 10)
    assert taken is requests[0 if oldest else -1]


def test_a_standing_queue_shortens_the_allowed_wait() -> None:
    line = WaitingLine(Server(controlled_delay_s=(0.1, 0.5)))
    assert line.take(10.0) == (None, [])  # empty at 10
    waiting = Request(10.1, 99, 0, False)
    line.offer(waiting)
    line.offer(Request(10.35, 99, 0, False))
    assert line.take(10.4) == (waiting, []), "0.3 s are fine after a moment without a queue"
    line.offer(Request(10.6, 99, 0, False))
    taken, dropped = line.take(10.65)
    assert taken is not None and taken.sent == 10.6
    assert [one.sent for one in dropped] == [10.35], "0.3 s are too long in a standing queue"


def test_the_rate_of_arrivals_is_the_one_asked_for() -> None:
    times = np.array(list(arrivals(50, Burst(20, 30, 3), 100, random.Random(3))))
    assert (np.diff(times) > 0).all()
    inside = ((times >= 20) & (times < 50)).sum() / 30
    outside = (len(times) - inside * 30) / 70
    assert inside == pytest.approx(150, rel=0.06)
    assert outside == pytest.approx(50, rel=0.06)


def test_recovery_counts_from_the_end_of_the_trigger() -> None:
    calls = np.full(100, 10.0)
    good = calls.copy()
    good[20:60] = 0
    timeline = Timeline({"calls": calls, "good": good}, 0, (0, 0))
    assert timeline.recovery_s(Burst(20, 30)) == pytest.approx(14)  # 10, and 4 until the mean is up
    assert Timeline({"calls": calls, "good": calls}, 0, (0, 0)).recovery_s(BURST) == 0
    assert Timeline({"calls": calls, "good": 0 * calls}, 0, (0, 0)).recovery_s(BURST) is None


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Server(order="alphabetical"),
        lambda: Server(workers=0),
        lambda: run(Clients(rate=0), PLAIN, BURST),
        lambda: run(Clients(retries=-1), PLAIN, BURST),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"\w+ \w+ \w+"):
        wrong()  # type: ignore[operator]
