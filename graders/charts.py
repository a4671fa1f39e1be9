"""Figures that everybody can read: SVG that never changes by itself, a title, units, a text.

`picture` refuses a figure without a title, without names on its axes or without alternative text,
so none can slip into a notebook.
"""

from __future__ import annotations

import base64
import html
import io
from typing import Any

from graders.errors import UsageError

PALETTE = ("#1b5fae", "#b3541e", "#1f7a4d", "#8a3f8f", "#8a6d00", "#5a6675")
"""Line colours, told apart by colour-blind readers and in print; dark enough on white."""


def new_figure(width: float = 7.2, height: float = 3.6) -> Any:
    """An empty figure of *width* x *height* inches that lays itself out.

    It belongs to no window and no global list, so nothing has to be closed.
    """
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def new_axes(title: str, x: str, y: str, *, width: float = 7.2, height: float = 3.6) -> Any:
    """Axes in a figure of their own (`axes.figure`), named, in the kit's colours.

    Args:
        title: What is drawn.
        x: Name and unit of the horizontal axis, as in "load (requests/s)".
        y: Name and unit of the vertical axis.
        width: In inches.
        height: In inches.
    """
    return tidy(new_figure(width, height).subplots(), title=title, x=x, y=y)


def tidy(axes: Any, *, title: str, x: str, y: str) -> Any:
    """Give *axes* a title, names with units, the kit's colours and a light grid; return it."""
    axes.set_prop_cycle(color=list(PALETTE))
    axes.set_title(title, loc="left", fontweight="bold")
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    if axes.name == "rectilinear":
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(alpha=0.25, linewidth=0.6)
        axes.set_axisbelow(True)
    return axes


def svg(figure: Any) -> bytes:
    """The figure as an SVG image; the same figure always gives the same bytes."""
    import matplotlib

    buffer = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "seniorkit"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()


def data_uri(figure: Any) -> str:
    """The figure as a `data:` address of an SVG image."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg(figure)).decode()


def picture(figure: Any, text: str) -> str:
    """The figure as HTML, with *text* as its alternative text and as the line below it.

    Args:
        figure: A matplotlib figure; each axes that shows data has a title and named axes.
        text: What the figure shows, in words and numbers: one or two sentences.

    Raises:
        UsageError: If the title, a name of an axis or the text is missing.
    """
    _check(figure, text)
    words = html.escape(" ".join(text.split()))
    return (
        '<figure class="sk-picture" style="margin:8px 0;max-width:760px">'
        f'<img alt="{words}" src="{data_uri(figure)}" '
        'style="width:100%;background:#fff;border-radius:8px"/>'
        f'<figcaption aria-hidden="true" style="margin:4px 2px;font-size:14px">{words}'
        "</figcaption></figure>"
    )


def _check(figure: Any, text: str) -> None:
    missing = [] if text.strip() else ["a text that says what it shows"]
    titles = [axes.get_title(loc=side) for axes in figure.axes for side in _SIDES]
    if not any(titles) and not figure.get_suptitle():
        missing.append("a title")
    for axes in figure.axes:
        if axes.name != "rectilinear" or not axes.axison:
            continue  # a radar or a drawing has no axes to name
        if axes.get_xaxis().get_visible() and not axes.get_xlabel() and not _shared(axes, "x"):
            missing.append("the name and unit of a horizontal axis")
        if axes.get_yaxis().get_visible() and not axes.get_ylabel() and not _shared(axes, "y"):
            missing.append("the name and unit of a vertical axis")
    if missing:
        raise UsageError(
            f"a figure lacks {', '.join(dict.fromkeys(missing))}",
            fix="Set it: readers must know what is drawn, in which unit",
        )


_SIDES = ("left", "center", "right")


def _shared(axes: Any, which: str) -> bool:
    """Whether the axis is named once, by another axes that shares it."""
    grouper = getattr(axes, f"get_shared_{which}_axes")()
    return any(getattr(other, f"get_{which}label")() for other in grouper.get_siblings(axes))
