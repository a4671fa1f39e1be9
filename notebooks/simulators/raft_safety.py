"""The five properties that Raft promises at all times (Figure 3 of the paper), as functions.

Each function takes what it needs to see and returns a sentence that says what is wrong, or "".
`Witness` remembers what was true earlier and asks all five after every event of a run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from simulators.raft import Node
from simulators.raft_messages import Entry

Log = Sequence[Entry]


class UnsafeError(AssertionError):
    """A property that must always hold did not; the message names it."""


def election_safety(leaders: Mapping[int, set[str]]) -> str:
    """At most one leader can be elected in a given term."""
    for term, names in leaders.items():
        if len(names) > 1:
            return f"Election safety: {' and '.join(sorted(names))} both led term {term}"
    return ""


def leader_append_only(before: Log, after: Log) -> str:
    """A leader never overwrites or deletes entries in its log; it only appends."""
    if list(after[: len(before)]) == list(before):
        return ""
    return f"Leader append-only: a leader changed a log of {len(before)} entries"


def log_matching(logs: Mapping[str, Log]) -> str:
    """If two logs hold an entry of equal index and term, they are identical up to it."""
    for (a, first), (b, second) in combinations(logs.items(), 2):
        same = [x.term == y.term for x, y in zip(first, second, strict=False)]
        agreed = len(same) - same[::-1].index(True) if True in same else 0
        if list(first[:agreed]) != list(second[:agreed]):
            return f"Log matching: {a} and {b} agree at index {agreed} and differ below"
    return ""


def leader_completeness(log: Log, term: int, committed: Mapping[int, tuple[Entry, int]]) -> str:
    """What was committed in an earlier term is in the log of every leader of a later one.

    Args:
        log: A leader's log.
        term: Its term.
        committed: Index -> the entry, and the term in which it became committed.
    """
    for index, (entry, when) in committed.items():
        if when < term and (index > len(log) or log[index - 1] != entry):
            return f"Leader completeness: the leader of term {term} lacks entry {index}, committed in term {when}"
    return ""


def state_machine_safety(applied: Mapping[str, Log]) -> str:
    """No two servers apply different entries at the same index."""
    for (a, first), (b, second) in combinations(applied.items(), 2):
        for index, (x, y) in enumerate(zip(first, second, strict=False), 1):
            if x != y:
                return f"State machine safety: {a} and {b} applied different entries {index}"
    return ""


class Witness:
    """Sees a cluster after every event and stops the run when a property is broken.

    Attributes:
        steps: How often it has looked.
        leaders: Term -> all who ever led it.
        committed: Index -> the entry that was first known to be committed there, and in which
            term that was.
        applied: Name -> all that this server ever applied, also before a crash.
    """

    def __init__(self) -> None:
        self.steps = 0
        self.leaders: dict[int, set[str]] = {}
        self.committed: dict[int, tuple[Entry, int]] = {}
        self.applied: dict[str, list[Entry]] = {}
        self._led: dict[str, tuple[int, list[Entry]]] = {}  # name -> term and log when it led
        self._seen: dict[str, tuple[str, int, int, list[Entry]]] = {}

    def look(self, nodes: Mapping[str, Node], touched: str | None = None) -> None:
        """Check all five properties.

        Args:
            nodes: Name -> server, for all that are up.
            touched: Who may have changed since the last look; `None` for everybody.

        Raises:
            UnsafeError: If one of them is broken.
        """
        self.steps += 1
        if touched is not None and touched not in nodes:
            return
        looked_at = list(nodes.values()) if touched is None else [nodes[touched]]
        changed = [node for node in looked_at if self._is_new(node)]
        if not changed:
            return
        problems = [self._remember(node) for node in changed]
        problems += [election_safety(self.leaders), state_machine_safety(self.applied)]
        problems.append(log_matching({name: node.disk.log for name, node in nodes.items()}))
        for node in nodes.values():
            if node.role == "leader":
                problems.append(leader_completeness(node.disk.log, node.disk.term, self.committed))
        found = next(filter(None, problems), "")
        if found:
            raise UnsafeError(found)

    def _is_new(self, node: Node) -> bool:
        """Whether anything that the properties speak of differs from the last look."""
        now = node.role, node.disk.term, node.commit, list(node.disk.log)
        before = self._seen.get(node.name)
        self._seen[node.name] = now
        return now != before

    def _remember(self, node: Node) -> str:
        name, term, log = node.name, node.disk.term, node.disk.log
        problem = ""
        if node.role == "leader":
            self.leaders.setdefault(term, set()).add(name)
            led_term, before = self._led.get(name, (0, []))
            problem = leader_append_only(before, log) if led_term == term else ""
            self._led[name] = term, list(log)
        if node.commit > len(log):
            return f"State machine safety: {name} applied entry {node.commit} and has lost it"
        for index in range(1, node.commit + 1):
            self.committed.setdefault(index, (log[index - 1], term))
        mine, now = self.applied.setdefault(name, []), list(log[: node.commit])
        known = min(len(mine), len(now))  # a restarted server applies old entries once more
        if now[:known] != mine[:known]:
            problem = problem or f"State machine safety: {name} applied two different histories"
        mine.extend(now[known:])
        return problem
