"""A Raft server with a small key-value store: writes through the log, three ways to read.

Writes: section 8 of the Raft paper (Ongaro, Ousterhout, 2014), with serial numbers that make a
repeated command harmless. Reads: the same section, and D. Ongaro: Consensus: Bridging Theory and
Practice (dissertation, Stanford, 2014), section 6.4.

- "local": the leader answers at once from memory. It may have been replaced and not know it.
- "index": the leader first has a majority confirm, in a round sent after the read came in, that
  it still leads. Costs a round trip, no disk write.
- "lease": after a confirmed round the leader answers by itself for `Settings.lease`, because
  until then the voters of that round hold back their votes. Rests on clocks.
"""

from __future__ import annotations

from typing import Any

from simulators.raft import Node
from simulators.raft_messages import Answer, Appended, Ask, Command, Entry, Message, Outbox


class Server(Node):
    """A `Node` that serves clients.

    Attributes:
        values: The state machine: key -> value, after applying all entries up to `commit`.
        done: Client -> the serial of its latest command that was applied.
    """

    def __init__(self, *args: Any, **keywords: Any) -> None:
        self.values: dict[str, int] = {}
        self.done: dict[str, int] = {}
        self.waiting: dict[int, Command] = {}  # index -> the write that its client waits for
        self.reads: list[tuple[int, Ask]] = []  # the round that must be confirmed, and the read
        super().__init__(*args, **keywords)

    def receive(self, message: Message, now: float) -> Outbox:
        """Serve a client, or do what Raft says about a message of another server."""
        return (
            self._on_ask(message, now)
            if isinstance(message, Ask)
            else super().receive(message, now)
        )

    def _on_ask(self, ask: Ask, now: float) -> Outbox:
        if self.role != "leader":
            refusal = Answer(self.name, ask.serial, False, leader=self.leader or None)
            return [(ask.sender, refusal)]
        if ask.value is not None:
            command = Command(ask.sender, ask.serial, ask.key, ask.value)
            self.disk.log.append(Entry(self.disk.term, command))
            self.waiting[len(self.disk.log)] = command
            return self._broadcast(now)
        if ask.mode == "local" or (ask.mode == "lease" and self._has_lease(now)):
            return [self._value_for(ask)]
        out = self._broadcast(now)
        self.reads.append((self.round, ask))
        return out + self._answer_reads()

    def _saw_term(self, term: int, now: float) -> None:
        super()._saw_term(term, now)
        self.waiting, self.reads = {}, []  # these clients hear nothing and are left in doubt

    def _apply(self, index: int) -> Outbox:
        """Run a command unless it was run before; tell the client that waits for it, if any."""
        command = self.disk.log[index - 1].command
        if command is None:
            return []
        if command.serial > self.done.get(command.client, 0):
            self.done[command.client] = command.serial
            self.values[command.key] = command.value
        if self.waiting.pop(index, None) is None:
            return []
        return [(command.client, Answer(self.name, command.serial, True, command.value))]

    def _on_appended(self, answer: Appended) -> Outbox:
        out = super()._on_appended(answer)
        return out + self._answer_reads()

    def _knows_commit(self) -> bool:
        """A leader knows what is committed once an entry of its own term is (section 8)."""
        return self.disk.term_at(self.commit) == self.disk.term

    def confirmed_round(self) -> int:
        """The latest round that a majority, this leader included, has answered in its term."""
        rounds = sorted([self.round, *self.heard.values()], reverse=True)
        return rounds[self.quorum - 1]

    def _has_lease(self, now: float) -> bool:
        start = self.sent_at.get(self.confirmed_round())
        return self._knows_commit() and start is not None and now < start + self.settings.lease

    def _answer_reads(self) -> Outbox:
        # What is applied is exactly what is committed, so the read index is the present one.
        if self.role != "leader" or not self._knows_commit():
            return []
        confirmed = self.confirmed_round()
        ready = [ask for due, ask in self.reads if due <= confirmed]
        self.reads = [read for read in self.reads if read[0] > confirmed]
        return [self._value_for(ask) for ask in ready]

    def _value_for(self, ask: Ask) -> tuple[str, Answer]:
        return ask.sender, Answer(self.name, ask.serial, True, self.values.get(ask.key))
