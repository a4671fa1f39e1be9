"""A seeded network of Raft servers and clients, played one event at a time.

The same seed gives the same history, to the last message. Messages take a random time, so they
overtake each other; they may be lost or arrive twice. Servers crash and come back with their disk,
freeze with everything they hold, and have clocks that run fast or slow. Times are in milliseconds.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterable, Sequence
from typing import Any

from simulators.raft_messages import Disk, Outbox, Settings
from simulators.raft_network import Change, Clock, Endpoint, Flight, Links, Network
from simulators.raft_safety import Witness
from simulators.raft_server import Server

NEVER = float("inf")
ACTIONS = ("partition", "cut", "heal", "crash", "restart", "pause", "resume", "drift")


class Cluster:
    """Servers, clients, the network between them, and what happened.

    Attributes:
        now: Real time; servers and clients see their own clocks only.
        servers: Name -> server, also those that are down.
        disks: Name -> what this server finds when it restarts.
        flights: All messages of the past.
        changes: When a server changed its role, term or commit index.
        troubles: What was done to it: time, action, arguments.
        witness: Checks the paper's five safety properties after every event.
    """

    def __init__(
        self,
        names: Sequence[str] = "ABCDE",
        *,
        seed: int,
        settings: Settings | None = None,
        network: Network | None = None,
        kind: type[Server] = Server,
        watch: bool = True,
    ) -> None:
        self.now = 0.0
        self.chance = random.Random(seed)
        self.settings, self.network = settings or Settings(), network or Network()
        self.names, self.kind = tuple(names), kind
        self.disks = {name: Disk() for name in self.names}
        self.clocks = {name: Clock() for name in self.names}
        self.links = Links()
        self.down: set[str] = set()
        self.paused: dict[str, float] = {}  # name -> since when
        self.flights: list[Flight] = []
        self.changes: list[Change] = []
        self.troubles: list[tuple[float, str, tuple[Any, ...]]] = []
        self.witness = Witness() if watch else None
        self._held: dict[str, list[Flight]] = {}  # arrived at somebody who is frozen
        self._queue: list[tuple[float, int, Any]] = []
        self._count = 0
        self._latest: dict[str, Change] = {}
        self._endpoints: dict[str, Endpoint] = {}
        self.servers: dict[str, Server] = {}
        for name in self.names:
            self._start(name)
            self._note(name)

    # -- what may be done to it --------------------------------------------------------------

    def at(self, time: float, action: str, *arguments: Any) -> None:
        """Have *action* ("partition", "crash", ...) happen at *time*."""
        if action not in ACTIONS:
            raise ValueError(f"{action!r} cannot be planned; choose one of {', '.join(ACTIONS)}")
        self._push(time, (action, arguments))

    def partition(self, *groups: Iterable[str]) -> None:
        """Close all links between *groups*; who is in none of them reaches everybody."""
        self.links.partition(*groups)

    def cut(self, sender: str, to: str) -> None:
        """Close one link in one direction."""
        self.links.cut(sender, to)

    def heal(self) -> None:
        """Open all links."""
        self.links.heal()

    def crash(self, name: str) -> None:
        """Stop a server; only its disk is left."""
        self.down.add(name)
        self.paused.pop(name, None)
        self._held.pop(name, None)
        self._note(name)

    def restart(self, name: str) -> None:
        """Start a crashed server from its disk."""
        if name in self.down:
            self.down.remove(name)
            self._start(name)
            self._note(name)

    def pause(self, name: str) -> None:
        """Freeze a server; what is sent to it waits in its buffers."""
        if name not in self.down:
            self.paused.setdefault(name, self.now)
            self._note(name)

    def resume(self, name: str, clock_stood: bool = False) -> None:
        """Let a frozen server run on; with *clock_stood* its clock has not moved meanwhile."""
        since = self.paused.pop(name, None)
        if since is not None:
            self.clocks[name].stood += (self.now - since) * clock_stood
            for flight in self._held.pop(name, []):
                self._push(self.now, flight)
            self._note(name)

    def drift(self, name: str, rate: float) -> None:
        """Let the clock of *name* run at *rate* times real time from now on."""
        self.clocks[name].drift(self.now, rate)

    def join(self, name: str, client: Endpoint) -> None:
        """Let a client take part."""
        self._endpoints[name] = client
        self.clocks[name] = Clock()

    # -- time passes -------------------------------------------------------------------------

    def step(self, until: float = NEVER) -> bool:
        """Play one event: an arrival, a timeout or a planned action.

        Returns:
            Whether there was one up to and including *until*.
        """
        timer, name = self._next_timer()
        due = self._queue[0][0] if self._queue else NEVER
        if min(timer, due) > until or min(timer, due) == NEVER:
            return False
        if due <= timer:
            self.now, _, what = heapq.heappop(self._queue)
            touched = self._arrive(what) if isinstance(what, Flight) else self._act(*what)
        else:
            self.now, touched = max(self.now, timer), name
            endpoint = self._endpoints[name]
            local = max(self.clocks[name].shows(self.now), endpoint.deadline)
            self._post(name, endpoint.on_deadline(local))
        if touched in self.servers:
            self._note(touched)
        if self.witness:
            self.witness.look(self.running(), touched)
        return True

    def run(self, until: float) -> Cluster:
        """Play everything that happens up to and including *until*; return the cluster."""
        while self.step(until):
            pass
        self.now = max(self.now, until)
        return self

    def running(self) -> dict[str, Server]:
        """The servers that are not down (a frozen one still holds what it held)."""
        return {name: node for name, node in self.servers.items() if name not in self.down}

    def leader(self) -> str | None:
        """The leader of the highest term among those who are up and awake, if there is one."""
        awake = [node for name, node in self.running().items() if name not in self.paused]
        leaders = [node for node in awake if node.role == "leader"]
        return max(leaders, key=lambda node: node.disk.term).name if leaders else None

    # -- inside ------------------------------------------------------------------------------

    def _start(self, name: str) -> None:
        self.servers[name] = self._endpoints[name] = self.kind(
            name,
            self.names,
            disk=self.disks[name],
            settings=self.settings,
            chance=self.chance,
            now=self.clocks[name].shows(self.now),
        )

    def _next_timer(self) -> tuple[float, str]:
        """Real time and name of the earliest timeout of somebody who is up and awake."""
        best = (NEVER, "")
        for name, endpoint in self._endpoints.items():
            if name not in self.down and name not in self.paused:
                best = min(best, (self.clocks[name].real(endpoint.deadline), name))
        return best

    def _push(self, time: float, what: Any) -> None:
        self._count += 1  # what is pushed first happens first, if the times are equal
        heapq.heappush(self._queue, (max(time, self.now), self._count, what))

    def _act(self, action: str, arguments: tuple[Any, ...]) -> str:
        self.troubles.append((self.now, action, arguments))
        getattr(self, action)(*arguments)
        return str(arguments[0]) if action in ("restart", "resume") else ""

    def _post(self, sender: str, messages: Outbox) -> None:
        for to, message in messages:
            for delay in self.network.travel(self.chance):
                flight = Flight(sender, to, message, self.now, None)
                if delay is None or not self.links.open(sender, to):
                    self.flights.append(flight)
                else:
                    self._push(self.now + delay, flight)

    def _arrive(self, flight: Flight) -> str:
        to = flight.to
        if to in self.paused:
            self._held.setdefault(to, []).append(flight)
            return ""
        if to in self.down or not self.links.open(flight.sender, to):
            self.flights.append(flight)
            return ""
        self.flights.append(Flight(flight.sender, to, flight.message, flight.sent, self.now))
        now = self.clocks[to].shows(self.now)
        self._post(to, self._endpoints[to].receive(flight.message, now))
        return to

    def _note(self, name: str) -> None:
        node = self.servers[name]
        state = "down" if name in self.down else "paused" if name in self.paused else node.role
        change = Change(self.now, name, state, node.disk.term, node.commit)
        latest = self._latest.get(name)
        if latest is None or _seen(latest) != _seen(change):
            self._latest[name] = change
            self.changes.append(change)


def _seen(change: Change) -> tuple[str, int, int]:
    return change.state, change.term, change.commit
