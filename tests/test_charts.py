"""Figures have titles, units and a text, or they are refused."""

from __future__ import annotations

import base64

import pytest

from graders import charts
from graders.errors import UsageError


def drawn() -> charts.Any:
    axes = charts.new_axes("Latency against load", "load (requests/s)", "latency (ms)")
    axes.plot([1, 2], [3, 4])
    return axes


def test_a_picture_carries_its_text_twice_and_its_image_once() -> None:
    page = charts.picture(drawn().figure, "At 2 requests/s   latency is\n4 ms.")
    assert page.count("At 2 requests/s latency is 4 ms.") == 2
    assert page.count("<img") == 1
    svg = base64.b64decode(page.split("base64,")[1].split('"')[0]).decode()
    assert svg.lstrip().startswith("<?xml") and "<svg" in svg


def test_markup_in_the_text_is_shown_not_obeyed() -> None:
    page = charts.picture(drawn().figure, '"><script>alert(1)</script>')
    assert "<script>" not in page


def test_the_same_figure_gives_the_same_bytes() -> None:
    assert charts.data_uri(drawn().figure) == charts.data_uri(drawn().figure)


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        (lambda axes: axes.set_title("", loc="left"), "a title"),
        (lambda axes: axes.set_xlabel(""), "horizontal"),
        (lambda axes: axes.set_ylabel(""), "vertical"),
    ],
)
def test_an_unnamed_figure_is_refused(change: charts.Any, missing: str) -> None:
    axes = drawn()
    change(axes)
    with pytest.raises(UsageError, match=missing):
        charts.picture(axes.figure, "What it shows.")


def test_a_figure_without_a_text_is_refused() -> None:
    with pytest.raises(UsageError, match="a text"):
        charts.picture(drawn().figure, " \n ")


def test_an_axis_that_is_shared_needs_its_name_only_once() -> None:
    figure = charts.new_figure()
    upper, lower = figure.subplots(2, sharex=True)
    charts.tidy(upper, title="Queue", x="", y="waiting (requests)")
    charts.tidy(lower, title="Goodput", x="time (s)", y="answers (1/s)")
    assert "<img" in charts.picture(figure, "Both fall.")


def test_a_radar_needs_a_title_but_no_axis_names() -> None:
    figure = charts.new_figure()
    axes = figure.add_subplot(projection="polar")
    axes.plot([0, 1], [1, 2])
    with pytest.raises(UsageError, match="a title"):
        charts.picture(figure, "Four themes.")
    axes.set_title("Self-assessment")
    assert "<img" in charts.picture(figure, "Four themes.")
