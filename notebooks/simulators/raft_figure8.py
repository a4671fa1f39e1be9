"""Figure 8 of the Raft paper, played with real servers and messages delivered by hand.

Section 5.4.2 asks why a leader may not commit an entry of an earlier term by counting copies.
S1 puts an entry of term 2 on a majority in term 4, and S5, whose log ends in term 3, still erases it.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from simulators.raft_messages import (
    Command,
    Disk,
    Entry,
    Message,
    RequestVote,
    Settings,
    Vote,
)
from simulators.raft_safety import UnsafeError, Witness
from simulators.raft_server import Server

NAMES = ("S1", "S2", "S3", "S4", "S5")
Allowed = Callable[[str, str, Message], bool]


@dataclass(frozen=True)
class Scene:
    """One moment.

    Attributes:
        label: The paper's letter.
        words: What has just happened.
        logs: Name -> the terms in its log.
        down: Who is down.
        final: Index -> the term of the entry there that some server has called committed.
        leader: Who leads, or "".
        term: The leader's term.
        problem: The safety property that is broken now, or "".
    """

    label: str
    words: str
    logs: dict[str, tuple[int, ...]]
    down: frozenset[str]
    final: dict[int, int]
    leader: str
    term: int
    problem: str


class Stage:
    """Five servers whose messages arrive only when, and where, the script says so."""

    def __init__(self, kind: type[Server]) -> None:
        self.kind, self.witness = kind, Witness()
        first = Entry(1, Command("client", 1, "x", 1))
        self.disks = {name: Disk(term=1, log=[first]) for name in NAMES}
        self.servers: dict[str, Server] = {}
        for name in NAMES:
            self.start(name)
            self.servers[name].commit = 1
        self.problem = ""
        self._look()

    def start(self, name: str) -> None:
        """(Re)start a server from its disk."""
        settings = Settings(batch=1, no_op=False, hold_back=False)
        self.servers[name] = self.kind(
            name, NAMES, disk=self.disks[name], settings=settings, chance=random.Random(8), now=0
        )

    def crash(self, name: str) -> None:
        """Take a server off the stage; its disk stays."""
        del self.servers[name]

    def elect(self, name: str, voters: str, reaches: str = "") -> None:
        """Let *name* stand until *voters* make it leader; its heartbeats come to *reaches* only."""
        asked, followers = {name, *voters.split()}, {name, *reaches.split()}

        def allowed(sender: str, to: str, message: Message) -> bool:
            voting = isinstance(message, RequestVote | Vote)
            return {sender, to} <= (asked if voting else followers)

        for _ in range(5):
            self._deliver(name, self.servers[name].on_deadline(0), allowed)
            if self.servers[name].role == "leader":
                return
        raise ValueError(f"{name} does not win with the votes of {voters}: are their logs newer?")

    def write(self, name: str, value: int) -> None:
        """A client's command reaches the leader *name* and, for now, nobody else."""
        command = Command("client", value, "x", value)
        self.disks[name].log.append(Entry(self.disks[name].term, command))
        self._look()

    def replicate(self, name: str, followers: str) -> None:
        """The leader and *followers* talk until they have nothing to say."""
        group = {name, *followers.split()}
        self._deliver(name, self.servers[name].on_deadline(0), lambda a, b, _: {a, b} <= group)

    def _deliver(self, sender: str, out: list[tuple[str, Message]], allowed: Allowed) -> None:
        queue = [(sender, to, message) for to, message in out]
        while queue:
            source, to, message = queue.pop(0)
            if to in self.servers and allowed(source, to, message):
                replies = self.servers[to].receive(message, 0)
                queue += [(to, receiver, reply) for receiver, reply in replies]
                self._look()

    def _look(self) -> None:
        try:
            self.witness.look(self.servers)
        except UnsafeError as error:
            self.problem = self.problem or str(error)

    def scene(self, label: str, words: str) -> Scene:
        """What can be seen now."""
        leader = max(
            (node for node in self.servers.values() if node.role == "leader"),
            key=lambda node: node.disk.term,
            default=None,
        )
        return Scene(
            label,
            words,
            {name: tuple(entry.term for entry in disk.log) for name, disk in self.disks.items()},
            frozenset(NAMES) - self.servers.keys(),
            {index: entry.term for index, (entry, _) in self.witness.committed.items()},
            leader.name if leader else "",
            leader.disk.term if leader else 0,
            self.problem,
        )


def figure_8(kind: type[Server] = Server, *, ending: str = "d") -> list[Scene]:
    """The scenes (a), (b), (c) and then (d) or (e) of Figure 8.

    Args:
        kind: The servers' rules.
        ending: "d": S1 crashes before its entry of term 4 is copied. "e": it is copied first.
    """
    if ending not in ("d", "e"):
        raise ValueError(f"Figure 8 ends in 'd' or 'e', not in {ending!r}")
    stage = Stage(kind)
    stage.elect("S1", "S2 S3")
    stage.write("S1", 2)
    stage.replicate("S1", "S2")
    scenes = [stage.scene("a", "S1 leads term 2 and has copied its entry to S2 only.")]
    stage.crash("S1")
    stage.elect("S5", "S3 S4")
    stage.write("S5", 3)
    scenes.append(stage.scene("b", "S1 is down. S3 and S4 elected S5, which takes another entry."))
    stage.crash("S5")
    stage.start("S1")
    stage.elect("S1", "S2 S3", reaches="S2 S3")
    stage.write("S1", 4)
    words = "S5 is down, S1 leads again. The entry of term 2 is now on three of five."
    scenes.append(stage.scene("c", words))
    if ending == "e":
        stage.replicate("S1", "S2 S3")
        words = "S1 has copied its entry of term 4 as well: both are final, S5 cannot win any more."
        return [*scenes, stage.scene("e", words)]
    stage.crash("S1")
    stage.start("S5")
    stage.elect("S5", "S2 S3 S4", reaches="S2 S3 S4")
    stage.start("S1")
    stage.replicate("S5", "S1 S2 S3 S4")
    words = "S1 crashed too early. S5 won with three votes and overwrote the entry of term 2."
    return [*scenes, stage.scene("d", words)]
