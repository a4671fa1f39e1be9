"""A cluster in any weather: the five properties hold at every step, and healing brings progress."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from simulators.raft_client import Client, stale_reads
from simulators.raft_cluster import Cluster
from simulators.raft_messages import Settings
from simulators.raft_network import Network

NAMES = "ABCDE"
Trouble = tuple[float, str, list[str]]
TROUBLES = st.lists(
    st.tuples(
        st.floats(1, 200),
        st.sampled_from(["partition", "heal", "crash", "restart", "pause", "resume", "cut"]),
        st.lists(st.sampled_from(NAMES), min_size=2, max_size=2, unique=True),
    ),
    max_size=25,
)
NETWORKS = st.builds(
    Network,
    delay=st.sampled_from([(1, 10), (1, 40), (0, 120)]),
    loss=st.sampled_from([0, 0.05, 0.3]),
    repeat=st.sampled_from([0, 0.2]),
)
ALONE: list[Trouble] = [(134, "partition", ["A", "B"]), (99, "partition", ["C", "D"])]
CHOICES = st.builds(
    Settings, batch=st.sampled_from([1, 3, 100]), no_op=st.booleans(), hold_back=st.booleans()
)


def plan(cluster: Cluster, troubles: list[Trouble]) -> float:
    """Plan *troubles*; returns when the last one has passed."""
    time = 100.0
    for gap, action, some in troubles:
        time += gap
        if action == "partition":
            cluster.at(time, action, some, [name for name in NAMES if name not in some])
        elif action == "heal":
            cluster.at(time, action)
        else:
            cluster.at(time, action, *(some if action == "cut" else some[:1]))
    return time + 100


def make_whole(cluster: Cluster) -> None:
    for name in NAMES:
        cluster.restart(name)
        cluster.resume(name)
    cluster.heal()
    cluster.network = Network()


def settle(cluster: Cluster, within: float, done: Callable[[], bool] = lambda: True) -> str:
    """Play until *done*, one server leads, and all logs are equal and applied; name the leader."""
    end = cluster.now + within
    while cluster.step(end):
        nodes = cluster.servers.values()
        alike = len({(node.disk.term, node.commit, len(node.disk.log)) for node in nodes}) == 1
        alike = alike and done() and cluster.leader() is not None
        if alike and cluster.disks["A"].last[1] == cluster.servers["A"].commit:
            return cluster.leader() or ""
    raise AssertionError(f"nothing settled within {within} ms: {cluster.changes[-5:]}")


@settings(max_examples=150, deadline=None)
@example(104627, ALONE, Network(), Settings(batch=1, no_op=False, hold_back=False))
@given(st.integers(0, 10**6), TROUBLES, NETWORKS, CHOICES)
def test_safe_in_any_weather_and_live_when_it_clears(
    seed: int, troubles: list[Trouble], network: Network, chosen: Settings
) -> None:
    cluster = Cluster(NAMES, seed=seed, network=network, settings=chosen)
    writer = Client("w", NAMES, kind="write", every=40, patience=60)
    cluster.join("w", writer)
    cluster.run(plan(cluster, troubles))  # the witness raises if a property is broken
    final = dict(cluster.witness.committed)
    acknowledged = {op.wrote for op in writer.history if op.ended is not None}

    make_whole(cluster)
    # More writes: without them, and without no-ops, what a leader inherits stays uncommitted; and
    # the first one may itself be inherited, when a server that was alone comes back with its term.
    late = Client("late", NAMES, kind="write", start=cluster.now, every=400, attempts=1_000)
    writer.stop = cluster.now
    cluster.join("late", late)
    # Twenty of the longest election timeouts: a split vote takes one of them.
    within = 20 * chosen.timeout[1]
    done = lambda: bool(late.history) and late.history[0].ended is not None  # noqa: E731
    leader = cluster.servers[settle(cluster, within, done)]

    for index, (entry, _) in final.items():  # never a committed entry lost
        assert all(disk.log[index - 1] == entry for disk in cluster.disks.values())
    assert len({tuple(disk.log) for disk in cluster.disks.values()}) == 1
    assert len({tuple(node.values.items()) for node in cluster.servers.values()}) == 1
    written = [entry.command.value for entry in leader.disk.log if entry.command]
    assert acknowledged <= set(written), "what was acknowledged is in the log"
    assert all(len(names) == 1 for names in cluster.witness.leaders.values())


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), TROUBLES, st.sampled_from(["index", "lease"]))
def test_confirmed_reads_and_leases_never_return_what_is_old(
    seed: int, troubles: list[Trouble], mode: str
) -> None:
    cluster = Cluster(NAMES, seed=seed)
    clients = [Client("w", NAMES, kind="write", every=30, patience=60)]
    for name in NAMES:  # one reader sticks to each server, whatever it has become
        clients.append(
            Client(f"at {name}", [name], kind="read", every=12, patience=40, attempts=1, mode=mode)
        )
    for client in clients:
        cluster.join(client.name, client)
    cluster.run(plan(cluster, troubles))
    reads = [op for client in clients[1:] for op in client.history]
    assert stale_reads(clients[0].history, reads) == []


def test_the_same_seed_gives_the_same_history_to_the_last_message() -> None:
    def play(seed: int) -> Cluster:
        cluster = Cluster(seed=seed, network=Network(loss=0.1, repeat=0.1))
        cluster.join("w", Client("w", NAMES, kind="write", every=30))
        cluster.at(500, "crash", "B")
        return cluster.run(1_000)

    assert play(3).flights == play(3).flights
    assert play(3).flights != play(4).flights


def test_a_minority_can_neither_elect_nor_commit() -> None:
    cluster = Cluster(seed=1).run(400)
    leader = cluster.leader()
    lonely = Client("w", [leader], kind="write", every=20, start=400)
    cluster.join("w", lonely)
    rest = [name for name in NAMES if name != leader]
    cluster.at(450, "partition", [leader, rest[0], "w"], rest[1:])
    cluster.run(2_000)
    old = cluster.servers[leader]
    assert old.role == "leader" and old.disk.term == 1, "it has not heard that it was replaced"
    assert len(old.disk.log) > old.commit, "it accepts entries and cannot commit them"
    assert cluster.leader() in rest[1:] and cluster.servers[cluster.leader()].disk.term > 1
    assert all(op.ended is None for op in lonely.history if op.started > 450)
    cluster.heal()
    cluster.run(2_200)
    assert cluster.servers[leader].role == "follower"


def test_two_of_five_may_be_down_and_three_may_not() -> None:
    cluster = Cluster(seed=2)
    writer = Client("w", NAMES, kind="write", every=50, patience=60)
    cluster.join("w", writer)
    cluster.at(500, "crash", "A")
    cluster.at(500, "crash", "B")
    cluster.run(1_500)
    assert writer.history[-2].ended is not None
    cluster.crash("C")
    cluster.run(3_000)
    done = [op.ended for op in writer.history if op.ended is not None]
    assert max(done) < 1_520
    cluster.restart("A")
    cluster.run(4_500)
    assert writer.history[-2].ended is not None, "with three of five it goes on"


def test_a_restarted_server_has_its_term_vote_and_log_and_nothing_else() -> None:
    cluster = Cluster(seed=1)
    cluster.join("w", Client("w", NAMES, kind="write", every=50, stop=900))
    cluster.run(800)
    before = cluster.servers["B"]
    kept = before.disk.term, before.disk.voted_for, list(before.disk.log)
    cluster.crash("B")
    cluster.restart("B")
    after = cluster.servers["B"]
    assert (after.disk.term, after.disk.voted_for, after.disk.log) == kept
    assert before.commit > 0 and (after.role, after.commit, after.values) == ("follower", 0, {})
    settle(cluster, 1_000)
    assert after.values == cluster.servers[cluster.leader()].values


def test_one_server_is_a_majority_of_one() -> None:
    cluster = Cluster("A", seed=1)
    writer, reader = Client("w", "A", kind="write"), Client("r", "A", kind="read")
    cluster.join("w", writer)
    cluster.join("r", reader)
    cluster.run(1_000)
    assert cluster.servers["A"].values["x"] >= 5
    assert any(op.got for op in reader.history)


def test_plans_and_settings_that_make_no_sense_are_refused_in_a_sentence() -> None:
    with pytest.raises(ValueError, match="choose one of partition"):
        Cluster(seed=1).at(10, "explode", "A")
    with pytest.raises(ValueError, match="shortest timeout"):
        Settings(heartbeat=200)
    with pytest.raises(ValueError, match="no network"):
        Network(delay=(10, 1))
    with pytest.raises(ValueError, match="'write' or 'read'"):
        Client("w", "A", kind="delete")
    with pytest.raises(ValueError, match="clock"):
        Cluster(seed=1).drift("A", 0)
