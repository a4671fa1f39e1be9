"""The table of a cohort in a terminal."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.table import Table
from rich.text import Text

from graders import cards
from graders.cli.show import level_word
from graders.reports import Cohort


def show_cohort(cohort: Cohort) -> None:
    """Print learners with points, levels and flags, then who needs attention and why."""
    # Into a file or a pipe, lines are not folded at 80 columns.
    console = Console() if sys.stdout.isatty() else Console(width=160)
    table = Table(box=None, header_style="dim", pad_edge=False)
    table.add_column("learner", no_wrap=True)
    table.add_column("points", justify="right", no_wrap=True)
    for grade_id in cohort.answers:
        table.add_column(grade_id, no_wrap=True)
    table.add_column("flags", overflow="fold")
    for row in cohort.learners:
        points = "not graded" if row.points is None else f"{row.points:g} / {row.max_points:g}"
        if row.open_points:
            points += f" (+{row.open_points:g} open)"
        levels = [
            level_word(row.levels[grade_id]) if grade_id in row.levels else Text("—", style="dim")
            for grade_id in cohort.answers
        ]
        flags = ", ".join(cards.flag_text(flag) for flag in row.flags)
        table.add_row(Text(row.student), points, *levels, Text(flags, style="dim"))
    console.print(table)
    attention = [row for row in cohort.learners if row.attention]
    if attention:
        console.print(Text(f"\n{len(attention)} need attention:", style="bold"))
    for row in attention:
        console.print(Text(f"  {row.student}: {'; '.join(row.attention)}"), soft_wrap=True)
    console.print()
