"""Questions made of a reference answer: every part of it is looked for, no length breaks it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.errors import RubricError
from graders.question import Question
from graders.question.reference import reference_question

SENTENCE = st.text("abcdefgh XYZ,0123456789-", min_size=1, max_size=40).filter(
    lambda text: any(character.isalpha() for character in text)
)
REFERENCE = st.lists(
    st.builds(
        str.__add__, SENTENCE, st.sampled_from([". ", "? ", "! ", "; ", "\n", "\n\n", ".\n"])
    ),
    min_size=1,
    max_size=40,
).map("".join)
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


def parts(question: Question) -> list[str]:
    return [criterion.senior for criterion in question.criteria]


@given(REFERENCE)
def test_every_word_of_the_reference_is_looked_for_once_and_in_order(reference: str) -> None:
    found = parts(reference_question("Why?", reference))
    assert " ".join(found).split() == reference.split()
    assert 1 <= len(found) <= 12


@given(ANY, ANY)
def test_any_two_texts_make_a_question_or_an_error_in_words(prompt: str, reference: str) -> None:
    try:
        question = reference_question(prompt, reference)
    except RubricError as error:
        assert not prompt.strip() or not reference.strip()
        assert error.where in ("prompt", "reference")
    else:
        assert question.prompt == prompt.strip()
        assert Question.model_validate_json(question.model_dump_json()) == question


@pytest.mark.parametrize("size", [1, 19_970, 19_976, 19_979, 19_980, 19_999, 20_000])
def test_a_reference_of_every_accepted_length_makes_a_question(size: int) -> None:
    question = reference_question("p" * size, "r" * size)
    assert "".join(parts(question)) == "r" * size


@pytest.mark.parametrize(
    ("prompt", "reference", "where"),
    [("", "x", "prompt"), (" \n", "x", "prompt"), ("x", "", "reference"), ("x", "\t", "reference"),
     ("x" * 20_001, "x", "prompt"), ("x", "x" * 20_001, "reference")],
    ids=range(6),
)  # fmt: skip
def test_nothing_and_too_much_are_refused_by_name(prompt: str, reference: str, where: str) -> None:
    with pytest.raises(RubricError) as caught:
        reference_question(prompt, reference)
    assert caught.value.where == where
    assert caught.value.fix


@pytest.mark.parametrize("text", ['"\\ud83d"', '"half an emoji \\ude00"'])
def test_half_an_emoji_from_json_is_accepted_or_refused_in_words(text: str) -> None:
    broken = json.loads(text)
    for prompt, reference in ((broken, "x"), ("x", broken)):
        try:
            Question.model_validate_json(reference_question(prompt, reference).model_dump_json())
        except RubricError as error:
            assert error.fix


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("A stack is LIFO. A queue is FIFO.", ["A stack is LIFO.", "A queue is FIFO."]),
        ("It costs 3.5 ms per call.", ["It costs 3.5 ms per call."]),
        ("42", ["42"]),
        ("- locks\n- leases", ["- locks", "- leases"]),
        ("Use a cache, e.g. Redis.", ["Use a cache, e.g. Redis."]),
        ("1. Locks.\n2) Leases.", ["1. Locks.", "2) Leases."]),
        ("Yes. 42. ...", ["Yes. 42. ..."]),
        ("---", ["---"]),
        ("2022\n2023", ["2022", "2023"]),
    ],
)
def test_the_parts_are_the_sentences(reference: str, expected: list[str]) -> None:
    assert parts(reference_question("Why?", reference)) == expected


@pytest.mark.parametrize(
    "reference",
    ["1. Locks exclude others.\n2. Leases end by themselves.",
     "Use this:\n```\nlock.acquire()\n```",
     "Locks exclude others.\n---\nLeases end by themselves.", "a) Locks.\nb) Leases.\n..."],
)  # fmt: skip
def test_a_part_without_a_word_is_not_looked_for(reference: str) -> None:
    for part in parts(reference_question("Why?", reference)):
        assert any(character.isalpha() for character in part), part


def test_the_same_texts_make_the_same_question_and_others_another() -> None:
    first = reference_question("Why?", "Because it is.")
    assert reference_question(" Why? ", "Because it is.\n") == first
    others = [
        reference_question("Why not?", "Because it is."),
        reference_question("Why?", "Because it is not."),
        reference_question("Why?Because", "it is."),
    ]
    assert len({first.id, *(other.id for other in others)}) == 4
    assert len({first.digest, *(other.digest for other in others)}) == 4
