"""What the bank publishes for one question earns nothing at another one."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.errors import JudgeError
from graders.judges import published
from graders.judges.gates import inspect
from graders.judges.published import copied_from_elsewhere, runs
from graders.judges.text import read, words
from graders.levels import Level
from graders.question import Question, bank_ids, load_question

WEAK = (
    "There is a web server and a table with the short code and the long address. A user sends a "
    "link, we make a random code and save it. When someone opens the code we look it up and "
    "redirect. For many users we add more servers and a load balancer."
)
ASKED = load_question("design/url-shortener")


@lru_cache
def senior(name: str) -> str:
    answers = load_question(name).model_answers
    assert answers is not None
    return answers.senior


@pytest.mark.parametrize("name", [name for name in bank_ids() if name != ASKED.id])
def test_the_model_answer_to_another_question_is_off(name: str) -> None:
    gate = inspect(ASKED, senior(name))
    assert gate.stop is not None
    assert not gate.unscored
    assert "copied_elsewhere" in gate.flags or "off_topic" in gate.flags
    assert gate.reasons


@pytest.mark.parametrize("name", ["concept/caching", "design/unique-id", "story/failure"])
@pytest.mark.parametrize("place", ["{0} {1}", "{1} {0}", "{2} {1} {3}"])
def test_only_the_own_part_is_judged_of_a_mixture(name: str, place: str) -> None:
    lines = [sentence.text for sentence in read(WEAK).sentences]
    foreign = senior(name).replace("\n", " ")
    gate = inspect(ASKED, place.format(WEAK, foreign, " ".join(lines[:2]), " ".join(lines[2:])))
    left, own = gate.document.words, read(WEAK).words
    assert len(left) <= len(own) + 5
    assert sum(word in left for word in own) == len(own)
    assert gate.stop is None
    assert "copied_elsewhere" in gate.flags


def test_the_case_and_the_order_of_sentences_do_not_hide_a_copy() -> None:
    lines = [sentence.line for sentence in read(senior("design/unique-id")).sentences]
    text = " ".join(reversed(lines)).upper()
    found = copied_from_elsewhere(read(text), ASKED)
    assert sum(len(one.words) for one in found) > 0.9 * len(words(text))


@pytest.mark.parametrize("name", bank_ids())
def test_what_the_own_question_publishes_is_left_to_others(name: str) -> None:
    question = load_question(name)
    assert question.model_answers is not None
    for level in (Level.MID, Level.SENIOR, Level.STAFF):
        assert not copied_from_elsewhere(read(question.model_answers.at(level)), question)


def test_a_copied_question_of_ones_own_knows_its_own_answers() -> None:
    renamed = Question.model_validate({**ASKED.model_dump(), "id": "design/our-shortener"})
    assert not copied_from_elsewhere(read(senior(ASKED.id)), renamed)


def test_a_phrase_in_common_is_no_copy() -> None:
    phrase = " ".join(senior("concept/caching").split()[:9])
    assert not copied_from_elsewhere(read(f"{WEAK} As they say: {phrase}"), ASKED)


@given(st.lists(st.sampled_from(["one", "two", "three", "ü", "\ud800"]), max_size=9))
def test_a_run_has_one_number_wherever_it_stands(listed: list[str]) -> None:
    alone = [int(runs(listed[at : at + 5])[0]) for at in range(max(0, len(listed) - 4))]
    assert runs(listed).tolist() == alone


def test_a_missing_table_says_how_to_make_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published, "FILE", published.FILE.with_name("nothing.npz"))
    published.published.cache_clear()
    try:
        with pytest.raises(JudgeError, match="make model"):
            published.published()
    finally:
        published.published.cache_clear()


def test_the_table_is_sorted() -> None:
    table = published.published().astype(np.int64)
    assert (np.diff(table) > 0).all()
