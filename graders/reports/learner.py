"""The learner's page: "am I ready?", what is missing, how it moves, the next three things."""

from __future__ import annotations

from typing import Any

from graders import cards, charts
from graders.levels import Level
from graders.progress.standing import Readiness, Trend

ROWS = 100
"""Rows of the table of questions; a page is read, not searched."""


def learner_page(standing: Readiness) -> str:
    """Where a learner stands, as an HTML fragment to be used with `cards.style()`."""
    points = standing.trend.points
    return (
        cards.environment()
        .get_template("learner.html.j2")
        .render(
            standing=standing,
            rows=standing.latest[:ROWS],
            chart=charts.data_uri(draw_trend(standing.trend)) if points else None,
            chart_text=trend_text(standing.trend),
        )
    )


def trend_text(trend: Trend) -> str:
    """What the chart of the trend shows, in words and numbers."""
    if not trend.points:
        return "No cold attempt yet."
    senior = sum(level >= Level.SENIOR - 0.5 for _, level in trend.points)
    moved = ""
    if trend.recent is not None and trend.before is not None:
        moved = f", mean {trend.before:.1f} before and {trend.recent:.1f} lately"
    return (
        f"Levels of {len(trend.points)} cold first attempts over time: {trend.direction}{moved}; "
        f"{senior} of them at senior or above."
    )


def draw_trend(trend: Trend) -> Any:
    """The level of each cold attempt over time, with the line that is aimed at."""
    axes = charts.new_axes("Cold first attempts", "date", "level", height=3.0)
    axes.set_yticks(list(Level), [level.label for level in Level])
    axes.set_ylim(-0.4, 4.4)
    axes.axhline(Level.SENIOR, linestyle="--", color="#5a6675")
    axes.plot([at for at, _ in trend.points], [level for _, level in trend.points], "o", alpha=0.7)
    axes.figure.autofmt_xdate(rotation=20)
    return axes.figure
