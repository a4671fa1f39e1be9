"""Pictures of a cluster's history: who led which term when, what was said, what the logs hold.

Time runs to the right, every server has a row. All functions draw into axes that they are given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.ticker import MaxNLocator

from graders.charts import PALETTE, new_figure, tidy
from simulators.raft_client import Operation
from simulators.raft_cluster import Cluster
from simulators.raft_figure8 import Scene
from simulators.raft_messages import AppendEntries, RequestVote, Vote
from simulators.raft_network import Flight

_STATES = {"follower": "#e9edf2", "candidate": "#f3d9a4", "down": "#ffffff", "paused": "#ffffff"}
_HATCH = {"down": "xxx", "paused": "///"}


def term_colour(term: int) -> str:
    """The colour of a term's leader and of the entries that it made."""
    return PALETTE[(term - 1) % len(PALETTE)] if term else "#cccccc"


def bands(axes: Any, cluster: Cluster, start: float, end: float) -> None:
    """One row a server: grey follower, yellow candidate, the term's colour while it leads."""
    styles: dict[tuple[str, str], list[tuple[float, float, int]]] = {}
    for row, name in enumerate(cluster.names):
        for left, right, state, term in _spans(cluster, name, start, end):
            colour = _STATES.get(state) or term_colour(term)
            styles.setdefault((colour, _HATCH.get(state, "")), []).append((left, right, row))
            if state == "leader" and right - left > (end - start) * 0.07:
                x = left + (end - start) * 0.006
                axes.text(x, row, f"term {term}", va="center", fontsize=8, color="white")
    for (colour, hatch), spans in styles.items():
        boxes = [_rectangle(left, right, row, 0.5) for left, right, row in spans]
        edge = "#9aa4b0" if hatch else "none"
        axes.add_collection(
            PolyCollection(boxes, facecolors=colour, edgecolors=edge, hatch=hatch, linewidths=0)
        )
    axes.set_xlim(start, end)


def _spans(
    cluster: Cluster, name: str, start: float, end: float
) -> Iterator[tuple[float, float, str, int]]:
    """From, to, state and term: followers and candidates of several terms in one span."""
    mine = [change for change in cluster.changes if change.name == name]
    open_at, state, term = start, "follower", 0
    for change in mine:
        leads = change.state == "leader"
        if change.state == state and (change.term == term or not leads):
            continue
        if change.time > open_at:
            yield open_at, min(change.time, end), state, term
        open_at, state, term = max(change.time, start), change.state, change.term
    if end > open_at:
        yield open_at, end, state, term


def _rectangle(left: float, right: float, row: float, height: float) -> list[tuple[float, float]]:
    low, high = row - height / 2, row + height / 2
    return [(left, low), (right, low), (right, high), (left, high)]


def _style(flight: Flight) -> tuple[str, float] | None:
    """Colour and width of a message's line; `None` for those that are not drawn."""
    message = flight.message
    if isinstance(message, RequestVote):
        return "#b3541e", 0.9
    if isinstance(message, Vote):
        return ("#1f7a4d", 1.3) if message.granted else ("#c43d3d", 0.7)
    if isinstance(message, AppendEntries) and message.entries:
        return term_colour(message.term), 0.5
    return None


def messages(axes: Any, cluster: Cluster, start: float, end: float) -> None:
    """Vote requests (brown), votes (green), refusals (red), entries; a lost one ends in a cross."""
    rows = {name: row for row, name in enumerate(cluster.names)}
    lines, colours, widths, crosses = [], [], [], []
    for flight in cluster.flights:
        style = _style(flight)
        if style is None or flight.sender not in rows or not start <= flight.sent <= end:
            continue
        a, b, to = rows[flight.sender], rows[flight.to], flight.arrived
        if to is None:
            to, b = flight.sent + cluster.network.delay[1] / 2, (a + b) / 2
            crosses.append((to, b))
        lines.append([(flight.sent, a), (to, b)])
        colours.append(style[0])
        widths.append(style[1])
    axes.add_collection(LineCollection(lines, colors=colours, linewidths=widths))
    if crosses:
        axes.plot(*zip(*crosses, strict=True), "x", color="#c43d3d", markersize=3, linewidth=0)


