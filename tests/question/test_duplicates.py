"""What is written for one question does not stand under another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from graders.question import Question, load_bank, load_question
from graders.question.duplicates import near_duplicates, places

ONE = load_question("concept/sharding")
OTHER = load_question("design/url-shortener").model_dump()


def test_no_text_of_the_bank_stands_under_two_questions() -> None:
    found = [
        f"{one.question} {one.where} ~ {other.question} {other.where}"
        for one, other in near_duplicates(load_bank())
    ]
    assert found == []


def _reworded(text: str) -> str:
    """Every sixth word is another one, as when a descriptor is adapted in passing."""
    return " ".join(
        f"word{number}" if number % 12 == 11 else word for number, word in enumerate(text.split())
    )


@pytest.mark.parametrize("part", ["mid", "senior", "staff", "tip", "asks"])
@pytest.mark.parametrize("change", [str, str.upper, _reworded])
def test_a_text_taken_over_is_found(part: str, change: Callable[[str], str]) -> None:
    taken = change(getattr(ONE.criteria[0], part))
    first, *others = OTHER["criteria"]
    copy = Question.model_validate({**OTHER, "criteria": [{**first, part: taken}, *others]})
    found = [(one.where, other.where) for one, other in near_duplicates([ONE, copy])]
    assert found == [(f"criteria.{ONE.criteria[0].id}.{part}", f"criteria.{first['id']}.{part}")]


def test_a_question_may_repeat_itself() -> None:
    first, *others = OTHER["criteria"]
    same: dict[str, Any] = {**first, "tip": first["mid"]}
    question = Question.model_validate({**OTHER, "criteria": [same, *others]})
    assert list(near_duplicates([question])) == []


def test_all_that_a_learner_reads_is_compared() -> None:
    compared = {place.where.split(".")[0] for place in places(ONE)}
    assert compared == {"criteria", "follow_ups", "mistakes", "hints"}
