"""The cohort report as HTML: summary, who needs attention, distribution, gaps, all learners."""

from __future__ import annotations

from statistics import median
from typing import Any

from graders import cards, charts
from graders.levels import Level
from graders.reports.cohort import Cohort


def cohort_page(cohort: Cohort) -> str:
    """The whole report as an HTML fragment to be used with `cards.style()`."""
    points = [row.points for row in cohort.learners if row.points is not None]
    return (
        cards.environment()
        .get_template("cohort.html.j2")
        .render(
            cohort=cohort,
            graded=len(points),
            attention=[row for row in cohort.learners if row.attention],
            median=round(median(points), 1) if points else None,
            points_chart=charts.data_uri(_draw_points(cohort)) if points else None,
            levels_chart=charts.data_uri(_draw_levels(cohort)) if cohort.answers else None,
            points_text=_points_text(points),
            levels_text=_levels_text(cohort),
            flag_text=cards.flag_text,
            level_text=cards.level_text,
        )
    )


def _points_text(points: list[float]) -> str:
    if not points:
        return "Nobody has points yet."
    return (
        f"Histogram of points: {len(points)} learners, lowest {min(points):g}, "
        f"median {median(points):g}, highest {max(points):g}."
    )


def _counts(cohort: Cohort, grade_id: str) -> dict[str, int]:
    counts = {level.label: 0 for level in Level}
    for row in cohort.learners:
        level = row.levels.get(grade_id)
        if level is not None:
            counts[level.label] += 1
    return counts


def _levels_text(cohort: Cohort) -> str:
    parts = []
    for grade_id in cohort.answers:
        listed = ", ".join(f"{n} {label}" for label, n in _counts(cohort, grade_id).items())
        parts.append(f"{grade_id}: {listed}")
    return "Levels of the answers. " + "; ".join(parts) + "."


def _draw_points(cohort: Cohort) -> Any:
    axes = charts.new_axes(
        "Score distribution",
        f"points (of {cohort.max_points:g})",
        "learners",
        width=5.4,
        height=3.1,
    )
    points = [row.points for row in cohort.learners if row.points is not None]
    bins = [cohort.max_points * i / 10 for i in range(11)]
    axes.hist(points, bins=bins, edgecolor="white")
    axes.yaxis.get_major_locator().set_params(integer=True)
    return axes.figure


def _draw_levels(cohort: Cohort) -> Any:
    axes = charts.new_axes(
        "Levels of the free-text answers", "answers", "cell", width=5.4, height=3.1
    )
    colours = ["#8a94a3", "#b3541e", "#c79a00", "#1f7a4d", "#1b5fae"]
    names = list(cohort.answers)
    left = [0] * len(names)
    for level, colour in zip(Level, colours, strict=True):
        values = [_counts(cohort, name)[level.label] for name in names]
        axes.barh(names, values, left=left, color=colour, label=level.label, height=0.55)
        left = [start + value for start, value in zip(left, values, strict=True)]
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set_title("Levels of the free-text answers", loc="left", pad=28, fontweight="bold")
    axes.legend(ncols=5, loc="lower left", bbox_to_anchor=(0, 1.0), frameon=False, fontsize=8)
    return axes.figure
