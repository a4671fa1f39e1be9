"""The learner's page: "am I ready?", what is missing, how it moves, the next three things."""

from __future__ import annotations

from dataclasses import dataclass

from graders import cards
from graders.levels import Level
from graders.progress.standing import Readiness, Trend

ROWS = 100
"""Rows of the table of questions; a page is read, not searched."""

WIDTH, HEIGHT = 760, 190
LEFT, RIGHT, TOP, BOTTOM = 62, 14, 10, 26
"""The chart and its margins, in its own units."""

TICKS = 4


def learner_page(standing: Readiness) -> str:
    """Where a learner stands, as an HTML fragment to be used with `cards.style()`."""
    return (
        cards.environment()
        .get_template("learner.html.j2")
        .render(
            standing=standing,
            rows=standing.latest[:ROWS],
            chart=trend_chart(standing.trend),
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


@dataclass(frozen=True)
class Mark:
    """A dot, a tick or a line of the chart: where it stands, and what it says."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class TrendChart:
    """Cold attempts over time, ready to be drawn.

    Drawn by the page itself and not as a picture: it takes the page's colours, light or dark, and
    a page of 5,000 attempts need not load a plotting library, which takes as long as all the rest.

    Attributes:
        dots: The attempts.
        levels: The five levels, from off.
        dates: Ticks of the time axis.
        senior: Height of the line that is aimed at.
    """

    dots: tuple[Mark, ...]
    levels: tuple[Mark, ...]
    dates: tuple[Mark, ...]
    senior: float


def trend_chart(trend: Trend) -> TrendChart | None:
    """The level of each cold attempt over time; `None` without any."""
    if not trend.points:
        return None
    first, last = trend.points[0][0], trend.points[-1][0]
    span = (last - first).total_seconds()

    def across(share: float) -> float:
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def up(level: float) -> float:
        return round(HEIGHT - BOTTOM - (level + 0.2) / 4.4 * (HEIGHT - TOP - BOTTOM), 1)

    dots = [
        Mark(
            across((at - first).total_seconds() / span if span else 0.5),
            up(level),
            f"{at:%d %B %Y}: {level:.1f} of 4",
        )
        for at, level in trend.points
    ]
    shares = [n / (TICKS - 1) for n in range(TICKS)] if span else [0.5]
    floor = HEIGHT - BOTTOM + 17.0
    days = [first + (last - first) * (share if span else 0.0) for share in shares]
    dates = [
        Mark(across(share), floor, f"{day:%d %b %Y}" if span > 300 * 86_400 else f"{day:%d %b}")
        for share, day in zip(shares, days, strict=True)
    ]
    if span and len({date.text for date in dates}) < len(dates):
        dates = [dates[0], dates[-1]] if dates[0].text != dates[-1].text else dates[:1]
    return TrendChart(
        tuple(dots),
        tuple(Mark(LEFT - 8.0, up(level), level.label) for level in Level),
        tuple(dates),
        up(Level.SENIOR),
    )
