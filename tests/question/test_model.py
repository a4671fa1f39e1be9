"""A question: a frozen value that refuses what cannot be judged and survives every border."""

from __future__ import annotations

import pickle
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from graders.grading import grade
from graders.judges.scripted import ScriptedJudge
from graders.levels import DIMENSIONS, Kind, Level
from graders.question import Criterion, Question, load_question

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30).filter(str.strip)
TEXTS = st.lists(TEXT, min_size=1, max_size=2)
SLUG = st.from_regex(r"\A[a-z0-9]{1,5}(-[a-z0-9]{1,5}){0,2}\Z")


def criterion(**changes: Any) -> dict[str, Any]:
    evidence = {"senior": ["I would measure it."], "staff": ["I would drop it."]}
    texts = dict.fromkeys(("asks", "mid", "senior", "staff", "tip"), "Some text.")
    return {"id": "c", "dimension": "mechanism", "evidence": evidence, **texts, **changes}


def question(**changes: Any) -> dict[str, Any]:
    start = {"id": "concept/leases", "kind": "concept", "topic": "locks", "minutes": 10}
    return {**start, "prompt": "What is a lease?", "criteria": [criterion()], **changes}


@st.composite
def questions(draw: st.DrawFn) -> Question:
    kind = draw(st.sampled_from(sorted(DIMENSIONS)))
    ids = draw(st.lists(SLUG, min_size=1, max_size=4, unique=True))
    criteria = []
    for name in ids:
        dimension = draw(st.sampled_from(sorted(DIMENSIONS[kind])))
        default = DIMENSIONS[kind][dimension]
        evidence = {level: draw(TEXTS) for level in ("mid", "senior", "staff")}
        texts = {key: draw(TEXT) for key in ("asks", "mid", "senior", "staff", "tip")}
        weight = draw(st.none() | st.floats(default / 2, default * 2))
        criteria.append(
            {"id": name, "dimension": dimension, "weight": weight, "evidence": evidence, **texts}
        )
    follow_up = {"id": "f", "criterion": ids[0], "ask": draw(TEXT), "good": draw(TEXT)}
    answers = {level: draw(TEXT) for level in ("mid", "senior", "staff")}
    return Question.model_validate(
        question(
            id=f"{kind}/{draw(SLUG)}",
            kind=kind,
            prompt=draw(TEXT),
            criteria=criteria,
            follow_ups=[follow_up],
            model_answers=draw(st.none() | st.just(answers)),
        )
    )


