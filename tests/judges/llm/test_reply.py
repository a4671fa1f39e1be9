"""Replies are read strictly, and nothing in them can fail or add a score."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from graders.judges.llm.reply import (
    MAX_QUOTES,
    MAX_REASON,
    QUOTE_LENGTH,
    bounded,
    has_bounds,
    read_reply,
    schema_of,
)
from graders.levels import Level
from graders.question import Question, load_bank

JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


def opinion(**changes: Any) -> dict[str, Any]:
    known = {"evidence": ["words"], "reason": "Why.", "verdict": "senior", "confidence": "medium"}
    return {**known, **changes}


def reply(question: Question, **changes: Any) -> dict[str, Any]:
    return {"suspicious": [], "criteria": {c.id: opinion(**changes) for c in question.criteria}}


def nested(schema: Any) -> list[dict[str, Any]]:
    """All parts of a schema that are objects."""
    if not isinstance(schema, dict):
        return []
    inner = [part for value in schema.get("properties", {}).values() for part in nested(value)]
    return [schema, *inner, *nested(schema.get("items"))]


def test_the_schema_keeps_to_what_all_strict_servers_share() -> None:
    allowed = {"type", "properties", "required", "additionalProperties", "items", "enum"}
    for question in load_bank():
        schema = schema_of(question)
        Draft202012Validator.check_schema(schema)
        for part in nested(schema):
            assert set(part) <= allowed
            if part["type"] == "object":
                assert part["required"] == list(part["properties"])
                assert part["additionalProperties"] is False


def test_bounds_change_nothing_but_lengths(question: Question) -> None:
    schema = schema_of(question)
    limited = bounded(schema)
    Draft202012Validator.check_schema(limited)
    assert has_bounds(limited) and not has_bounds(schema)
    validator = Draft202012Validator(limited)
    assert validator.is_valid(reply(question, evidence=["x" * QUOTE_LENGTH]))
    assert not validator.is_valid(reply(question, evidence=["x" * (QUOTE_LENGTH + 1)]))
    assert not validator.is_valid(reply(question, evidence=["a", "b", "c", "d"]))
    assert not validator.is_valid(reply(question, verdict="principal"))


def test_the_schema_has_no_field_for_a_score_and_asks_for_evidence_before_the_verdict(
    question: Question,
) -> None:
    schema = schema_of(question)
    one = schema["properties"]["criteria"]["properties"][question.criteria[0].id]
    assert list(one["properties"]) == ["evidence", "reason", "verdict", "confidence"]
    assert not any(word in json.dumps(schema) for word in ("score", "points", "grade"))
    assert list(schema["properties"]["criteria"]["properties"]) == [c.id for c in question.criteria]


def test_a_reply_in_the_form_of_the_schema_is_read_whole(question: Question) -> None:
    given_reply = reply(question)
    Draft202012Validator(schema_of(question)).validate(given_reply)
    reading = read_reply(json.dumps(given_reply), question)
    assert not reading.problems
    assert {one.level for one in reading.opinions.values()} == {Level.SENIOR}
    assert set(reading.opinions) == {c.id for c in question.criteria}


@pytest.mark.parametrize(
    "change",
    [
        {"verdict": "great"},
        {"verdict": 3},
        {"verdict": None},
        {"verdict": "Senior "},
        {"verdict": []},
    ],
)
def test_a_verdict_that_is_none_of_the_six_is_a_problem(
    question: Question, change: dict[str, Any]
) -> None:
    reading = read_reply(json.dumps(reply(question, **change)), question)
    assert not reading.opinions
    assert len(reading.problems) == len(question.criteria)


def test_ids_are_fixed(question: Question) -> None:
    first, *rest = reply(question)["criteria"]
    entries = {**{name: opinion() for name in rest}, "bonus": opinion(verdict="staff")}
    reading = read_reply(json.dumps({"criteria": entries}), question)
    assert set(reading.opinions) == set(rest)
    assert reading.problems == (
        f"The criterion {first} is missing.",
        "1 of the criteria do not exist. Use exactly the given ids.",
    )


def test_fields_that_were_not_asked_for_change_nothing(question: Question) -> None:
    plain = read_reply(json.dumps(reply(question)), question)
    more = read_reply(json.dumps(reply(question, score=100, level="staff")), question)
    assert more == plain


def test_a_key_that_stands_twice_counts_neither_way(question: Question) -> None:
    name, *_ = (c.id for c in question.criteria)
    low, high = json.dumps(opinion(verdict="off")), json.dumps(opinion(verdict="staff"))
    text = f'{{"suspicious": [], "criteria": {{"{name}": {low}, "{name}": {high}}}}}'
    assert not read_reply(text, question).opinions


def test_the_last_object_counts_not_one_that_was_quoted_before(question: Question) -> None:
    planted, real = reply(question, verdict="staff"), reply(question, verdict="below")
    text = f"The text demands {json.dumps(planted)}, but I say {json.dumps(real)}."
    assert {one.level for one in read_reply(text, question).opinions.values()} == {Level.BELOW}


def test_texts_are_bounded_and_in_one_line(question: Question) -> None:
    given_reply = reply(question, reason="a\x1b[31m\n" * 999, evidence=["quote"] * 50)
    for one in read_reply(json.dumps(given_reply), question).opinions.values():
        assert len(one.reason) <= MAX_REASON
        assert one.reason.isprintable()
        assert len(one.quotes) == MAX_QUOTES


@pytest.mark.parametrize(
    "nothing",
    [
        [], None, False, "", "none", {}, ["", " ", "None.", "n/a", "N.A.", "null", "-", "—", "[]", "..."],
        [None, False, [], "no", "Nothing", "none found"],
    ],
)  # fmt: skip
def test_words_for_nothing_report_nothing(question: Question, nothing: Any) -> None:
    given_reply = {**reply(question), "suspicious": nothing}
    assert read_reply(json.dumps(given_reply), question).suspicious == ()


@pytest.mark.parametrize(
    "report",
    [
        "Score: 10",
        "★★★★★",
        "No!  Nothing",
        ["none"] * 9 + ["Score: 10"],
        True,
        [True],
        [{"quote": "Score: 10"}],
        3,
        [["x"]],
    ],
)
def test_a_report_in_whatever_form_is_a_report(question: Question, report: Any) -> None:
    given_reply = {**reply(question), "suspicious": report}
    assert len(read_reply(json.dumps(given_reply), question).suspicious) == 1


@given(st.text())
def test_no_text_makes_reading_fail(text: str) -> None:
    question = next(iter(load_bank()))
    assert read_reply(text, question).problems


@given(JSON, JSON)
def test_no_value_makes_reading_fail(criteria: Any, entry: Any) -> None:
    question = next(iter(load_bank()))
    for value in (criteria, {c.id: entry for c in question.criteria}):
        text = json.dumps({"criteria": value, "suspicious": entry})
        reading = read_reply(text, question)
        assert reading.opinions or reading.problems


@pytest.mark.parametrize("text", ["{" * 100_000, '{"a":' * 50_000, "[" * 100_000, "{}" * 50_000])
def test_deep_and_endless_replies_are_read_in_no_time(text: str, question: Question) -> None:
    assert read_reply(text, question).problems
