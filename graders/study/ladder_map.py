"""The map of all ladders: drawn, and where its sources disagree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graders.study.ladder import (
    GENERIC,
    Grade,
    Target,
    companies,
    company_key,
    grades,
    ladders,
    stages,
    target,
)


def is_generic(key: str) -> bool:
    """Whether the map holds nothing but the usual names of the stages for the company."""
    return all(column.source == "kit" for column in ladders().companies[key].grades)


def disagreements() -> list[tuple[str, str, list[Grade]]]:
    """Company, stage and grades, wherever two sources give different ones."""
    cells = [
        (name, stage, grades(key, stage)) for key, name in companies().items() for stage in stages()
    ]
    return [cell for cell in cells if len({grade.text for grade in cell[2]}) > 1]


def caveats() -> list[str]:
    """What a table of grades cannot say: each company's remarks with their sources."""
    return [
        f"{company.name}: {note.text} ({ladders().sources[note.source].line})"
        for company in ladders().companies.values()
        for note in company.notes
        if note.source != "kit"
    ]


def draw_map(company: str = GENERIC, level: str = "senior") -> tuple[Any, str]:
    """The map with *company* and *level* marked: a figure and what it shows.

    Raises:
        UsageError: If the company has no such level.
    """
    from graders import charts

    aim, key = target(company, level), company_key(company)
    rows = [k for k in ladders().companies if k == key or not is_generic(k)]
    columns = stages()
    axes = charts.new_axes(
        "What companies call the same stage", "stage", "company", height=0.42 * len(rows) + 1.2
    )
    for y, row in enumerate(rows):
        for x, stage in enumerate(columns):
            marked = stage == aim.stage.name
            _cell(axes, x, y, grades(row, stage), marked, marked and row == key)
    axes.set_xlim(-0.5, len(columns) - 0.5)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xticks(range(len(columns)), columns)
    axes.set_yticks(range(len(rows)), [companies()[row] for row in rows])
    axes.grid(visible=False)
    return axes.figure, _told(aim)


def _cell(axes: Any, x: int, y: int, here: Sequence[Grade], column: bool, chosen: bool) -> None:
    from graders.charts import PALETTE

    if column:
        color = PALETTE[0] if chosen else "#dbe7f5"
        axes.axhspan(y - 0.5, y + 0.5, (x + 0.02) / 6, (x + 0.98) / 6, color=color, linewidth=0)
    text = " or ".join(dict.fromkeys(g.text + ("*" if g.derived else "") for g in here))
    axes.text(
        x, y, text or "–", ha="center", va="center",
        fontsize=8 if len(text) > 9 else 9.5, color="white" if chosen else "#1c2430",
    )  # fmt: skip


def _told(aim: Target) -> str:
    same = [
        f"{company.name} {' or '.join(dict.fromkeys(g.text for g in here))}"
        for key, company in ladders().companies.items()
        if not is_generic(key) and company.name != aim.company
        if (here := grades(key, aim.stage.name))
    ]
    marked = (
        f"{aim.words}: the {aim.stage.name} stage" if aim.known else f"The {aim.stage.name} stage"
    )
    return (
        f"{marked}; decisions reach {aim.stage.reach}, and one answers for {aim.stage.horizon}. "
        f"About the same: {', '.join(same)}. An asterisk is this kit's own reading."
    )
