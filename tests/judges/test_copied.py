"""What stands in the rubric, the hints or the model answers earns nothing, shuffled or negated."""

from __future__ import annotations

import random

import pytest

from graders.judges.copied import copied_sentences, copied_share, takes_back
from graders.judges.gates import inspect
from graders.judges.text import read
from graders.question import bank_ids, load_question

HONEST = (
    "I would put a cache in front of the database, because reads dominate and the hot set is small. "
    "Entries end after a minute, so stale data is bounded, and one request loads on a miss."
)
QUESTION = load_question("concept/caching")


@pytest.mark.parametrize("part", ["hints", "mistakes", "tips", "asks"])
def test_every_part_of_a_question_is_known(part: str) -> None:
    hints = QUESTION.hints
    assert hints is not None
    texts = {
        "hints": "\n".join([hints.direction, hints.partial, hints.full]),
        "mistakes": "\n".join(mistake.mistake for mistake in QUESTION.mistakes),
        "tips": "\n".join(criterion.tip for criterion in QUESTION.criteria),
        "asks": "\n".join(criterion.asks for criterion in QUESTION.criteria),
    }
    gate = inspect(QUESTION, f"{HONEST}\n\n{texts[part]}")
    assert "copied_rubric" in gate.flags
    assert len(gate.document.words) < len(read(HONEST).words) + 0.25 * len(read(texts[part]).words)


def test_a_rubric_in_the_first_person_is_a_copy() -> None:
    long = max((criterion.senior for criterion in QUESTION.criteria), key=len)
    document = read(f"{HONEST} In my case I {long[0].lower()}{long[1:]}")
    assert copied_sentences(document, QUESTION)
    assert not copied_sentences(read(HONEST), QUESTION)


@pytest.mark.parametrize("question_id", bank_ids())
def test_a_model_answer_with_its_words_shuffled_is_not_judged(question_id: str) -> None:
    question = load_question(question_id)
    assert question.model_answers is not None
    pieces = question.model_answers.senior.split()
    stopped = 0
    for seed in range(5):
        random.Random(seed).shuffle(pieces)
        stopped += inspect(question, " ".join(pieces)).stop is not None
    assert stopped >= 2


def test_a_model_answer_with_its_sentences_shuffled_is_known() -> None:
    assert QUESTION.model_answers is not None
    lines = [sentence.line for sentence in read(QUESTION.model_answers.senior).sentences]
    random.Random(0).shuffle(lines)
    assert copied_share(read(" ".join(lines)), QUESTION) > 0.5
    assert "copied_model_answer" in inspect(QUESTION, " ".join(lines)).flags


@pytest.mark.parametrize(
    "text",
    [
        "It is not true that {}",
        "{} However, the exact opposite is also true and should be used instead.",
        "{} None of this is true.",
    ],
)
def test_a_model_answer_that_is_taken_back_waits_for_a_person(text: str) -> None:
    assert QUESTION.model_answers is not None
    gate = inspect(QUESTION, text.format(QUESTION.model_answers.senior))
    assert gate.unscored
    assert "contradiction" in gate.flags
    assert not takes_back(read(HONEST))