def operations(axes: Any, row: float, history: Iterable[Operation], end: float) -> None:
    """A client's row: a green bar from question to answer, a red one while nobody answers."""
    boxes, colours = [], []
    for op in history:
        right = op.ended if op.ended is not None else op.gave_up if op.gave_up is not None else end
        boxes.append(_rectangle(op.started, max(right, op.started + end / 400), row, 0.35))
        colours.append("#1f7a4d" if op.ended is not None else "#c43d3d")
    axes.add_collection(PolyCollection(boxes, facecolors=colours, edgecolors="none"))


def logs(axes: Any, cluster: Cluster, first: int = 1) -> None:
    """What the logs hold from index *first* on: a box an entry, framed in black if known final."""
    shown = [
        (index, row, cluster.disks[name].log[index - 1].term, index <= cluster.servers[name].commit)
        for row, name in enumerate(cluster.names)
        for index in range(first, len(cluster.disks[name].log) + 1)
    ]
    _boxes(axes, shown)
    _frame(axes, cluster.names, first, max((box[0] for box in shown), default=first))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def scene(axes: Any, shown: Scene) -> None:
    """The logs of one scene of Figure 8; entries that somebody called final have a black frame."""
    names = tuple(shown.logs)
    boxes = [
        (index, row, term, shown.final.get(index) == term)
        for row, terms in enumerate(shown.logs.values())
        for index, term in enumerate(terms, 1)
    ]
    _boxes(axes, boxes, size=10)
    for row, name in enumerate(names):
        words = "down" if name in shown.down else ""
        words = f"leader of term {shown.term}" if name == shown.leader else words
        axes.text(3.7, row, words, va="center", fontsize=9)
    _frame(axes, names, 1, 5)
    axes.set_xlim(0.4, 5.6)
    axes.set_xticks([1, 2, 3])


def _boxes(axes: Any, boxes: Sequence[tuple[int, int, int, bool]], size: float = 7) -> None:
    """Entries as (index, row, term, final); those that are final get a black frame."""
    for wanted, edge, width in ((False, "none", 0.0), (True, "black", 1.3)):
        some = [box for box in boxes if box[3] is wanted]
        polygons = [_rectangle(i - 0.43, i + 0.43, row, 0.66) for i, row, _, _ in some]
        colours = [term_colour(term) for _, _, term, _ in some]
        axes.add_collection(
            PolyCollection(polygons, facecolors=colours, edgecolors=edge, linewidths=width)
        )
    style = {"ha": "center", "va": "center", "color": "white", "fontsize": size}
    before = (0, -1, 0)
    for index, row, term, _ in boxes:  # a number where a term begins; the colour says the rest
        if before != (index - 1, row, term):
            axes.text(index, row, str(term), **style)
        before = index, row, term


def _frame(axes: Any, names: Sequence[str], first: int, last: int) -> None:
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlim(first - 0.6, max(last, first + 9) + 0.6)
    axes.grid(False)


def play_figure(
    cluster: Cluster,
    title: str,
    *,
    start: float = 0,
    clients: Mapping[str, Sequence[Operation]] | None = None,
    first: int | None = None,
) -> Any:
    """A figure of the history from *start* to now; below it the logs from index *first*, if given.

    Args:
        cluster: What was played.
        title: What to see.
        start: Left end (ms).
        clients: Label -> history, one row each, drawn in the order given.
        first: First index of the logs; `None` leaves them out.
    """
    clients = clients or {}
    height = 1.1 + 0.36 * (len(cluster.names) + len(clients))
    if first is None:
        figure = new_figure(7.6, height)
        top = figure.subplots()
    else:
        below = 0.9 + 0.3 * len(cluster.names)
        figure = new_figure(7.6, height + below)
        top, bottom = figure.subplots(2, 1, height_ratios=[height, below])
        tidy(bottom, title="The logs at the end: terms of the entries", x="index", y="server")
        logs(bottom, cluster, first)
    tidy(top, title=title, x="time (ms)", y="server")
    bands(top, cluster, start, cluster.now)
    messages(top, cluster, start, cluster.now)
    for row, (_, history) in enumerate(clients.items(), len(cluster.names)):
        operations(top, row, history, cluster.now)
    rows = [*cluster.names, *clients]
    top.set_yticks(range(len(rows)), rows)
    top.set_ylim(len(rows) - 0.4, -0.6)
    if clients:
        top.set_ylabel("server or client")
    for time, action, _ in cluster.troubles:
        if action in ("partition", "heal", "cut") and time >= start:
            top.axvline(time, color="black", linewidth=1, linestyle=":")
    return figure
