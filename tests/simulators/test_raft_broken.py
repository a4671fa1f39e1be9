"""The checks can fail: each rule left out is caught, and each property has a run that breaks it."""

from __future__ import annotations

import pytest
from simulators.raft_broken import BROKEN, Mistake, brave
from simulators.raft_messages import Entry
from simulators.raft_safety import (
    election_safety,
    leader_append_only,
    leader_completeness,
    log_matching,
    state_machine_safety,
)
from simulators.raft_server import Server

STORMY = {words: mistake for words, mistake in BROKEN.items() if mistake.found}
PROPERTIES = {
    "two of five are a majority": "Leader completeness",
    "acknowledges before fsync": "Leader completeness",
    "votes without comparing logs": "Leader completeness",
    "cuts the tail at every append": "State machine safety",
    "appends without the consistency check": "Log matching",
    "keeps its vote in memory only": "Election safety",
    "votes for the longest log": "Leader completeness",
}


@pytest.mark.parametrize("words", STORMY)
def test_a_missing_rule_breaks_a_property_in_its_storm_and_raft_does_not(words: str) -> None:
    mistake = BROKEN[words]
    verdict = brave(mistake.kind, mistake.seed)
    assert verdict.problem.startswith(PROPERTIES[words])
    assert brave(Server, mistake.seed).problem == ""


@pytest.mark.parametrize("words", BROKEN)
def test_the_first_storm_that_finds_it_is_the_first(words: str) -> None:
    mistake = BROKEN[words]
    earlier = range(min(mistake.seed, 8))
    assert not any(brave(mistake.kind, seed, 700).problem for seed in earlier)


def test_mistakes_are_sorted_by_how_easily_they_are_found() -> None:
    counts = [mistake.found for mistake in BROKEN.values()]
    assert counts == sorted(counts, reverse=True) and isinstance(BROKEN, dict)
    assert all(isinstance(mistake, Mistake) for mistake in BROKEN.values())


def entries(*terms: int) -> list[Entry]:
    return [Entry(term) for term in terms]


def test_each_property_says_what_is_wrong() -> None:
    assert "B and C both led term 2" in election_safety({1: {"A"}, 2: {"B", "C"}})
    assert leader_append_only(entries(1, 2), entries(1, 3))
    assert leader_append_only(entries(1, 2), entries(1))
    assert "index 3" in log_matching({"A": entries(1, 1, 2), "B": entries(1, 2, 2)})
    assert "lacks entry 2" in leader_completeness(entries(1), 3, {2: (Entry(2), 2)})
    assert "entries 2" in state_machine_safety({"A": entries(1, 2), "B": entries(1, 3)})


def test_each_property_holds_where_it_should() -> None:
    assert election_safety({1: {"A"}, 2: {"A"}}) == ""
    assert leader_append_only(entries(1), entries(1, 2)) == ""
    assert log_matching({"A": entries(1, 2, 2), "B": entries(1, 3), "C": []}) == ""
    assert leader_completeness(entries(1, 2), 3, {2: (Entry(2), 2)}) == ""
    assert leader_completeness(entries(1), 2, {2: (Entry(2), 2)}) == "", "not a later term"
    assert state_machine_safety({"A": entries(1, 2), "B": entries(1)}) == ""
