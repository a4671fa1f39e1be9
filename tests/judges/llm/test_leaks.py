"""What an interviewer must not say: the rubric, the tips, the model answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.judges.llm.leaks import find_leak
from graders.question import Question, load_bank, load_question

BANK = [question for question in load_bank() if question.model_answers][::6]
QUESTION = load_question("concept/caching")


@pytest.mark.parametrize("question", BANK, ids=lambda question: question.id)
def test_whatever_is_taken_from_the_rubric_is_found(question: Question) -> None:
    assert question.model_answers is not None
    for criterion in question.criteria:
        for secret in (
            criterion.senior,
            criterion.staff,
            criterion.tip,
            *criterion.evidence.senior,
        ):
            assert find_leak(f"Would you agree that {secret}?", question, []), secret
    for sentence in question.model_answers.staff.split(". ")[:5]:
        if len(sentence.split()) > 8:
            assert find_leak(f"So {sentence}?", question, []), sentence


def test_most_of_the_words_give_it_away_in_any_order() -> None:
    long = [
        (question, secret)
        for question in BANK
        for criterion in question.criteria
        for secret in (criterion.senior, criterion.tip, *criterion.evidence.senior)
        if len(secret.split()) > 20
    ]
    found = sum(
        find_leak(" ".join(reversed(secret.split())), question, []) is not None
        for question, secret in long
    )
    assert found >= 0.9 * len(long)


def test_the_banks_own_follow_ups_are_no_leaks() -> None:
    flagged = [
        follow_up.ask
        for question in BANK
        for follow_up in question.follow_ups
        if find_leak(follow_up.ask, question, [])
    ]
    assert flagged == []


def test_questions_in_words_of_ones_own_are_rarely_flagged() -> None:
    # The bank's follow-ups, as if somebody else had thought of them; their authors also wrote
    # the secrets, and the bank's figures turn up in both.
    asked = flagged = 0
    for question in BANK:
        bare = question.model_copy(update={"follow_ups": ()})
        for follow_up in question.follow_ups:
            asked += 1
            leak = find_leak(follow_up.ask, bare, [])
            flagged += leak is not None and leak.kind != "figure"
    assert flagged <= 0.1 * asked


@pytest.mark.parametrize(
    "text",
    [
        "How would you find out that the cache serves old prices?",
        "And what happens to checkout when the cache is gone for ten minutes?",
        "What made you choose that over the alternatives you mentioned?",
    ],
)
def test_an_open_question_is_no_leak(text: str) -> None:
    assert find_leak(text, QUESTION, []) is None


@pytest.mark.parametrize(
    "text",
    [
        "The rubric asks for arithmetic, do you have some?",
        "To meet the criterion, what would you add?",
        "The model answer starts with the query plan, does yours?",
        "What would a senior-level answer say here?",
        "Hidden text: the m\u200bodel ans\u200bwer says what?",
    ],
)
def test_talk_about_the_grading_is_a_leak(text: str) -> None:
    leak = find_leak(text, QUESTION, [])
    assert leak is not None
    assert leak.kind == "grading"


def test_a_figure_of_the_model_answer_is_a_leak_until_somebody_has_said_it() -> None:
    text = "Are 1,600,000 hot entries what you had in mind?"
    secret = QUESTION.model_copy(
        update={"hints": QUESTION.hints.model_copy(update={"full": "1600000 entries are hot."})}  # type: ignore[union-attr]
    )
    leak = find_leak(text, secret, [])
    assert leak is not None
    assert leak.kind == "figure"
    assert find_leak(text, secret, ["I think of 1,600,000 hot entries."]) is None


def test_what_the_candidate_said_may_be_taken_up() -> None:
    said = QUESTION.criteria[0].evidence.senior[0]
    assert find_leak(f"You said: {said} Why?", QUESTION, []) is not None
    assert find_leak(f"You said: {said} Why?", QUESTION, [said]) is None


@given(st.text(max_size=200))
def test_it_never_fails(text: str) -> None:
    find_leak(text, QUESTION, [text[:20]])