@given(questions())
def test_a_question_survives_json_and_pickle(original: Question) -> None:
    by_json = Question.model_validate_json(original.model_dump_json())
    by_pickle = pickle.loads(pickle.dumps(original))
    assert by_json == by_pickle == original
    assert by_json.digest == by_pickle.digest == original.digest
    assert hash(by_json) == hash(original)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"kind": "trivia"}, "kind"),
        ({"kind": "story"}, "must begin with its kind: 'story/...'"),
        ({"id": "leases"}, "id"),
        ({"id": "concept/Leases"}, "id"),
        ({"id": "concept/../leases"}, "id"),
        ({"id": "concept/leases\n"}, "id"),
        ({"minutes": 0}, "minutes"),
        ({"prompt": " \n "}, "prompt"),
        ({"prompt": "x" * 20_001}, "prompt"),
        ({"criteria": []}, "criteria"),
        ({"criteria": [criterion(id=f"c{n}") for n in range(13)]}, "criteria"),
        ({"criteria": [criterion(), criterion()]}, "'c' is used twice"),
        ({"criteria": [criterion(dimension="people")]}, "allowed: mechanism, numbers, trade-offs"),
        ({"criteria": [criterion(evidence={"senior": [], "staff": ["x"]})]}, "senior"),
        ({"criteria": [criterion(level="senior")]}, "level"),
        ({"follow_ups": [{"id": "f", "criterion": "d", "ask": "x", "good": "y"}]}, "allowed: c"),
        ({"points": 3}, "points"),
    ],
)
def test_what_cannot_be_judged_is_refused_by_name(wrong: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Question.model_validate(question(**wrong))
    assert named in str(caught.value)


@given(st.sampled_from(sorted(DIMENSIONS)), st.data())
def test_a_weight_may_differ_from_the_default_by_a_factor_of_two(
    kind: Kind, data: st.DataObject
) -> None:
    dimension = data.draw(st.sampled_from(sorted(DIMENSIONS[kind])))
    default = DIMENSIONS[kind][dimension]
    weight = data.draw(st.floats(allow_nan=True) | st.floats(default / 2, default * 2))
    raw = question(
        id=f"{kind}/x", kind=kind, criteria=[criterion(dimension=dimension, weight=weight)]
    )
    if default / 2 <= weight <= default * 2:
        built = Question.model_validate(raw)
        assert built.weight(built.criteria[0]) == weight
    else:
        with pytest.raises(ValidationError, match="weight"):
            Question.model_validate(raw)


@pytest.mark.parametrize("kind", DIMENSIONS)
def test_without_a_weight_the_dimensions_own_counts(kind: Kind) -> None:
    for dimension, default in DIMENSIONS[kind].items():
        raw = question(id=f"{kind}/x", kind=kind, criteria=[criterion(dimension=dimension)])
        built = Question.model_validate(raw)
        assert built.weight(built.criteria[0]) == default


@pytest.mark.parametrize("name", ["prompt", "criteria", "kind", "digest"])
def test_nothing_about_a_question_can_be_changed(name: str) -> None:
    built = Question.model_validate(question())
    before = getattr(built, name)
    with pytest.raises((ValidationError, AttributeError)):
        setattr(built, name, before)
    assert isinstance(built.criteria, tuple)


def test_criteria_are_found_by_id_and_described_by_level() -> None:
    texts = {"mid": "uses it", "senior": "weighs it", "staff": "drops it"}
    built = Question.model_validate(question(criteria=[criterion(id="other"), criterion(**texts)]))
    found: Criterion = built.criterion("c")
    assert [found.descriptor(level) for level in (Level.MID, Level.SENIOR, Level.STAFF)] == list(
        texts.values()
    )
    with pytest.raises(KeyError):
        built.criterion("none")


def test_hints_and_model_answers_come_in_their_order() -> None:
    built = load_question("concept/caching")
    assert built.hints is not None
    assert built.model_answers is not None
    hints = built.hints
    assert hints.ladder() == (hints.nudge, hints.direction, hints.partial, hints.full)
    for level in (Level.MID, Level.SENIOR, Level.STAFF):
        assert built.model_answers.at(level) == getattr(built.model_answers, level.label)


ANSWERS = {"mid": "a", "senior": "b", "staff": "c"}


@pytest.mark.parametrize(
    "change",
    [{"prompt": "What is a lock?"}, {"id": "concept/locks"}, {"model_answers": ANSWERS}]
    + [{"criteria": [criterion(**{key: "Other."})]} for key in ("asks", "mid", "staff", "tip")]
    + [
        {"criteria": [criterion(weight=4)]},
        {"criteria": [criterion(dimension="numbers")]},
        {"criteria": [criterion(evidence={"senior": ["Other."], "staff": ["I would drop it."]})]},
        {"criteria": [criterion(), criterion(id="d")]},
    ],
)
def test_the_digest_notices_whatever_is_judged_by(change: dict[str, Any]) -> None:
    before = Question.model_validate(question())
    assert Question.model_validate(question(**change)).digest != before.digest


def test_every_fault_between_keys_has_its_place() -> None:
    wrong = question(
        id="story/x",
        criteria=[criterion(), criterion(weight=99), criterion(id="d", dimension="people")],
        follow_ups=[{"id": "f", "criterion": "e", "ask": "x", "good": "y"}],
    )
    with pytest.raises(ValidationError) as caught:
        Question.model_validate(wrong)
    assert [".".join(map(str, fault["loc"])) for fault in caught.value.errors()] == [
        "id", "criteria.1.id", "criteria.1.weight", "criteria.2.dimension", "follow_ups.0.criterion"
    ]  # fmt: skip


def test_the_digest_does_not_notice_what_only_teaches() -> None:
    mistake = {"mistake": "a", "why": "b", "instead": "c"}
    taught = question(mistakes=[mistake], sources=[{"figure": "1", "title": "t", "year": 2020}])
    assert Question.model_validate(taught).digest == Question.model_validate(question()).digest


def test_a_changed_copy_has_a_digest_of_its_own() -> None:
    original = Question.model_validate(question())
    before = original.digest
    changed = original.model_copy(update={"prompt": "What is a lock?"})
    assert changed.digest == Question.model_validate(question(prompt="What is a lock?")).digest
    assert original.digest == before


def test_questions_that_are_judged_differently_have_different_digests() -> None:
    answer = "A lease is a lock that ends by itself after some time."
    quick, long = (
        grade(Question.model_validate(question(minutes=n)), answer, judge=ScriptedJudge())
        for n in (1, 10)
    )
    judgements = [
        score.model_dump(include={"level", "points", "flags", "needs_review"})
        for score in (quick, long)
    ]
    assert judgements[0] == judgements[1] or quick.rubric_digest != long.rubric_digest


def test_the_digest_is_the_same_in_every_process() -> None:
    code = "from graders import load_question; print(load_question('concept/caching').digest)"
    shown = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert shown == {load_question("concept/caching").digest}
