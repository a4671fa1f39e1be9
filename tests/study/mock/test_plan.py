"""Parts, times, and which question is chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

from graders.errors import UsageError
from graders.levels import Level
from graders.question import bank_ids, load_bank
from graders.study.mock import lines
from graders.study.mock.plan import PHASES, PROBES, planned
from graders.study.mock.week import _FAMILIES, _NOTEBOOKS, Drill, drills_for, picks_after
from graders.study.practice import pick
from tests.conftest import ROOT
from tests.study.learner import Learner, day


@pytest.mark.parametrize(
    ("kind", "kinds", "minutes"),
    [
        ("design", ["design"], 45),
        ("behavioural", ["story", "leadership"], 30),
        ("loop", ["design", "design", "story", "leadership", "career"], 130),
    ],
)
def test_the_formats(kind: str, kinds: list[str], minutes: float) -> None:
    parts = planned(kind)  # type: ignore[arg-type]
    assert [part.question_id.split("/")[0] for part in parts] == kinds
    assert sum(part.minutes for part in parts) == minutes
    assert len({part.question_id for part in parts}) == len(parts)


def test_the_time_given_is_shared_out() -> None:
    assert [part.minutes for part in planned("loop", minutes=26)] == [9, 9, 3, 3, 2]


def test_every_question_of_the_bank_can_be_asked() -> None:
    for one in load_bank():
        kind = "design" if one.kind in ("design", "concept") else "behavioural"
        parts = planned(kind, question_id=one.id)  # type: ignore[arg-type]
        assert one.id in [part.question_id for part in parts]


def test_questions_that_were_met_come_last() -> None:
    designs = [i for i in bank_ids() if i.startswith("design/")]
    new = designs[7]
    heard = [one for one in designs if one != new]
    assert planned("design", heard=heard)[0].question_id == new


def test_the_same_seed_gives_the_same_questions_and_another_one_others() -> None:
    seen = {planned("design", seed=str(n))[0].question_id for n in range(20)}
    assert len(seen) > 5
    assert planned("loop", seed="a") == planned("loop", seed="a")


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "coding"}, {"kind": "design", "minutes": 1}, {"kind": "design", "minutes": 1e9},
     {"kind": "design", "question_id": "design/nothing"},
     {"kind": "design", "question_id": "story/conflict"}],
)  # fmt: skip
def test_what_makes_no_sense_is_a_sentence(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        planned(**wrong)  # type: ignore[arg-type]


def test_phases_end_with_the_part() -> None:
    for phases in PHASES.values():
        ends = [phase.until for phase in phases]
        assert ends == sorted(ends) and ends[-1] == 1
        leading = [phase.leads for phase in phases]
        assert leading == sorted(leading, reverse=True), "the candidate leads first"
    assert set(PROBES) == set(PHASES)


def test_every_dimension_has_a_topic_and_probes_of_its_own() -> None:
    for question in load_bank():
        for criterion in question.criteria:
            assert lines.topic(criterion.dimension) != "the rest of it"
            assert len(lines.pool("probes", criterion.dimension)) >= 2


def test_every_question_has_a_change() -> None:
    for question in load_bank():
        assert any(follow_up.constraint_change for follow_up in question.follow_ups), question.id


def test_what_the_week_names_exists() -> None:
    from graders.study.drills import families

    books = {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert set(_NOTEBOOKS.values()) <= books
    assert {one for pair in _FAMILIES.values() for one in pair} <= set(families())


WEAK = [
    ("design", "estimation", 0.5),
    ("story", "impact", 0.9),
    ("design", "estimation", 1.0),
    ("design", "trade-offs", 1.2),
    ("design", "scaling", 1.4),
]


def test_three_drills_for_three_dimensions_on_three_questions() -> None:
    drills = drills_for(WEAK, ["design/chat"], picks_after((), day(0)))  # type: ignore[arg-type]
    assert [drill.dimension for drill in drills] == ["estimation", "impact", "trade-offs"]
    names = [drill.name for drill in drills]
    assert len(set(names)) == 3 and set(names) <= set(bank_ids()) - {"design/chat"}
    for drill in drills:
        assert drill.do.startswith(f"Answer {drill.name}")
        assert drill.how == f"seniorkit practice --question {drill.name}"


def test_the_drills_are_what_practice_picks(tmp_path: Path) -> None:
    learner = Learner(tmp_path / "p.sqlite3")
    learner.answer(day(0), "design/maps", Level.STAFF)
    learner.answer(day(1), "design/cdn", Level.BELOW)
    attempts = learner.progress.outlines()
    (first, *_) = drills_for(WEAK, [], picks_after(attempts, day(2)))  # type: ignore[arg-type]
    (picked, *_) = pick(learner.progress, kind="design", weakness="estimation", now=day(2))
    assert (first.name, first.variation) == (picked.question_id, picked.variation)
    assert first.name == "design/cdn" and "with the constraint changed" in first.do
    assert picked.reason in first.do


def test_cards_of_an_earlier_layout_are_still_read() -> None:
    old = {"kind": "notebook", "name": "02_capacity", "do": "Work through it.",
           "dimension": "estimation", "level": 1.0}  # fmt: skip
    assert Drill.model_validate(old).do == "Work through it."
