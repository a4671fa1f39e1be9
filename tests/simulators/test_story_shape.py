"""The mirror counts by its rules, fits what it is given, and never runs away with it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulators.attribution import Pilot
from simulators.story_shape import MAX_CHARS, PARTS, sentence_table, story_shape
from simulators.told_thrice import MID, SENIOR, STAFF, TOLD


def part(sentence: str) -> str:
    return story_shape(sentence).sentences[0][0]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("At Osterfeld we sell blinds.", "situation"),
        ("The assignment was a faster search.", "situation"),
        ("It was built in 2017.", "situation"),
        ("I decided to leave the cache out.", "action"),
        ("Buying it would have cost $90,000 a year.", "action"),
        ("The p95 went from 4.1 to 0.9 seconds.", "result"),
        ("It saves $400,000 a year.", "result"),
        ("Failed stops: 6.2% → 4.9%.", "result"),
        ("My mistake was to ask design in the third month.", "learning"),
        ("Since then every proposal names its holdout.", "learning"),
    ],
)
def test_the_rules(sentence: str, expected: str) -> None:
    assert part(sentence) == expected


def test_a_sentence_without_a_sign_goes_with_the_one_before() -> None:
    shape = story_shape("I asked legal. They refused. Churn fell from 4% to 3%. It stayed there.")
    assert [label for label, _ in shape.sentences] == ["action", "action", "result", "result"]


def test_having_and_being_are_not_acting() -> None:
    assert part("We had a problem.") == "situation"
    assert part("We then rebuilt it.") == "action"


def test_who_acts_is_counted() -> None:
    shape = story_shape(
        "I measured it. We agreed. My proposal won, and our team built what I drew."
    )
    assert (shape.first_person, shape.plural) == (3, 2)


@pytest.mark.parametrize(
    "text",
    [
        "Cancellations fell from 14% to 9.5%.",
        "It costs $14,000 instead of $38,000.",
        "It is 2 weeks, it was 11.",
        "They ordered in 4.0% of their visits, the rest in 4.2%.",
        "It was 61,000 of them a month, it is 22,000 now.",
    ],
)
def test_numbers_with_a_before_are_found(text: str) -> None:
    assert len(story_shape(text).before_after) == 1


@pytest.mark.parametrize(
    "text", ["It takes 0.9 seconds.", "In 2017 we had 12 teams.", "From A to B."]
)
def test_numbers_alone_are_not(text: str) -> None:
    assert story_shape(text).before_after == ()


def test_people_outside_engineering_are_named_once() -> None:
    shape = story_shape("Legal objected. I asked legal and the PM, at 9 pm, what finance says.")
    assert shape.outside == ("legal", "pm", "finance")


@given(st.text(alphabet="Iwe .!?0123456789%$\n|<>&amfrot", max_size=400))
def test_every_word_is_counted_once(text: str) -> None:
    shape = story_shape(text)
    told = [word for _, sentence in shape.sentences for word in sentence.split()]
    assert shape.words == len(told)
    assert set(shape.parts) == set(PARTS)
    assert shape.words == 0 or sum(map(shape.percent, PARTS)) == pytest.approx(100)


@given(st.sampled_from(sorted(TOLD)), st.integers(1, 6))
def test_more_action_shows_as_more_action(level: str, times: int) -> None:
    longer = TOLD[level] + "\n\n" + "I asked the owner of the queue what he would lose. " * times
    assert story_shape(longer).percent("action") > story_shape(TOLD[level]).percent("action")


@pytest.mark.parametrize(
    "text", ["1" * 20_000, "from 1 " * 2_800, "A. " * 6_600, "1," * 9_900, "I " * 9_900]
)
def test_no_text_keeps_the_reader_waiting(text: str) -> None:
    start = time.process_time()
    story_shape(text)
    assert time.process_time() - start < 1


def test_a_book_is_refused() -> None:
    with pytest.raises(ValueError, match="paste at most"):
        story_shape("a" * (MAX_CHARS + 1))


def test_the_reading_is_escaped() -> None:
    table = sentence_table(
        story_shape("I typed <script>alert(1)</script> | `x` *y* [z](w) for $5 to $6.")
    )
    row = table.splitlines()[2]
    assert "<" not in row and row.count("|") == 3
    assert not set("`*[]$") & set(row)


@pytest.mark.parametrize("verb", ["earn", "earns", "earned"])
def test_what_a_change_earns_is_a_result(verb: str) -> None:
    shape = story_shape(f"I moved the index. The new pages {verb} 40,000 euros.")
    assert [part for part, _ in shape.sentences] == ["action", "result"]


def test_the_same_project_told_three_times() -> None:
    mid, senior, staff = (story_shape(text) for text in (MID, SENIOR, STAFF))
    assert mid.percent("situation") > 40
    assert not mid.alternatives and not mid.outside
    assert 50 <= senior.percent("action") <= 60
    for shape in (senior, staff):
        assert shape.percent("situation") < 20
        assert shape.first_person > shape.plural
        assert len(shape.before_after) >= 2 and shape.alternatives and shape.outside
        assert 1.5 <= shape.minutes <= 3


def test_the_figures_in_the_stories_fit_together() -> None:
    pilot = Pilot(250_000, 6, 0.10, before=0.038, control=0.040, treated=0.042, margin=38)
    assert round(pilot.effect.middle * 250_000 * 52) == 26_000 and "26,000 orders" in SENIOR
    assert [round(x / 1e6, 2) for x in (pilot.yearly.low, pilot.yearly.high)] == [0.55, 1.42]
    assert "€0.55 and €1.4 million" in SENIOR and "€0.55 to €1.4 million" in STAFF
    assert round(pilot.slide / 1e6, 1) == 2.0 and "€2.0 million" in SENIOR
    assert round(2_700 * 2_700 * 900 / 1e9, 1) == 6.6 and "6.6 billion" in SENIOR
    assert round(100 * (1 - 0.9 / 4.1)) == 78 and "78%" in MID
    assert round(250_000 * 52 * 0.042 / 10_000) * 10_000 == 550_000 and "550,000 orders" in STAFF
