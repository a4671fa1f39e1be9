"""Cache-aside in slow motion: every order in which a reader and a writer can take their steps.

A row has versions 1, 2, ...; its cached copy starts absent. A reader looks into the cache, loads
the row, and fills the cache; a writer commits a new version and tells the cache. Each step happens
at once, and between two steps anything may happen. `outcomes` tries all orders of the steps, so
"this cannot go wrong" is counted and not hoped.

Sources: the late fill, and leases against it, are described by Nishtala et al., "Scaling Memcache
at Facebook", NSDI 2013, section 3.2.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

READER = ("look", "load", "fill")
WRITER = ("commit", "tell")


@dataclass(frozen=True)
class Rule:
    """How a writer tells the cache, and which fills the cache accepts.

    Attributes:
        name: In words.
        tell: "delete", "set" the new value, or leave a "tombstone" with the new version.
        first: The writer tells the cache before it commits, not after.
        versions: Nothing is stored over something newer, be it a value or a tombstone.
        leases: A miss hands out a token, which a delete voids; a fill needs a valid one.
    """

    name: str
    tell: str = "delete"
    first: bool = False
    versions: bool = False
    leases: bool = False


RULES = (
    Rule("delete, then commit", first=True),
    Rule("commit, then set the new value", tell="set"),
    Rule("commit, then set; versions compared", tell="set", versions=True),
    Rule("commit, then delete"),
    Rule("commit, then delete; versions compared", versions=True),
    Rule("commit, then delete; leases", leases=True),
    Rule("commit, then tombstone; versions compared", tell="tombstone", versions=True),
)

SCENES: dict[str, dict[str, tuple[str, ...]]] = {
    "one reader, one writer": {"Reader": READER, "Writer": WRITER},
    "two writers": {"Writer": WRITER, "Writer 2": WRITER},
    "the reader loads from a lagging replica": {
        "Reader": READER,
        "Writer": WRITER,
        "Replica": ("catch up",),
    },
}
"""Who takes which steps; each actor in its own order, the actors in any."""


@dataclass
class World:
    """Everything that is remembered between two steps."""

    rule: Rule
    replicated: bool
    row: int = 1
    replica: int = 1
    cached: int | None = None
    tombstone: int = 0
    valid: set[str] = field(default_factory=set)  # readers whose token is good
    hand: dict[str, int] = field(default_factory=dict)  # actor -> version it carries

    def step(self, actor: str, name: str) -> str:
        """Take one step and say in words what happened."""
        return {
            "look": self._look,
            "load": self._load,
            "fill": self._fill,
            "commit": self._commit,
            "tell": self._tell,
            "catch up": self._catch_up,
        }[name](actor)

    def _look(self, actor: str) -> str:
        if self.cached is not None:
            self.hand[actor] = 0  # served; nothing to load
            return f"finds version {self.cached}"
        self.valid.add(actor)
        return "misses" + (", gets a token" if self.rule.leases else "")

    def _load(self, actor: str) -> str:
        if self.hand.get(actor) == 0:
            return "has its answer"
        self.hand[actor] = self.replica if self.replicated else self.row
        return f"loads version {self.hand[actor]}"

    def _fill(self, actor: str) -> str:
        version = self.hand[actor]
        if version == 0:
            return "has its answer"
        if self.rule.leases and actor not in self.valid:
            return f"fill with version {version} refused: token void"
        return self._store(version, "fills")

    def _store(self, version: int, verb: str) -> str:
        known = max(self.cached or 0, self.tombstone)
        if self.rule.versions and version < known:
            return f"{verb} with version {version}: refused, {known} is known"
        self.cached, self.tombstone = version, 0
        return f"{verb} the cache with version {version}"

    def _commit(self, actor: str) -> str:
        self.row += 1
        self.hand[actor] = self.row
        return f"commits version {self.row}"

    def _tell(self, actor: str) -> str:
        if self.rule.tell == "set":
            return self._store(self.hand[actor], "sets")
        self.valid.clear()
        new = self.hand.get(actor, self.row + 1)
        if self.rule.tell == "tombstone":
            if new <= max(self.cached or 0, self.tombstone):
                return f"version {new} is known already"
            self.cached, self.tombstone = None, new
            return f"leaves a tombstone of version {new}"
        self.cached = None
        return "deletes the copy"

    def _catch_up(self, _: str) -> str:
        self.replica = self.row
        return f"has version {self.replica} now"


@dataclass(frozen=True)
class Line:
    """One step of a story: who did what, and what row and cache hold after it."""

    actor: str
    said: str
    row: int
    cached: str


def orders(steps: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """All orders in which the actors can take their steps; an actor's name stands for its next."""
    if not any(steps.values()):
        yield ()
        return
    for actor, mine in steps.items():
        if mine:
            for rest in orders({**steps, actor: mine[1:]}):
                yield actor, *rest


def orders_of(rule: Rule, scene: str) -> list[tuple[str, ...]]:
    """All orders of a scene; a replica catches up with the commit, so it comes after it."""
    commit = 1 if rule.first else 0  # which step of the writer it is

    def possible(order: tuple[str, ...]) -> bool:
        if "Replica" not in order:
            return True
        writes = [place for place, actor in enumerate(order) if actor == "Writer"]
        return writes[commit] < order.index("Replica")

    return [order for order in orders(SCENES[scene]) if possible(order)]


def play(rule: Rule, scene: str, order: tuple[str, ...]) -> tuple[list[Line], bool]:
    """Play one order; return its lines, and whether an old version stays in the cache.

    Raises:
        ValueError: If the scene is unknown or the order is none of its orders.
    """
    if scene not in SCENES or sorted(order) != sorted(
        actor for actor, mine in SCENES[scene].items() for _ in mine
    ):
        raise ValueError(f"{order} is no order of the scene {scene!r}: take one of `orders`")
    world, lines = World(rule, "Replica" in SCENES[scene]), []
    left = {
        actor: list(reversed(mine) if rule.first and mine is WRITER else mine)
        for actor, mine in SCENES[scene].items()
    }
    for actor in order:
        said = world.step(actor, left[actor].pop(0))
        copy = f"version {world.cached}" if world.cached else "-"
        copy = f"tombstone {world.tombstone}" if world.tombstone else copy
        lines.append(Line(actor, said, world.row, copy))
    return lines, world.cached is not None and world.cached < world.row


def outcomes(rule: Rule, scene: str) -> tuple[int, int]:
    """How many orders leave an old version in the cache, and how many orders there are."""
    ends = [play(rule, scene, order)[1] for order in orders_of(rule, scene)]
    return sum(ends), len(ends)


def outcome_table() -> str:
    """All rules against all scenes, as Markdown."""
    rows = ["| Rule | " + " | ".join(SCENES) + " |", "|---|" + "---:|" * len(SCENES)]
    for rule in RULES:
        cells = ["{} of {}".format(*outcomes(rule, scene)) for scene in SCENES]
        rows.append(f"| {rule.name} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def story(rule: Rule, scene: str, order: tuple[str, ...]) -> str:
    """One order, step by step, as Markdown."""
    lines, old = play(rule, scene, order)
    rows = ["| | Who | does what | Row | Cache |", "|---:|---|---|---:|---|"]
    for number, line in enumerate(lines, 1):
        rows.append(f"| {number} | {line.actor} | {line.said} | {line.row} | {line.cached} |")
    end = "An old version stays in the cache." if old else "Nothing old is left in the cache."
    return "\n".join([f"**{rule.name}**: {end}", "", *rows])
