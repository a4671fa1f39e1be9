"""Good text about something else is told from an answer, whole or in part; honest answers are not."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.grading import grade
from graders.judges.embedded.belonging import Belonging, Relation
from graders.judges.embedded.model import shipped_model
from graders.judges.embedded.vectors import word_vectors
from graders.judges.text import read
from graders.levels import Level
from graders.question import load_question

CALIBRATION = Path(__file__).parents[1] / "calibration"
PAIRS = [
    ("design/chat", "design/payments"),
    ("design/payments", "story/failure"),
    ("concept/caching", "design/proximity"),
    ("story/failure", "design/chat"),
    ("leadership/mentoring", "concept/caching"),
    ("career/why-senior", "design/payments"),
]
"""A question and another one whose good answers are no answers to it."""


@lru_cache
def belonging() -> Belonging:
    found = shipped_model().belonging
    assert found is not None
    return found


@lru_cache
def answers(name: str, folder: str = "answers") -> tuple[tuple[str, str], ...]:
    """Level and text of all answers to a question that say something."""
    path = CALIBRATION / folder / f"{name.replace('/', '-')}.jsonl"
    entries = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
    return tuple((entry["level"], entry["text"]) for entry in entries if entry["level"] != "off")


def relation(asked: str, text: str) -> Relation:
    ids = word_vectors().ids([sentence.line for sentence in read(text).sentences])
    return belonging().relation(load_question(asked), ids)


def good(name: str) -> list[str]:
    return [text for level, text in answers(name) if level in ("senior", "staff")]


def weak(name: str) -> list[str]:
    return [text for level, text in answers(name) if level in ("below", "mid")]


@pytest.mark.parametrize(("asked", "other"), PAIRS)
def test_a_whole_answer_to_another_question_is_elsewhere(asked: str, other: str) -> None:
    found = [relation(asked, text) for text in good(other)]
    assert sum(one.elsewhere for one in found) >= 0.9 * len(found)
    assert all(one.unsure or one.part for one in found)


@pytest.mark.parametrize(("asked", "other"), PAIRS[:-1])
@pytest.mark.parametrize("place", ["{0}\n\n{1}", "{1} {0}", "{2} {1} {3}"])
def test_a_good_answer_to_another_question_that_was_put_in_is_found(
    asked: str, other: str, place: str
) -> None:
    found = 0
    pairs = list(zip(weak(asked)[:8], good(other), strict=False))
    for own, foreign in pairs:
        lines = [sentence.text for sentence in read(own).sentences]
        half = len(lines) // 2
        foreign = foreign.replace("\n", " ")
        text = place.format(own, foreign, " ".join(lines[:half]), " ".join(lines[half:]))
        one = relation(asked, text)
        if one.unsure:
            found += 1
        elif one.part:
            sentences = read(text).sentences
            inside = [foreign.find(sentences[at].text[:40]) >= 0 for at in one.part]
            assert np.mean(inside) > 0.5
            found += 1
    assert found >= 0.75 * len(pairs)


def test_nearly_all_answers_by_another_writer_belong_to_their_questions() -> None:
    paths = sorted((CALIBRATION / "heldout").glob("*.jsonl"))
    entries = [json.loads(line) for path in paths for line in path.read_text().splitlines() if line]
    honest = [entry for entry in entries if entry["level"] != "off"]
    found = [relation(entry["question_id"], entry["text"]) for entry in honest]
    assert not any(one.elsewhere or one.clear for one in found)
    assert sum(one.unsure for one in found) <= 0.02 * len(found)


def test_a_short_text_says_too_little_to_be_elsewhere() -> None:
    assert relation("design/chat", "The ledger has two rows for each payment.") == Relation()


@given(st.lists(st.lists(st.integers(0, 31_999), max_size=40), min_size=1, max_size=60))
def test_a_part_is_made_of_sentences_of_the_answer(sentences: list[list[int]]) -> None:
    ids = [np.array(one, np.int64) for one in sentences]
    found = belonging().relation(load_question("design/chat"), ids)
    assert set(found.part) <= set(range(len(ids)))
    assert list(found.part) == sorted(set(found.part))
    assert found.unsure >= found.elsewhere
    assert not (found.unsure and found.part)


@pytest.mark.parametrize(("asked", "other"), PAIRS[:-1])
def test_what_was_put_in_does_not_raise_a_weak_answer(asked: str, other: str) -> None:
    pairs = list(zip(weak(asked)[:8], good(other), strict=False))
    raised = 0
    for own, foreign in pairs:
        before, after = grade(asked, own), grade(asked, f"{own}\n\n{foreign}")
        if after.level is None:
            assert any("another question" in reason for reason in after.reasons)
            assert after.needs_review
        elif before.level is not None:
            raised += after.level > max(before.level, Level.BELOW)
    assert raised <= 1


def test_an_answer_that_waits_says_which_part_is_in_doubt() -> None:
    waiting = [
        grade("design/payments", f"{own}\n\n{foreign}")
        for own in weak("design/payments")[:6]
        for foreign in good("story/failure")[:3]
    ]
    reasons = [reason for score in waiting for reason in score.reasons]
    assert any("the part from" in reason or "The part from" in reason for reason in reasons)
