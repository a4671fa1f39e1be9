"""The second look never changes a level; it calls for a person."""

from __future__ import annotations

import pytest

from graders.answers import Answer
from graders.errors import JudgeError
from graders.grading import grade
from graders.judges.scripted import ScriptedJudge
from graders.judges.second_look import SecondLookJudge, disagreement
from graders.levels import GATE, Level
from graders.question import load_question
from graders.score import Score
from tests.judges.canned import Canned, all_at

QUESTION = load_question("concept/caching")
TEXT = (
    "I would use cache-aside with a time to live, because reads dominate the writes by far here. "
    "Entries expire after five minutes with jitter, so the stale window is bounded."
)
GATED = {c.id: Level.SENIOR for c in QUESTION.criteria if c.dimension == GATE[QUESTION.kind]}


def judged(first: Level | None, other: ScriptedJudge) -> Score:
    return grade(QUESTION, TEXT, judge=SecondLookJudge(Canned(all_at(first)), other))


@pytest.mark.parametrize(
    ("first", "other", "doubted"),
    [
        (Level.SENIOR, Level.SENIOR, False),
        (Level.SENIOR, Level.MID, False),
        (Level.SENIOR, Level.BELOW, True),
        (Level.OFF, Level.MID, True),
        (Level.BELOW, Level.MID, False),
    ],
)
def test_two_levels_apart_bring_a_person(first: Level, other: Level, doubted: bool) -> None:
    score = judged(first, ScriptedJudge(default=other))
    assert {verdict.level for verdict in score.verdicts} == {first}
    assert score.needs_review == doubted
    if doubted:
        assert first.label in score.reasons[0] and "second look" in score.reasons[0]
        assert len(score.reasons) == 1


def test_the_gate_brings_a_person_where_the_levels_do_not() -> None:
    # Everything at below but the judgment: overall still below, as the other one finds.
    other = ScriptedJudge(levels=GATED, default=Level.BELOW)
    score = judged(Level.BELOW, other)
    assert any(GATE[QUESTION.kind] in reason for reason in score.reasons)


def test_a_look_that_fails_costs_no_verdict_and_is_told_of() -> None:
    score = judged(Level.MID, ScriptedJudge(fails="the model is missing"))
    assert score.level is Level.MID
    assert any("the model is missing" in reason for reason in score.reasons)


def test_what_the_first_could_not_judge_is_no_disagreement() -> None:
    answer = Answer(question_id=QUESTION.id, text=TEXT)
    others = ScriptedJudge(default=Level.STAFF).judge(QUESTION, answer)
    assert disagreement(QUESTION, all_at(None)(QUESTION, answer), others) is None


def test_the_first_judges_failure_stays_a_failure() -> None:
    def fails(*_: object) -> list[object]:
        raise JudgeError("the server is down")

    judge = SecondLookJudge(Canned(fails), ScriptedJudge())  # type: ignore[arg-type]
    assert grade(QUESTION, TEXT, judge=judge).points is None


def test_both_have_a_say_in_the_version() -> None:
    judge = SecondLookJudge(Canned(), ScriptedJudge(version="7"))
    assert judge.name == "canned"
    assert "1" in judge.version and "scripted 7" in judge.version
