"""A client of the replicated store, and what it can prove about the answers it got.

A client does one operation at a time, repeats it under the same serial number until it is answered
or gives up, and goes to the next server when one refuses or stays silent. Times are in ms.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from simulators.raft_messages import Answer, Ask, Message, Outbox

NEVER = float("inf")


@dataclass
class Operation:
    """One write or read as the client saw it.

    Attributes:
        serial: Its number, the same for all repeats.
        wrote: The value written; `None` for a read.
        started: When it was first sent (ms).
        ended: When it was answered (ms); `None` while it is not, and for ever if given up.
        got: What the answer said.
        via: Who answered, or who was asked last.
        gave_up: When the client lost patience (ms). The outcome is unknown, not "failed".
    """

    serial: int
    wrote: int | None
    started: float
    ended: float | None = None
    got: int | None = None
    via: str = ""
    gave_up: float | None = None


class Client:
    """Starts an operation every *every* ms: a write of the next number, or a read.

    Attributes:
        history: All operations so far, the oldest first.
    """

    def __init__(
        self,
        name: str,
        servers: Sequence[str],
        *,
        kind: str,
        every: float = 100,
        start: float = 0,
        stop: float = NEVER,
        patience: float = 120,
        attempts: int = 10,
        mode: str = "index",
    ) -> None:
        """Prepare a client.

        Args:
            name: Its name in the network.
            servers: Whom it knows, first choice first. One alone is a client with a fixed address.
            kind: "write" or "read".
            every: Time between the starts of operations, unless one takes longer.
            start: When the first one starts.
            stop: No operation starts from then on.
            patience: How long it waits for one answer.
            attempts: How often it asks before it gives up.
            mode: How reads are to be answered: "local", "lease" or "index".
        """
        if kind not in ("write", "read"):
            raise ValueError(f"a client's kind is 'write' or 'read', not {kind!r}")
        self.name, self.servers, self.kind, self.mode = name, list(servers), kind, mode
        self.every, self.patience, self.attempts, self.stop = every, patience, attempts, stop
        self.history: list[Operation] = []
        self.deadline = start
        self._target, self._asked = 0, 0
        self._open, self._refused = False, False
        self._silent: set[str] = set()  # who let this operation time out
        self._next_start = start

    def on_deadline(self, now: float) -> Outbox:
        """Start the next operation, or repeat the present one elsewhere."""
        if not self._open:
            serial = len(self.history) + 1
            wrote = serial if self.kind == "write" else None
            self.history.append(Operation(serial, wrote, started=now))
            self._open, self._asked = True, 0
            self._silent.clear()
            self._next_start = now + self.every
            return self._ask(now)
        if not self._refused:
            self._silent.add(self.history[-1].via)
        self._target += 1
        return self._again(now)

    def receive(self, message: Message, now: float) -> Outbox:
        """Take an answer, or a refusal with the leader's name in it."""
        if not isinstance(message, Answer) or not self._open:
            return []
        present = self.history[-1]
        if message.serial != present.serial:
            return []
        if message.ok:
            present.ended, present.got, present.via = now, message.value, message.sender
            self._close(now)
            return []
        if message.sender != present.via:
            return []  # a refusal that came late, from a server that is not asked any more
        if message.leader in self.servers and message.leader not in self._silent:
            self._target = self.servers.index(message.leader)
            return self._again(now)
        self._refused = True
        self.deadline = min(self.deadline, now + 20)  # nobody leads: do not hammer
        return []

    def _ask(self, now: float) -> Outbox:
        self._asked += 1
        self._refused = False
        self.deadline = now + self.patience
        present = self.history[-1]
        present.via = self.servers[self._target % len(self.servers)]
        ask = Ask(self.name, present.serial, "x", present.wrote, self.mode)
        return [(present.via, ask)]

    def _again(self, now: float) -> Outbox:
        if self._asked < self.attempts:
            return self._ask(now)
        self.history[-1].gave_up = now
        self._close(now)
        return []

    def _close(self, now: float) -> None:
        self._open = False
        start = max(now, self._next_start)
        self.deadline = start if start < self.stop else NEVER


def stale_reads(writes: Iterable[Operation], reads: Iterable[Operation]) -> list[Operation]:
    """The reads that were older than something already known when they began.

    Complete for one writer that writes 1, 2, 3, ... and any number of readers: a read must not
    return less than the newest write acknowledged, or value read, before it started.
    """
    reads = list(reads)
    known = [
        (op.ended, op.wrote if op.wrote is not None else op.got or 0)
        for op in (*writes, *reads)
        if op.ended is not None
    ]
    return [
        read
        for read in reads
        if read.ended is not None
        and (read.got or 0) < max((v for ended, v in known if ended <= read.started), default=0)
    ]


def longest_silence(operations: Sequence[Operation], until: float) -> float:
    """The longest time (ms) without any operation that succeeded."""
    ends = [0.0, *(op.ended for op in operations if op.ended is not None), until]
    return max(later - earlier for earlier, later in pairwise(ends))
