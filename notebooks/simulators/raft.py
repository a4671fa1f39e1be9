"""One Raft server as pure rules: a message or a timeout comes in, messages go out.

The rules are those of Figure 2 in D. Ongaro, J. Ousterhout: In Search of an Understandable
Consensus Algorithm (Extended Version), 2014; sections in brackets are that paper's. A `Node` has no
thread, socket or clock of its own, so a whole cluster can be played step by step
(`simulators.raft_cluster`). What it does for clients stands in `simulators.raft_server`.

Left out: membership changes, snapshots, pre-vote.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from simulators.raft_messages import (
    Appended,
    AppendEntries,
    Disk,
    Entry,
    Message,
    Outbox,
    RequestVote,
    Settings,
    Vote,
)


class Node:
    """A follower, candidate or leader.

    Attributes:
        disk: What survives a crash; everything else is lost.
        role: "follower", "candidate" or "leader".
        commit: Highest index known to be committed.
        deadline: When `on_deadline` is due, in this server's own clock (ms).
    """

    def __init__(
        self,
        name: str,
        names: Sequence[str],
        *,
        disk: Disk,
        settings: Settings,
        chance: random.Random,
        now: float,
    ) -> None:
        self.name, self.names, self.disk, self.settings = name, tuple(names), disk, settings
        self.peers = tuple(other for other in names if other != name)
        self.quorum = len(self.names) // 2 + 1
        self.role, self.leader = "follower", ""
        self.commit = 0
        self.votes: set[str] = set()
        self.next: dict[str, int] = {}
        self.match: dict[str, int] = {}
        self.round = 0
        self.sent_at: dict[int, float] = {}
        self.heard: dict[str, int] = {}  # follower -> the latest round it has answered
        self._chance = chance
        # A restarted voter has forgotten what it promised, so it waits as if it had just promised.
        self._heard_leader = now
        self._wait(now)

    # -- timeouts and messages ---------------------------------------------------------------

    def on_deadline(self, now: float) -> Outbox:
        """A leader sends its heartbeats; anybody else stands for election (5.2)."""
        if self.role == "leader":
            return self._broadcast(now)
        self.role, self.leader = "candidate", ""
        self.disk.term += 1
        self.disk.voted_for = self.name
        self.votes = {self.name}
        self._wait(now)
        if len(self.votes) >= self.quorum:
            return self._lead(now)
        request = RequestVote(self.disk.term, self.name, self.disk.last)
        return [(peer, request) for peer in self.peers]

    def receive(self, message: Message, now: float) -> Outbox:
        """Do what Figure 2 says about *message*."""
        if isinstance(message, RequestVote) and self._holds_back(now):
            return []
        if message.term > self.disk.term:  # "All Servers", rule 2 (5.1)
            self._saw_term(message.term, now)
        if isinstance(message, RequestVote):
            return self._on_request_vote(message, now)
        if isinstance(message, AppendEntries):
            return self._on_append(message, now)
        if message.term < self.disk.term:
            return []  # an answer to a question of an earlier term
        if isinstance(message, Vote):
            return self._on_vote(message, now)
        return self._on_appended(message) if isinstance(message, Appended) else []

    def _wait(self, now: float) -> None:
        self.deadline = now + self._chance.uniform(*self.settings.timeout)

    def _saw_term(self, term: int, now: float) -> None:
        if self.role == "leader":
            self._wait(now)
        self.disk.term, self.disk.voted_for = term, None
        self.role, self.leader = "follower", ""

    # -- elections ---------------------------------------------------------------------------

    def _holds_back(self, now: float) -> bool:
        recent = now < self._heard_leader + self.settings.timeout[0]
        return self.settings.hold_back and recent

    def _may_vote(self, request: RequestVote) -> bool:
        """One vote a term (5.2), and only for a log that is at least as up to date (5.4.1)."""
        free = self.disk.voted_for in (None, request.sender)
        return free and request.last >= self.disk.last

    def _on_request_vote(self, request: RequestVote, now: float) -> Outbox:
        granted = request.term == self.disk.term and self._may_vote(request)
        if granted:
            self.disk.voted_for = request.sender
            self._wait(now)
        return [(request.sender, Vote(self.disk.term, self.name, granted))]

    def _on_vote(self, vote: Vote, now: float) -> Outbox:
        if self.role != "candidate" or not vote.granted:
            return []
        self.votes.add(vote.sender)
        return self._lead(now) if len(self.votes) >= self.quorum else []

    def _lead(self, now: float) -> Outbox:
        self.role, self.leader = "leader", self.name
        self.next = dict.fromkeys(self.peers, len(self.disk.log) + 1)
        self.match = dict.fromkeys(self.peers, 0)
        self.round, self.sent_at, self.heard = 0, {}, dict.fromkeys(self.peers, 0)
        if self.settings.no_op:
            self.disk.log.append(Entry(self.disk.term))
        return self._broadcast(now)

    # -- replication -------------------------------------------------------------------------

    def _broadcast(self, now: float) -> Outbox:
        self.round += 1
        self.sent_at[self.round] = self._heard_leader = now
        self.deadline = now + self.settings.heartbeat
        out = self._advance_commit()  # a cluster of one needs nobody else
        return [*out, *((peer, self._append_for(peer)) for peer in self.peers)]

    def _append_for(self, peer: str) -> AppendEntries:
        before = self.next[peer] - 1
        entries = tuple(self.disk.log[before : before + self.settings.batch])
        previous = (before, self.disk.term_at(before))
        return AppendEntries(self.disk.term, self.name, previous, entries, self.commit, self.round)

    def _agrees(self, append: AppendEntries) -> bool:
        """Whether this log holds the entry that comes before the new ones (5.3)."""
        index, term = append.previous
        return self.disk.term_at(index) == term

    def _store(self, append: AppendEntries) -> None:
        """Add what is missing; drop a tail only from the first entry that conflicts (5.3)."""
        for index, entry in enumerate(append.entries, append.previous[0] + 1):
            if self.disk.term_at(index) != entry.term:
                self.disk.log[index - 1 :] = [entry]

    def _on_append(self, append: AppendEntries, now: float) -> Outbox:
        def answer(success: bool, index: int) -> Outbox:
            reply = Appended(self.disk.term, self.name, success, index, append.round)
            return [(append.sender, reply)]

        if append.term < self.disk.term:
            return answer(False, 0)
        self.role, self.leader, self._heard_leader = "follower", append.sender, now
        self._wait(now)
        if not self._agrees(append):
            return answer(False, min(append.previous[0] - 1, len(self.disk.log)))
        self._store(append)
        agreed = append.previous[0] + len(append.entries)
        self._commit_up_to(min(append.commit, agreed))
        return answer(True, agreed)

    def _on_appended(self, answer: Appended) -> Outbox:
        if self.role != "leader":
            return []
        peer = answer.sender
        self.heard[peer] = max(self.heard[peer], answer.round)
        if answer.success:
            self.match[peer] = max(self.match[peer], answer.index)
            self.next[peer] = max(self.next[peer], self.match[peer] + 1)
        else:  # back up, but never in front of what is known to agree
            self.next[peer] = max(self.match[peer], min(self.next[peer] - 1, answer.index)) + 1
        out = self._advance_commit()
        behind = not answer.success or self.next[peer] <= len(self.disk.log)
        return [*out, (peer, self._append_for(peer))] if behind else out

    def _may_count(self, index: int) -> bool:
        """Only entries of the leader's own term are committed by counting copies (5.4.2)."""
        return self.disk.term_at(index) == self.disk.term

    def _advance_commit(self) -> Outbox:
        for index in range(len(self.disk.log), self.commit, -1):
            copies = 1 + sum(match >= index for match in self.match.values())
            if copies >= self.quorum and self._may_count(index):
                return self._commit_up_to(index)
        return []

    def _commit_up_to(self, index: int) -> Outbox:
        """Apply, in order, whatever has become known to be committed."""
        out: Outbox = []
        while self.commit < index:
            self.commit += 1
            out += self._apply(self.commit)
        return out

    def _apply(self, index: int) -> Outbox:
        """What the entry at *index* does, now that it is final: nothing, in this class."""
        return []
