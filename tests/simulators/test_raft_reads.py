"""What clients see: stale reads where they may occur, none where not; retries; silence."""

from __future__ import annotations

import pytest
from simulators.raft_client import Client, Operation, longest_silence, stale_reads
from simulators.raft_cluster import Cluster
from simulators.raft_messages import Answer, Settings


def split(mode: str, seed: int, *, rate: float = 1, settings: Settings | None = None) -> int:
    """Stale reads at a leader that is cut off at 600 ms; its clock runs at *rate* from 450 on."""
    cluster = Cluster(seed=seed, settings=settings)
    cluster.run(400)
    old = cluster.leader()
    rest = [name for name in cluster.names if name != old]
    writer = Client("w", [old, *rest], kind="write", every=30, start=400, patience=60)
    at_old, at_new = (
        Client(name, servers, kind="read", every=10, start=400, patience=60, mode=mode)
        for name, servers in (("at old", [old]), ("at new", rest))
    )
    for client in (writer, at_old, at_new):
        cluster.join(client.name, client)
    cluster.at(450, "drift", old, rate)
    cluster.at(600, "partition", [old, "at old"], [*rest, "at new", "w"])
    cluster.at(1_200, "heal")
    cluster.run(1_500)
    return len(stale_reads(writer.history, at_old.history + at_new.history))


@pytest.mark.parametrize("seed", range(6))
def test_only_local_reads_are_stale_in_a_partition(seed: int) -> None:
    assert split("local", seed) > 10
    assert split("index", seed) == 0
    assert split("lease", seed) == 0


def test_a_lease_is_as_good_as_its_clock() -> None:
    assert sum(split("lease", seed, rate=0.3) for seed in range(6)) > 20
    assert sum(split("index", seed, rate=0.3) for seed in range(6)) == 0
    assert sum(split("lease", seed, rate=1 / 1.1) for seed in range(12)) == 0, "within the bound"


def test_a_lease_rests_on_voters_that_hold_back() -> None:
    def overthrown(hold_back: bool, seed: int) -> int:
        """A server that no longer hears the leader stands for election; the others still hear it."""
        settings = Settings(heartbeat=100, hold_back=hold_back)
        cluster = Cluster(seed=seed, settings=settings)
        cluster.run(500)
        old = cluster.leader()
        rest = [name for name in cluster.names if name != old]
        writer = Client("w", rest, kind="write", every=4, start=500, patience=40)
        reader = Client("r", [old], kind="read", every=2, start=500, patience=40, mode="lease")
        for client in (writer, reader):
            cluster.join(client.name, client)
        cluster.at(510, "cut", old, rest[0])
        cluster.at(510, "cut", rest[0], old)
        cluster.run(1_500)
        return len(stale_reads(writer.history, reader.history))

    assert sum(overthrown(False, seed) for seed in range(12)) > 0
    assert sum(overthrown(True, seed) for seed in range(12)) == 0


def test_a_frozen_leader_is_replaced_and_becomes_a_follower_when_it_wakes() -> None:
    cluster = Cluster(seed=4).run(500)
    old = cluster.leader()
    cluster.join("w", Client("w", cluster.names, kind="write", every=30, start=500, patience=60))
    cluster.at(600, "pause", old)
    cluster.at(1_600, "resume", old, True)
    cluster.run(1_599)
    assert cluster.servers[old].role == "leader", "it believes what it believed when it froze"
    assert cluster.leader() != old
    assert cluster.clocks[old].shows(cluster.now) == pytest.approx(cluster.now)
    cluster.run(1_800)
    assert cluster.servers[old].role == "follower"
    assert cluster.clocks[old].shows(cluster.now) == pytest.approx(cluster.now - 1_000)


def test_a_client_repeats_under_one_serial_until_it_is_answered() -> None:
    client = Client("w", ["A", "B"], kind="write", patience=50, attempts=3)
    asked = [client.on_deadline(0), client.on_deadline(50), client.on_deadline(100)]
    assert [[(to, ask.serial) for to, ask in one] for one in asked] == [
        [("A", 1)],
        [("B", 1)],
        [("A", 1)],
    ]
    assert client.on_deadline(150) == [] and client.history[0].gave_up == 150
    client.on_deadline(160)
    client.receive(Answer("B", 1, True, 1), 165)
    assert client.history[1].ended is None, "an answer to the operation it gave up"
    client.receive(Answer("B", 2, True, 2), 170)
    assert (client.history[1].ended, client.history[1].via) == (170, "B")


def test_a_refusal_leads_to_the_leader_unless_that_one_was_silent() -> None:
    client = Client("w", "ABC", kind="write", patience=50)
    client.on_deadline(0)
    ((to, _),) = client.receive(Answer("A", 1, False, leader="C"), 5)
    assert to == "C"
    ((to, _),) = client.on_deadline(55)
    assert to == "A" and client.receive(Answer("A", 1, False, leader="C"), 60) == []
    ((to, _),) = client.on_deadline(client.deadline)
    assert to == "B"


def test_stale_reads_are_those_older_than_what_was_known_when_they_began() -> None:
    def op(wrote: int | None, started: float, ended: float | None, got: int | None) -> Operation:
        return Operation(1, wrote, started, ended, got)

    writes = [op(1, 0, 10, 1), op(2, 20, 40, 2), op(3, 50, None, None)]
    fresh = [op(None, 5, 15, None), op(None, 30, 45, 1), op(None, 41, 45, 2), op(None, 60, 70, 3)]
    assert stale_reads(writes, fresh) == []
    old = [op(None, 41, 45, 1), op(None, 71, 80, 2), op(None, 11, 12, None)]
    assert stale_reads(writes, fresh + old) == old
    assert longest_silence(writes, 100) == 60
