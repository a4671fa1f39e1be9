"""What is about something else is noticed, and no honest answer is."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import pytest

from graders.judges.gates import inspect
from graders.judges.subject import is_off_topic
from graders.judges.text import read
from graders.question import bank_ids, load_question

FOLDER = Path(__file__).parents[1] / "calibration" / "answers"
TECHNICAL = ("concept", "design")
ASKED = ["concept/caching", "design/url-shortener", "story/business-impact", "career/why-not-staff"]


@lru_cache
def honest_answers(question_id: str) -> tuple[str, ...]:
    """Labelled answers that say something, and the model answers."""
    path = FOLDER / f"{question_id.replace('/', '-')}.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    entries = [json.loads(line) for line in lines]
    model = load_question(question_id).model_answers
    written = [model.mid, model.senior, model.staff] if model else []
    return (*(entry["text"] for entry in entries if entry["level"] != "off"), *written)


def is_technical(question_id: str) -> bool:
    return question_id.startswith(TECHNICAL)


@pytest.mark.parametrize("question_id", bank_ids())
def test_no_honest_answer_is_stopped_at_its_own_question(question_id: str) -> None:
    gates = {
        text: inspect(load_question(question_id), text) for text in honest_answers(question_id)
    }
    assert not {text: gate.stop for text, gate in gates.items() if gate.stop}
    assert not [text for text, gate in gates.items() if "injection" in gate.flags]


@pytest.mark.parametrize("asked", ASKED)
def test_most_answers_of_the_other_voice_are_off_topic(asked: str) -> None:
    question = load_question(asked)
    others = [q for q in bank_ids() if is_technical(q) != is_technical(asked)]
    texts = [text for other in others for text in honest_answers(other)]
    found = [text for text in texts if is_off_topic(read(text), question)]
    assert len(found) >= (0.8 if asked != "career/why-not-staff" else 0.75) * len(texts)


@pytest.mark.parametrize(
    ("asked", "other"),
    [
        ("story/business-impact", "concept/caching"),
        ("leadership/cross-functional", "concept/caching"),
        ("concept/caching", "story/business-impact"),
        ("design/rate-limiter", "story/business-impact"),
    ],
)
def test_a_good_answer_to_another_question_is_off_topic(asked: str, other: str) -> None:
    answers = load_question(other).model_answers
    assert answers is not None
    assert "off_topic" in inspect(load_question(asked), answers.senior).flags


@pytest.mark.parametrize(
    "text",
    [
        "Bake the onions slowly in butter, add flour and milk, and let the sauce thicken. "
        "Season it with nutmeg, pour it over the potatoes and put the dish into a hot oven.",
        "My grandmother grew roses behind the house. Every spring she cut them back by half, and "
        "in summer the whole street came to smell them while we drank lemonade in the shade.",
    ],
)
def test_an_answer_from_another_world_is_off_topic(text: str) -> None:
    assert "off_topic" in inspect(load_question("concept/caching"), text).flags


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (
            "story/business-impact",
            "I reduced latency by 20% in our recommendations service. It was written in Java and "
            "had GC pauses. I tuned the heap, moved to ZGC and removed a map that grew all day.",
        ),
        (
            "story/business-impact",
            "So I go to the CFO and I say: we pay for three systems, my team needs one. She gives "
            "me a quarter. I write the plan, we switch two countries a week, I sit with support "
            "every day, and in the end we run one system and my budget is smaller by a third.",
        ),
        (
            "concept/caching",
            "In my last job we put Redis in front of the product table, keys expired after a "
            "minute, and when it went down we served from the database with a limit.",
        ),
        ("concept/caching", "I would keep hot rows in memory and drop them after a minute or so."),
    ],
)
def test_short_honest_answers_are_not_off_topic(asked: str, text: str) -> None:
    assert inspect(load_question(asked), text).stop is None
