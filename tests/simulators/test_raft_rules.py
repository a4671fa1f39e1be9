"""The rules of Figure 2, one by one, on a single server; and Figure 8, scene by scene."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulators.raft_broken import CountsAnyTerm
from simulators.raft_figure8 import figure_8
from simulators.raft_messages import (
    Answer,
    Appended,
    AppendEntries,
    Ask,
    Command,
    Disk,
    Entry,
    RequestVote,
    Settings,
    Vote,
)
from simulators.raft_server import Server

QUIET = Settings(no_op=False, hold_back=False)


def server(*terms: int, term: int = 0, chosen: Settings = QUIET) -> Server:
    """Server A of five, with these terms in its log."""
    log = [Entry(of, Command("c", n, "x", n)) for n, of in enumerate(terms, 1)]
    disk = Disk(term=max(term, *terms, 0), log=log)
    chance = random.Random(1)
    return Server("A", "ABCDE", disk=disk, settings=chosen, chance=chance, now=0)


def ask_vote(node: Server, term: int, last: tuple[int, int], sender: str = "B") -> bool:
    ((_, vote),) = node.receive(RequestVote(term, sender, last), 200)
    assert isinstance(vote, Vote)
    return vote.granted


@pytest.mark.parametrize(
    ("last", "granted"),
    [((3, 2), True), ((3, 3), True), ((3, 1), False), ((2, 9), False), ((4, 1), True)],
)
def test_a_vote_needs_a_log_at_least_as_up_to_date_term_before_length(
    last: tuple[int, int], granted: bool
) -> None:
    assert ask_vote(server(1, 3), 5, last) is granted


def test_a_vote_is_given_once_a_term_and_may_be_repeated() -> None:
    node = server(1)
    assert ask_vote(node, 2, (1, 1), "B")
    assert not ask_vote(node, 2, (1, 1), "C")
    assert ask_vote(node, 2, (1, 1), "B"), "the answer may have been lost"
    assert node.disk.voted_for == "B"
    again = Server("A", "ABCDE", disk=node.disk, settings=QUIET, chance=random.Random(2), now=0)
    assert not ask_vote(again, 2, (1, 1), "C"), "it voted before the restart"
    assert ask_vote(again, 3, (1, 1), "C"), "a new term, a new vote"


def test_a_request_of_an_earlier_term_is_refused_and_told_the_present_one() -> None:
    node = server(1, term=7)
    ((_, vote),) = node.receive(RequestVote(6, "B", (6, 9)), 200)
    assert vote == Vote(7, "A", False)
    ((_, answer),) = node.receive(AppendEntries(6, "B", (1, 1), (Entry(6),), 1, 1), 200)
    assert isinstance(answer, Appended) and (answer.term, answer.success) == (7, False)
    assert len(node.disk.log) == 1


def test_a_higher_term_makes_a_leader_a_follower() -> None:
    node = server(1)
    node.on_deadline(300)
    for voter in "BC":
        node.receive(Vote(2, voter, True), 310)
    assert node.role == "leader" and node.disk.term == 2
    node.receive(Appended(3, "B", False, 0, 1), 320)
    assert node.role == "follower" and (node.disk.term, node.disk.voted_for) == (3, None)


def test_two_of_five_votes_do_not_elect_and_a_refusal_does_not_count() -> None:
    node = server(1)
    node.on_deadline(300)
    for answer in (Vote(2, "B", True), Vote(2, "B", True), Vote(2, "C", False), Vote(1, "D", True)):
        node.receive(answer, 310)
    assert node.role == "candidate"


def test_a_follower_refuses_a_gap_and_names_where_to_try_next() -> None:
    node = server(1, 1, 2)
    for previous, index in (((7, 3), 3), ((3, 3), 2)):
        ((_, answer),) = node.receive(AppendEntries(4, "B", previous, (), 0, 1), 10)
        assert isinstance(answer, Appended)
        assert (answer.success, answer.index) == (False, index)
    assert [entry.term for entry in node.disk.log] == [1, 1, 2]


def test_a_tail_is_dropped_from_the_first_conflict_and_only_then() -> None:
    node = server(1, 1, 2, 2)
    same = tuple(node.disk.log[1:3])
    node.receive(AppendEntries(3, "B", (1, 1), same, 0, 1), 10)
    assert [entry.term for entry in node.disk.log] == [1, 1, 2, 2], "a late message undoes nothing"
    node.receive(AppendEntries(3, "B", (2, 1), (Entry(3),), 0, 1), 10)
    assert [entry.term for entry in node.disk.log] == [1, 1, 3]


def test_a_follower_commits_no_further_than_the_message_proves() -> None:
    node = server(1, 1, 2)  # its entry 3 may not be the leader's
    node.receive(AppendEntries(3, "B", (2, 1), (), 9, 1), 10)
    assert node.commit == 2


@given(
    st.integers(0, 4),
    st.lists(st.sampled_from([2, 4]), max_size=6),
    st.lists(st.sampled_from([3, 5]), max_size=6),
)
def test_any_follower_ends_up_with_the_leaders_log(
    shared: int, old: list[int], new: list[int]
) -> None:
    """Two logs that can meet: equal at first, then made by leaders of different terms."""
    theirs = [1] * shared + sorted(new)
    follower, leader = server(*[1] * shared, *sorted(old)), server(*theirs, term=9)
    leader.name, leader.peers = "B", ("A", "C", "D", "E")
    leader.role, leader.next = "leader", {peer: len(theirs) + 1 for peer in leader.peers}
    leader.match, leader.heard = dict.fromkeys(leader.peers, 0), dict.fromkeys(leader.peers, 0)
    message = leader._append_for("A")
    for _ in range(40):
        ((_, answer),) = follower.receive(message, 10)
        assert isinstance(answer, Appended)
        replies = leader.receive(answer, 10)
        if not replies:
            break
        message = replies[0][1]
    assert follower.disk.log[: len(theirs)] == leader.disk.log
    assert len(follower.disk.log) == len(theirs) or not new, "a conflicting tail is gone"


def test_a_repeated_command_is_run_once_and_an_old_one_not_after_a_newer() -> None:
    node = Server("A", "A", disk=Disk(), settings=Settings(), chance=random.Random(1), now=0)
    node.on_deadline(300)

    def write(serial: int, value: int) -> None:
        replies = node.receive(Ask("till", serial, "x", value), 400)
        assert replies == [("till", Answer("A", serial, True, value))]

    write(1, 10)
    write(2, 20)
    write(1, 10)  # a repeat that comes after the next command
    assert node.values == {"x": 20}
    assert len(node.disk.log) == 4, "it is in the log, and does nothing"


def test_figure_8_as_printed() -> None:
    a, b, c, d = figure_8(ending="d")
    assert a.logs == {"S1": (1, 2), "S2": (1, 2), "S3": (1,), "S4": (1,), "S5": (1,)}
    assert (a.leader, a.term) == ("S1", 2)
    assert b.logs == {**a.logs, "S5": (1, 3)}
    assert (b.leader, b.term, b.down) == ("S5", 3, {"S1"})
    assert c.logs == {"S1": (1, 2, 4), "S2": (1, 2), "S3": (1, 2), "S4": (1,), "S5": (1, 3)}
    assert (c.leader, c.term, c.down) == ("S1", 4, {"S5"})
    assert c.final == {1: 1}, "on a majority, and not committed"
    assert set(d.logs.values()) == {(1, 3)} and d.leader == "S5"
    e = figure_8(ending="e")[-1]
    assert e.logs == {"S1": (1, 2, 4), "S2": (1, 2, 4), "S3": (1, 2, 4), "S4": (1,), "S5": (1, 3)}
    assert e.final == {1: 1, 2: 2, 3: 4}
    assert {scene.problem for scene in (a, b, c, d, e)} == {""}


def test_counting_copies_of_an_old_term_loses_a_committed_entry_in_figure_8() -> None:
    scenes = figure_8(CountsAnyTerm, ending="d")
    assert [bool(scene.problem) for scene in scenes] == [False, False, False, True]
    assert scenes[2].final == {1: 1, 2: 2}
    assert scenes[3].problem.startswith("Leader completeness") and scenes[3].logs["S1"] == (1, 3)
    assert figure_8(CountsAnyTerm, ending="e")[-1].problem == "", "with (e) nobody notices"
    with pytest.raises(ValueError, match="'d' or 'e'"):
        figure_8(ending="f")
