"""The fairness and quality report as HTML, and its figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import Any

from graders import cards, charts
from graders.cohorts.discrimination import ENOUGH
from graders.cohorts.quality import Handed, Quality, Week
from graders.cohorts.similar import Alike
from graders.levels import Level

SHOWN = 50
"""Pairs of nearly identical answers that a page lists."""

DRIFT = 0.5
"""Levels; a smaller change between weeks is noise with a few dozen marks."""

MARKED = 10
"""Answers of a week that a person must have marked, to say something of it."""

BUCKETS = (
    ("more than 2 days before", 48.0), ("1 to 2 days before", 24.0), ("6 to 24 hours before", 6.0),
    ("in the last 6 hours", 0.0), ("late", float("-inf")),
)  # fmt: skip
"""Label, and the least hours before the due time."""


def quality_page(quality: Quality) -> str:
    """The whole report as an HTML fragment to be used with `cards.style()`."""
    timed = [one for one in quality.handed if one.hours_before_due is not None]
    written = [one for one in quality.handed if one.words]
    known = [week for week in quality.weeks if week.difference is not None]
    return (
        cards.environment()
        .get_template("quality.html.j2")
        .render(
            quality=quality,
            pairs=sum(len(one.pairs) for one in quality.agreement),
            doubtful_items=[one for one in quality.items if one.why],
            alike=alike_rows(quality),
            shown=SHOWN,
            enough=ENOUGH,
            confusion_chart=charts.data_uri(_draw_confusion(quality)) if quality.agreement else "",
            confusion_text=_confusion_text(quality),
            drift=drift_lines(quality.weeks),
            drift_chart=charts.data_uri(_draw_drift(known)) if len(known) > 1 else "",
            drift_text=_drift_text(known),
            groups=time_groups(timed),
            time_chart=charts.data_uri(_draw_time(timed)) if len(timed) > 2 else "",
            length_chart=charts.data_uri(_draw_length(written)) if len(written) > 2 else "",
            time_text=_correlation_text(
                "Handing in earlier", quality.time_correlation, len(timed)
            ),
            length_text=_correlation_text(
                "Writing more", quality.length_correlation, len(written)
            ),
            number=_number,
        )
    )  # fmt: skip


def alike_rows(quality: Quality) -> list[tuple[str, Alike]]:
    """All pairs of nearly identical answers with their question, most alike first."""
    rows = [(grade_id, pair) for grade_id, pairs in quality.alike.items() for pair in pairs]
    return sorted(rows, key=lambda row: (-row[1].share, row[0], row[1].one, row[1].other))


def drift_lines(weeks: Sequence[Week]) -> list[str]:
    """What has changed between the judge and people, in words; for weeks with enough marks."""
    known = [week for week in weeks if week.difference is not None and week.pairs >= MARKED]
    found = []
    for before, week in pairwise(known):
        moved = (week.difference or 0.0) - (before.difference or 0.0)
        if abs(moved) >= DRIFT:
            how = "stricter" if moved > 0 else "milder"
            found.append(
                f"{week.assignment}: the judge was {abs(moved):.1f} levels {how}, compared with "
                f"people, than in {before.assignment}."
            )
    for week in known:
        if abs(week.difference or 0.0) >= DRIFT:
            how = "below" if (week.difference or 0.0) > 0 else "above"
            found.append(
                f"{week.assignment}: the judge lies {abs(week.difference or 0.0):.1f} levels {how} "
                "people in the mean."
            )
    if not known:
        return [f"No week has {MARKED} answers that judge and person marked; nothing is concluded."]
    return found or ["No drift: the judge stays within half a level of people, week after week."]


def time_groups(timed: Sequence[Handed]) -> list[tuple[str, int, float | None]]:
    """Label, number of learners and median share of the points for each span of time."""
    if not timed:
        return []
    groups: dict[str, list[float]] = {label: [] for label, _ in BUCKETS}
    for one in timed:
        hours = one.hours_before_due or 0.0
        groups[next(label for label, least in BUCKETS if hours >= least)].append(one.share)
    return [(label, len(of), median(of) if of else None) for label, of in groups.items()]


def _number(value: float | None) -> str:
    return "—" if value is None else f"{value:.2f}"


def _correlation_text(what: str, correlation: float | None, learners: int) -> str:
    if correlation is None:
        return f"{what}: too few learners to say how it goes with marks."
    if abs(correlation) < 0.2 or learners < ENOUGH:
        how = "tells nothing certain of the marks"
    else:
        strength = "strongly" if abs(correlation) >= 0.5 else "somewhat"
        how = f"goes {strength} with {'higher' if correlation > 0 else 'lower'} marks"
    return f"{what} {how} (rank correlation {correlation:+.2f}, {learners} learners)."


def _counts(quality: Quality) -> Counter[tuple[Level, Level]]:
    return Counter((pair.judge, pair.person) for one in quality.agreement for pair in one.pairs)


def _confusion_text(quality: Quality) -> str:
    listed = ", ".join(
        f"judge {judge.label} and person {person.label}: {count}"
        for (judge, person), count in sorted(_counts(quality).items())
    )
    return f"How often which levels met. {listed}."


def _drift_text(weeks: Sequence[Week]) -> str:
    listed = ", ".join(f"{week.assignment} {week.difference:+.2f}" for week in weeks)
    return f"Mean of the person's level less the judge's: {listed}."


def _draw_confusion(quality: Quality) -> Any:
    axes = charts.new_axes(
        "Levels by judge and person", "the person's level", "the judge's level", width=4.6, height=4
    )
    counts = _counts(quality)
    table = [[counts[judge, person] for person in Level] for judge in Level]
    most = max(max(row) for row in table)
    axes.imshow(table, cmap="Blues", vmin=0, vmax=most * 1.5, origin="lower")
    axes.grid(visible=False)
    names = [level.label for level in Level]
    axes.set_xticks(range(len(names)), names)
    axes.set_yticks(range(len(names)), names)
    for judge, row in enumerate(table):
        for person, count in enumerate(row):
            weight = "bold" if judge == person else "normal"
            axes.text(person, judge, str(count), ha="center", va="center", fontweight=weight)
    return axes.figure


def _draw_drift(weeks: Sequence[Week]) -> Any:
    axes = charts.new_axes(
        "People compared with the judge", "assignment", "mean difference (levels)", width=5.4,
        height=3.1,
    )  # fmt: skip
    axes.axhline(0, color="#5a6675", linewidth=0.8)
    values = [week.difference or 0.0 for week in weeks]
    axes.plot([week.assignment for week in weeks], values, marker="o")
    for week in weeks:
        axes.annotate(
            f"n={week.pairs}", (week.assignment, week.difference), xytext=(0, 7),
            textcoords="offset points", ha="center", fontsize=8,
        )  # fmt: skip
    axes.set_ylim(min(-1.0, *values) - 0.2, max(1.0, *values) + 0.3)
    return axes.figure


def _draw_shares(title: str, along: str, handed: Sequence[Handed], at: Sequence[float]) -> Any:
    """Share of the points of each piece of work, drawn where it lies *along* something."""
    axes = charts.new_axes(title, along, "share of the points (%)", width=5.4, height=3.1)
    axes.scatter(at, [100 * one.share for one in handed], s=18, alpha=0.7)
    return axes


def _draw_time(timed: Sequence[Handed]) -> Any:
    hours = [one.hours_before_due or 0.0 for one in timed]
    title = "Marks by the time of handing in"
    axes = _draw_shares(title, "hours before the due time", timed, hours)
    axes.axvline(0, color="#5a6675", linewidth=0.8, linestyle="--")
    axes.invert_xaxis()
    return axes.figure


def _draw_length(written: Sequence[Handed]) -> Any:
    title = "Marks by the length of the answers"
    words = [one.words for one in written]
    return _draw_shares(title, "words in all answers", written, words).figure
