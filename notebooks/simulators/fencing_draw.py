"""The timeline of `simulators.fencing`: who held the lock, who slept, and whose write counted."""

from __future__ import annotations

from typing import Any

from graders.charts import PALETTE, tidy
from simulators.fencing import Story

_ROWS = {"old": 0, "new": 1, "storage": 2}


def timeline(axes: Any, story: Story, lease_ms: float, end: float) -> None:
    """Draw *story* from 0 to *end* (ms)."""
    tidy(axes, title="Two workers, one lock, one number", x="time (ms)", y="who")
    for name, pauses in story.pauses.items():
        for start, stop in pauses:
            axes.barh(
                _ROWS[name], stop - start, left=start, height=0.62, color="white",
                edgecolor="#9aa4b0", hatch="///", linewidth=0.5,
            )  # fmt: skip
    for event in story.events:
        if event.time > end:
            break
        row = _ROWS[event.worker]
        colour = PALETTE[row]
        if event.what == "acquired":
            held = _held(story, event.token, event.time, lease_ms)
            axes.barh(row, held, left=event.time, height=0.3, color=colour, alpha=0.3)
            axes.text(event.time, row - 0.36, f"token {event.token}", fontsize=7.5, clip_on=True)
        elif event.what == "read":
            axes.plot(event.time, row, "o", color=colour, markersize=4)
        elif event.what == "gave up":
            axes.plot(event.time, row, "s", color="#5a6675", markersize=6)
        else:
            good = event.what == "wrote"
            mark, paint = ("v", colour) if good else ("X", "#c43d3d")
            axes.plot([event.time, event.time], [row, 2], color=paint, linewidth=0.8, alpha=0.6)
            axes.plot(event.time, 2, mark, color=paint, markersize=7)
            if good:
                below = 2.3 + 0.2 * (row == 0)  # writes of two workers may arrive close together
                axes.text(event.time, below, f"= {event.value}", fontsize=7.5, ha="center")
            else:
                axes.text(event.time - 3, 2, "refused", fontsize=7.5, ha="right", va="center")
    axes.set_yticks([0, 1, 2], ["old worker", "new worker", "storage"])
    axes.set_ylim(2.75, -0.6)
    axes.set_xlim(0, end)


def _held(story: Story, token: int, start: float, lease_ms: float) -> float:
    """How long the lease of *token* lasted: until its write was answered, or until it ran out."""
    ends = [event.time for event in story.events if event.token == token]
    return min(lease_ms, max(ends) - start) if len(ends) > 2 else lease_ms
