"""The notes quote the answer, and a clock that stops early leaves boxes empty."""

from __future__ import annotations

import pytest
from simulators.answer_reader import Note, form, model_answer, notes, spoken, stopped_at

from graders.judges.scripted import ScriptedJudge
from graders.levels import DIMENSIONS, Level

QUESTION = "design/url-shortener"
ANSWER = model_answer(QUESTION, "senior")
SENIOR = ScriptedJudge(default=Level.SENIOR)

FORM = [
    Note(dimension, dimension, Level.SENIOR, f"About {dimension}.", 10 * n)
    for n, dimension in enumerate(DIMENSIONS["design"], start=1)
]


def test_diagrams_are_not_spoken() -> None:
    assert spoken("one two\n\n```mermaid\nflowchart LR\n A --> B\n```\n\nthree") == 3
    assert spoken("one ```mermaid\nnever closed") == 1
    assert 400 < spoken(ANSWER) < len(ANSWER.split())


def test_each_note_rests_on_a_sentence_of_the_answer() -> None:
    found = notes(QUESTION, ANSWER)
    assert {note.dimension for note in found} == set(DIMENSIONS["design"])
    flat = " ".join(ANSWER.split())
    assert all(note.quote in flat for note in found)
    assert all(0 < note.words <= spoken(ANSWER) for note in found)


def test_what_has_no_quote_is_said_at_the_end() -> None:
    (note, *_) = notes(QUESTION, "", judge=SENIOR)
    assert (note.quote, note.words, note.level) == ("", 0, Level.OFF)


def test_the_whole_answer_has_the_level_of_its_notes() -> None:
    assert stopped_at(FORM, 90) == (Level.SENIOR, 0.75, [])


def test_an_early_stop_leaves_boxes_empty() -> None:
    level, points, empty = stopped_at(FORM, 60)
    assert empty == ["failure-and-consistency", "trade-offs", "operability-and-cost"]
    assert level is Level.MID and points < 0.5
    assert stopped_at(FORM, 0)[:2] == (Level.OFF, 0)


def test_the_longer_one_speaks_the_more_stands_there() -> None:
    points = [stopped_at(FORM, words)[1] for words in range(0, 100, 5)]
    assert points == sorted(points)


def test_two_criteria_share_a_box() -> None:
    two = [Note("deep-dive", name, Level.STAFF, "x", at) for name, at in (("a", 10), ("b", 50))]
    assert stopped_at(two, 20)[1:] == (0.5, [])


def test_the_form_is_escaped() -> None:
    nasty = [Note("scaling", "a", Level.MID, "<b>|`$5 to $6`", 1)]
    row = form({"mid": nasty, "senior": nasty}).splitlines()[2]
    assert row.count("|") == 4 and "<b>" not in row and "$" not in row


def test_without_notes_there_is_nothing_to_sum_up() -> None:
    with pytest.raises(ValueError, match="not judged"):
        stopped_at([], 10)
