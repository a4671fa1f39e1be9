"""Sliders and the picture that follows them, without a page."""

from __future__ import annotations

from typing import Any

import pytest

from graders.charts import new_axes
from graders.errors import UsageError
from graders.study.explore import Choice, Slider, explore, say, show


def draw(rate: float, kind: str = "steady") -> tuple[Any, str]:
    if rate == 13:
        raise ValueError("13 < 14: choose another rate")
    axes = new_axes("Load", "time (s)", "load (requests/s)")
    axes.plot([0, 1], [rate, rate])
    return axes.figure, f"A {kind} load of {rate} requests a second."


def test_the_picture_follows_the_controls() -> None:
    experiment = explore(
        draw,
        rate=Slider("rate (requests/s)", 1, 100, 5),
        kind=Choice("shape", {"even": "steady", "uneven": "bursty"}),
    )
    assert "A steady load of 5 requests a second." in experiment.picture
    experiment.controls["rate"].value = 80
    experiment.controls["kind"].value = "bursty"
    assert "A bursty load of 80 requests a second." in experiment.picture


def test_a_setting_that_makes_no_sense_gets_a_sentence_and_can_be_left_again() -> None:
    experiment = explore(draw, rate=Slider("rate (requests/s)", 1, 100, 13))
    assert experiment.picture == "<p>13 &lt; 14: choose another rate</p>"
    experiment.controls["rate"].value = 20
    assert "<img" in experiment.picture


def test_a_fault_of_the_author_is_not_hidden() -> None:
    with pytest.raises(TypeError):
        explore(draw, speed=Slider("speed (m/s)", 1, 2, 1))


@pytest.mark.parametrize(
    ("slider", "kind"),
    [(Slider("n", 1, 10, 2), int), (Slider("share", 0.0, 1.0, 0.5, 0.1), float)],
)
def test_a_slider_of_whole_numbers_gives_whole_numbers(slider: Slider, kind: type) -> None:
    assert type(slider.widget().value) is kind


def test_a_choice_starts_where_it_is_told_to() -> None:
    assert Choice("policy", ["LRU", "LFU"]).widget().value == "LRU"
    assert Choice("policy", ["LRU", "LFU"], start="LFU").widget().value == "LFU"


def test_a_still_picture_needs_its_text_too() -> None:
    figure, text = draw(3)
    assert text in show(figure, text).data
    with pytest.raises(UsageError):
        show(figure, "")


def test_money_stays_money_in_markdown() -> None:
    assert say("from $2M to $3M").data == "from USD 2M to USD 3M"
