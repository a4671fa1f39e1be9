"""The term report as HTML: how the weeks went, who needs attention, everybody's marks."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

from graders import cards, charts
from graders.gradebook.term import State
from graders.reports.term import TermReport, TermWeek

WORDS: dict[State, str] = {
    "graded": "graded", "waiting": "waits for a person", "failed": "could not be graded",
    "missing": "nothing handed in",
}  # fmt: skip
_LOOKS = {"graded": "", "waiting": "//", "failed": "xx", "missing": ".."}
"""Hatches, so that bars are told apart without colour."""

_LINES = (("-", "o"), ("--", "s"), ("-.", "^"), (":", "D"), ("-", "v"), ("--", "x"))


def term_page(report: TermReport) -> str:
    """The whole report as an HTML fragment to be used with `cards.style()`."""
    shares = [row.total / row.of for row in report.learners if row.of]
    marked = [week for week in report.weeks if week.middle is not None]
    judged = [week for week in report.weeks if week.dimensions]
    return (
        cards.environment()
        .get_template("term.html.j2")
        .render(
            report=report,
            attention=[row for row in report.learners if row.attention],
            median=None if not shares else round(100 * median(shares)),
            words=WORDS,
            points_chart=charts.data_uri(_draw_points(marked)) if marked else None,
            points_text=_points_text(marked),
            states_chart=charts.data_uri(_draw_states(report.weeks)),
            states_text=_states_text(report.weeks),
            levels_chart=charts.data_uri(_draw_levels(judged)) if judged else None,
            levels_text=_levels_text(judged),
        )
    )


def _points_text(weeks: Sequence[TermWeek]) -> str:
    listed = ", ".join(f"{w.facts.name} {100 * w.middle[1]:.0f} %" for w in weeks if w.middle)
    return f"Median share of the points: {listed}."


def _states_text(weeks: Sequence[TermWeek]) -> str:
    listed = "; ".join(
        f"{week.facts.name}: "
        + ", ".join(f"{count} {WORDS[state]}" for state, count in week.states.items() if count)
        for week in weeks
    )
    return f"Where the work stands. {listed}."


def _levels_text(weeks: Sequence[TermWeek]) -> str:
    listed = "; ".join(
        f"{week.facts.name}: "
        + ", ".join(f"{name} {level:.1f}" for name, level in week.dimensions.items())
        for week in weeks
    )
    return f"Mean levels, 0 off to 4 staff. {listed}."


def _draw_points(weeks: Sequence[TermWeek]) -> Any:
    axes = charts.new_axes(
        "Points week by week", "assignment", "share of the points (%)", width=5.4, height=3.1
    )
    names = [week.facts.name for week in weeks]
    lower, middle, upper = zip(*[week.middle for week in weeks if week.middle], strict=True)
    axes.fill_between(
        range(len(names)), [100 * v for v in lower], [100 * v for v in upper], alpha=0.2,
        label="middle half",
    )  # fmt: skip
    axes.plot(range(len(names)), [100 * v for v in middle], marker="o", label="median")
    axes.set_xticks(range(len(names)), names, rotation=30 if len(names) > 6 else 0)
    axes.set_ylim(0, 105)
    axes.legend(frameon=False, fontsize=8, loc="lower left")
    return axes.figure


def _draw_states(weeks: Sequence[TermWeek]) -> Any:
    axes = charts.new_axes("Where the work stands", "assignment", "learners", width=5.4, height=3.1)
    names = [week.facts.name for week in weeks]
    bottom = [0] * len(weeks)
    shades = ("#1b5fae", "#c79a00", "#b3541e", "#c9d0d9")
    for (state, said), shade in zip(WORDS.items(), shades, strict=True):
        values = [week.states[state] for week in weeks]
        axes.bar(
            range(len(names)), values, bottom=bottom, label=said, color=shade,
            hatch=_LOOKS[state], edgecolor="white", width=0.6,
        )  # fmt: skip
        bottom = [start + value for start, value in zip(bottom, values, strict=True)]
    axes.set_xticks(range(len(names)), names, rotation=30 if len(names) > 6 else 0)
    axes.yaxis.get_major_locator().set_params(integer=True)
    axes.set_ylim(0, max(bottom) * 1.3)
    axes.legend(ncols=2, frameon=False, fontsize=8, loc="upper left")
    return axes.figure


def _draw_levels(weeks: Sequence[TermWeek]) -> Any:
    axes = charts.new_axes(
        "Levels by dimension", "assignment", "mean level (0 off to 4 staff)", width=5.4, height=3.4
    )
    dimensions = sorted({name for week in weeks for name in week.dimensions})
    for number, dimension in enumerate(dimensions):
        line, marker = _LINES[number % len(_LINES)]
        known = [n for n, week in enumerate(weeks) if dimension in week.dimensions]
        values = [weeks[n].dimensions[dimension] for n in known]
        axes.plot(known, values, linestyle=line, marker=marker, markersize=4, label=dimension)
    names = [week.facts.name for week in weeks]
    axes.set_xticks(range(len(names)), names, rotation=30 if len(names) > 6 else 0)
    axes.set_ylim(-0.1, 4.1)
    axes.legend(ncols=3, frameon=False, fontsize=7, loc="upper left")
    return axes.figure
