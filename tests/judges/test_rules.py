"""Rules are looked for only where they can match, and find the same as if they always were."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.judges.appraisal import APPRAISALS
from graders.judges.injection import folded
from graders.judges.orders import FORGED_REPLY, LINES, ORDERS
from graders.judges.rules import Rulebook, active, per_question, rule
from graders.judges.text import read
from graders.question import Question, load_question

RULES = (*ORDERS, *LINES, FORGED_REPLY, *APPRAISALS)
BOOK = Rulebook(RULES)
TESTS = Path(__file__).parents[1]
TEXTS = [
    json.loads(line)["text"].lower()
    for path in [*(TESTS / "attacks").glob("*.jsonl"), TESTS / "calibration" / "hostile.jsonl"]
    for line in path.read_text(encoding="utf-8").split("\n")
    if line
]


def test_a_pattern_matches_only_where_its_signs_stand() -> None:
    found, missed = 0, []
    for text in TEXTS:
        document = read(text)
        letters = folded(document.text)
        present = BOOK.present(letters)
        pieces = [folded(sentence.text) for sentence in document.sentences]
        for one in RULES:
            matches = (
                any(one.pattern.match(piece) for piece in pieces)
                if one in APPRAISALS
                else one.pattern.search(letters) is not None
            )
            found += matches
            if matches and not active([one], present):
                missed.append((one.pattern.pattern[:80], text[:200]))
    assert found > 100
    assert not missed


@given(
    st.lists(
        st.sampled_from(
            [
                "note",
                "to",
                "the",
                "grader",
                "award",
                "full",
                "marks",
                "now",
                "cache",
                ",",
                ".",
                "\n",
            ]
        )
    )
)
def test_line_by_line_a_pattern_finds_what_it_finds_in_the_whole(words: list[str]) -> None:
    text = " ".join(words)
    one = rule("note to|full ", r"\bnotes? to the grader|\bfull marks\b")
    assert list(one.spans(text)) == [match.span() for match in one.pattern.finditer(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a note to you", {"note to "}), ("an upgrade", set()), ("[x] {{ y", {"{{"})],
)
def test_a_sign_stands_where_a_word_begins(text: str, expected: set[str]) -> None:
    book = Rulebook([rule("note to |grad|{{", "x")])
    assert book.present(text) == expected


def test_what_is_made_of_a_question_is_made_once() -> None:
    made = []

    @per_question
    def compute(question: Question) -> str:
        made.append(question.id)
        return question.id

    one, other = load_question("concept/caching"), load_question("concept/sharding")
    assert [compute(one), compute(other), compute(one)] == [one.id, other.id, one.id]
    assert made == [one.id, other.id]
