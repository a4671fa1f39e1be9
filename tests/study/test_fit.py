"""Which question a story answers, measured on answers whose question is known."""

from __future__ import annotations

import json
from pathlib import Path

from graders.study.fit import behavioural_questions, nearness

CALIBRATION = Path(__file__).parents[1] / "calibration"


def place_of_the_question(folder: str) -> list[int]:
    places = []
    for path in sorted((CALIBRATION / folder).glob("*.jsonl")):
        for entry in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            name = entry["question_id"]
            if name in behavioural_questions() and entry["level"] in ("mid", "senior", "staff"):
                near = nearness(entry["text"])
                places.append(sorted(near, key=lambda q: -near[q]).index(name))
    return places


def test_the_question_that_was_asked_is_among_the_nearest() -> None:
    places = place_of_the_question("answers")
    assert sum(place == 0 for place in places) / len(places) >= 0.35  # at random: 0.05
    assert sum(place < 3 for place in places) / len(places) >= 0.58  # at random: 0.16


def test_the_same_holds_for_answers_that_nothing_was_chosen_on() -> None:
    places = place_of_the_question("heldout")
    assert len(places) == 16
    assert sum(place < 3 for place in places) >= 9


def test_a_text_without_words_is_near_nothing_in_particular() -> None:
    assert set(nearness("…")) == set(behavioural_questions())
