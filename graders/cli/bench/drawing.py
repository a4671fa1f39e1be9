"""Charts of figures that people compare: one mark for each row, its value beside it.

What is ours is told from the rest by shape and fill, not by colour alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graders.charts import PALETTE, new_axes, svg

OURS, OTHERS = PALETTE[0], PALETTE[5]


@dataclass(frozen=True)
class Mark:
    """One row of a chart.

    Attributes:
        name: What was measured.
        value: What was found.
        ours: Whether it is the judge; else something to compare it with.
        low: Lower end of its interval, if it has one.
        high: Upper end.
        text: How the value is written beside the mark.
    """

    name: str
    value: float
    text: str
    ours: bool = True
    low: float = float("nan")
    high: float = float("nan")


@dataclass(frozen=True)
class Drawing:
    """Writes charts as SVG into *folder*, for a page that lies one folder above."""

    folder: Path

    def rows(self, name: str, title: str, x: str, marks: Sequence[Mark]) -> str:
        """One mark a row; returns the Markdown of the image, with all values in its text.

        Args:
            name: Of the file, without its ending.
            title: What is drawn.
            x: Name and unit of the axis.
            marks: From top to bottom.
        """
        axes = new_axes(title, x, "", height=1.1 + 0.3 * len(marks))
        for place, mark in enumerate(reversed(marks)):
            colour = OURS if mark.ours else OTHERS
            if not math.isnan(mark.low):
                axes.plot([mark.low, mark.high], [place, place], color=colour, linewidth=2)
            axes.plot(
                mark.value, place, marker="o" if mark.ours else "s", markersize=7, color=colour,
                markerfacecolor=colour if mark.ours else "white", linestyle="none",
            )  # fmt: skip
            right = mark.value if math.isnan(mark.high) else max(mark.value, mark.high)
            axes.annotate(
                mark.text, (right, place), xytext=(8, 0), textcoords="offset points",
                va="center", fontsize=9,
            )  # fmt: skip
        axes.set_yticks(range(len(marks)), [mark.name for mark in reversed(marks)])
        axes.set_ylim(-0.6, len(marks) - 0.4)
        axes.margins(x=0.14)
        said = "; ".join(f"{mark.name} {mark.text}" for mark in marks)
        return self._saved(axes, name, f"{title}: {said}.")

    def curve(
        self, name: str, title: str, x: str, y: str, points: dict[float, float], *, unit: str
    ) -> str:
        """Values *y* by *x*, each written at its point; returns the Markdown of the image.

        Args:
            name: Of the file, without its ending.
            title: What is drawn.
            x: Name and unit of the horizontal axis.
            y: Name and unit of the vertical axis.
            points: Place -> value.
            unit: Of both, as it is written behind numbers.
        """
        axes = new_axes(title, x, y, height=3)
        axes.plot(list(points), list(points.values()), marker="o", color=OURS)
        for place, value in points.items():
            axes.annotate(
                f"{value:.1f} {unit}", (place, value), xytext=(0, 8), textcoords="offset points",
                ha="center", fontsize=9,
            )  # fmt: skip
        axes.margins(y=0.25)
        said = "; ".join(
            f"at {place:.0f} {unit} {value:.1f} {unit}" for place, value in points.items()
        )
        return self._saved(axes, name, f"{title}: {said}.")

    def _saved(self, axes: Any, name: str, text: str) -> str:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{name}.svg"
        path.write_bytes(svg(axes.figure))
        return f"![{text}]({self.folder.name}/{path.name})\n"
