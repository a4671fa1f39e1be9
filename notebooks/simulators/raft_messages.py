"""What Raft's servers store and say to each other; named as in Figure 2 of the paper.

D. Ongaro, J. Ousterhout: In Search of an Understandable Consensus Algorithm (Extended Version),
2014. Times are in milliseconds, log indexes begin at 1, servers and clients have names.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Command(NamedTuple):
    """What a client wants the state machine to do: set *key* to *value*.

    *client* and *serial* make a repeated command recognisable (section 8 of the paper).
    """

    client: str
    serial: int
    key: str
    value: int


class Entry(NamedTuple):
    """One place in the log: the leader's term, and a command or nothing (a no-op)."""

    term: int
    command: Command | None = None


@dataclass
class Disk:
    """What a server has on disk before it answers any message; it survives a crash.

    Attributes:
        term: The latest term that the server has seen.
        voted_for: The candidate that got its vote in that term, if any.
        log: All entries; the entry with index 1 is `log[0]`.
    """

    term: int = 0
    voted_for: str | None = None
    log: list[Entry] = field(default_factory=list)

    def term_at(self, index: int) -> int:
        """Term of the entry at *index*; 0 in front of the log, -1 behind its end."""
        if index == 0:
            return 0
        return self.log[index - 1].term if index <= len(self.log) else -1

    @property
    def last(self) -> tuple[int, int]:
        """Term and index of the last entry: what voters compare, in this order (5.4.1)."""
        return self.term_at(len(self.log)), len(self.log)


@dataclass(frozen=True)
class Settings:
    """What operators choose; the defaults are those that the paper recommends (9.3).

    Attributes:
        heartbeat: Time between the leader's rounds of messages.
        timeout: Range of the election timeout; each wait is drawn from it anew.
        batch: Most entries in one message.
        no_op: A new leader begins with an empty entry of its own term (section 8).
        hold_back: A server that heard from a leader less than the smallest timeout ago does not
            vote (section 6). Leases rest on it.
        drift: For leases: no clock runs more than this share faster than another.
    """

    heartbeat: float = 50
    timeout: tuple[float, float] = (150, 300)
    batch: int = 100
    no_op: bool = True
    hold_back: bool = True
    drift: float = 0.1

    def __post_init__(self) -> None:
        low, high = self.timeout
        if not 0 < self.heartbeat < low <= high:
            raise ValueError(
                f"heartbeat {self.heartbeat} ms and timeouts {low} to {high} ms do not fit: "
                "choose 0 < heartbeat < shortest timeout <= longest timeout"
            )

    @property
    def lease(self) -> float:
        """How long a leader may answer reads by itself, counted from *sending* a round."""
        return self.timeout[0] / (1 + self.drift)


@dataclass(frozen=True)
class RequestVote:
    """A candidate asks for a vote; *last* is term and index of its last entry."""

    term: int
    sender: str
    last: tuple[int, int]


@dataclass(frozen=True)
class Vote:
    """The answer to `RequestVote`."""

    term: int
    sender: str
    granted: bool


@dataclass(frozen=True)
class AppendEntries:
    """A leader sends *entries* that follow on the entry at *previous* (index and term).

    Without entries it is a heartbeat. *round* says which of the leader's rounds it belongs to.
    """

    term: int
    sender: str
    previous: tuple[int, int]
    entries: tuple[Entry, ...]
    commit: int
    round: int


@dataclass(frozen=True)
class Appended:
    """The answer to `AppendEntries`.

    *index* is the last index known to agree with the leader's log; on a refusal, the highest
    index that the leader should try next.
    """

    term: int
    sender: str
    success: bool
    index: int
    round: int


@dataclass(frozen=True)
class Ask:
    """A client's request: a write, or with *value* `None` a read.

    *mode* says how a read is answered: "local", "lease" or "index".
    """

    sender: str
    serial: int
    key: str
    value: int | None = None
    mode: str = "index"


@dataclass(frozen=True)
class Answer:
    """What a client hears: done, with the value; or not done, and perhaps who leads."""

    sender: str
    serial: int
    ok: bool
    value: int | None = None
    leader: str | None = None


Message = RequestVote | Vote | AppendEntries | Appended | Ask | Answer
Outbox = list[tuple[str, Message]]
"""Receiver and message; nothing is promised about if, when, how often and in which order it arrives."""
