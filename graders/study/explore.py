"""Experiments in notebooks: sliders above a picture that follows them, and pictures that stand still.

`explore` is the one way in which notebooks draw something that a reader can change. What is drawn
comes from a plain function, so it can be tested without a page.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets

from graders import charts
from graders.errors import SeniorkitError
from graders.study.box import in_order

Draw = Callable[..., tuple[Any, str]]
"""Takes the controls' values by name, returns a matplotlib figure and what it shows, in words."""


@dataclass(frozen=True)
class Slider:
    """A number that the reader may change.

    Attributes:
        label: Name and unit, as in "cache size (entries)".
        low: Smallest value.
        high: Largest value.
        start: First value.
        step: Distance of neighbouring values; whole numbers all through give a whole-number slider.
    """

    label: str
    low: float
    high: float
    start: float
    step: float = 1

    def widget(self) -> Any:
        """The slider; it reports a value when it is let go, not at every pixel."""
        whole = all(float(n).is_integer() for n in (self.low, self.high, self.start, self.step))
        kind = ipywidgets.IntSlider if whole else ipywidgets.FloatSlider
        cast: type = int if whole else float
        return kind(
            value=cast(self.start),
            min=cast(self.low),
            max=cast(self.high),
            step=cast(self.step),
            description=self.label,
            continuous_update=False,
            style={"description_width": "330px"},
            layout={"width": "min(800px, 98%)"},
        )


@dataclass(frozen=True)
class Choice:
    """One of several named values.

    Attributes:
        label: What is chosen.
        options: Name -> value, or the values themselves.
        start: First value; the first option when absent.
    """

    label: str
    options: Mapping[str, Any] | Sequence[Any]
    start: Any = None

    def widget(self) -> Any:
        """The menu."""
        pairs = list(self.options.items()) if isinstance(self.options, Mapping) else self.options
        first = pairs[0][1] if isinstance(self.options, Mapping) else pairs[0]
        return ipywidgets.Dropdown(
            options=pairs,
            value=first if self.start is None else self.start,
            description=self.label,
            style={"description_width": "330px"},
            layout={"width": "min(800px, 98%)"},
        )


class Experiment(ipywidgets.VBox):  # type: ignore[misc]
    """Controls and the picture that they change.

    Attributes:
        controls: Name -> widget; set `controls["rate"].value` and `picture` follows.
        picture: The HTML that is shown now.
    """

    def __init__(self, draw: Draw, controls: Mapping[str, Slider | Choice]) -> None:
        self._draw = draw
        self.controls = {name: control.widget() for name, control in controls.items()}
        self._html = ipywidgets.HTML()
        super().__init__([*self.controls.values(), self._html])
        for widget in self.controls.values():
            in_order(widget)
            widget.observe(self._redraw, "value")
        self._redraw()

    @property
    def picture(self) -> str:
        """The picture as HTML, or the sentence that says why there is none."""
        return str(self._html.value)

    def _redraw(self, _: object = None) -> None:
        values = {name: widget.value for name, widget in self.controls.items()}
        try:
            self._html.value = charts.picture(*self._draw(**values))
        except (ValueError, ArithmeticError, SeniorkitError) as error:
            # A setting that makes no sense is no reason for a traceback.
            self._html.value = f"<p>{html.escape(str(error))}</p>"


def explore(draw: Draw, **controls: Slider | Choice) -> Experiment:
    """Show *controls* and, below them, what *draw* makes of their values.

    A `ValueError` of *draw* is shown as its sentence in place of the picture.
    """
    return Experiment(draw, controls)


def show(figure: Any, text: str) -> Any:
    """A picture that stands still; end a cell with it.

    Args:
        figure: A matplotlib figure with a title and named axes.
        text: What it shows, in words and numbers.

    Raises:
        UsageError: If title, names of axes or text are missing.
    """
    from IPython.display import HTML

    return HTML(charts.picture(figure, text))  # type: ignore[no-untyped-call]


def say(markdown: str) -> Any:
    """Markdown as the result of a cell; amounts of money in it are not read as formulas.

    JupyterLab sets whatever stands between two dollar signs as mathematics, escaped or not.
    """
    from IPython.display import Markdown

    return Markdown(markdown.replace("$", "USD "))  # type: ignore[no-untyped-call]
