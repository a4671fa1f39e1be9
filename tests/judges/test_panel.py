"""Two readers: the lower level counts, and disagreement brings a person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.answers import Answer
from graders.errors import JudgeError, UsageError
from graders.grading import grade
from graders.judges.panel import PanelJudge
from graders.levels import Level
from graders.question import Question, load_question
from graders.score import Score, Verdict
from tests.judges.canned import Canned, Says, all_at

QUESTION = load_question("concept/caching")
TEXT = (
    "I would use cache-aside with a time to live, because reads dominate the writes by far here. "
    "Entries expire after five minutes with jitter, so the stale window is bounded."
)


def panel(first: Says, second: Says) -> PanelJudge:
    return PanelJudge(Canned(first), Canned(second, version="2"))


def judged(first: Says, second: Says) -> Score:
    return grade(QUESTION, TEXT, judge=panel(first, second))


def fails(question: Question, answer: Answer) -> list[Verdict]:
    raise JudgeError("the server is down")


@given(st.sampled_from(Level), st.sampled_from(Level))
def test_the_lower_level_counts_and_more_than_one_apart_brings_a_person(
    one: Level, other: Level
) -> None:
    score = judged(all_at(one), all_at(other))
    assert {verdict.level for verdict in score.verdicts} == {min(one, other)}
    assert score.needs_review == (abs(one - other) > 1)
    assert ("doubted" in score.flags) == score.needs_review


def test_the_reason_for_review_names_the_criterion_and_both_levels() -> None:
    def second(question: Question, answer: Answer) -> list[Verdict]:
        first, *rest = all_at(Level.MID)(question, answer)
        return [first.model_copy(update={"level": Level.STAFF}), *rest]

    score = judged(all_at(Level.MID), second)
    (reason,) = score.reasons
    assert QUESTION.criteria[0].id in reason
    assert "mid and staff" in reason
    assert score.verdicts[0].confidence < 0.5 < score.verdicts[1].confidence


def test_a_reader_who_fails_leaves_the_other_and_a_person() -> None:
    for one, other in ((fails, all_at(Level.SENIOR)), (all_at(Level.SENIOR), fails)):
        score = judged(one, other)
        assert score.level is Level.SENIOR
        assert any("the server is down" in reason for reason in score.reasons)


def test_what_one_reader_could_not_judge_the_other_does_with_a_remark() -> None:
    score = judged(all_at(None), all_at(Level.SENIOR))
    assert {verdict.level for verdict in score.verdicts} == {Level.SENIOR}
    assert score.needs_review


def test_two_failures_are_unscored_and_not_a_zero() -> None:
    score = judged(fails, fails)
    assert score.points is None
    assert "the server is down" in score.reasons[0]


def test_the_same_reader_twice_is_refused() -> None:
    with pytest.raises(UsageError, match="the same"):
        PanelJudge(Canned(), Canned())


def test_both_have_a_say_in_the_version_and_in_the_cost() -> None:
    judge = panel(all_at(Level.MID), all_at(Level.MID))
    judge.judge(QUESTION, Answer(question_id=QUESTION.id, text=TEXT))
    assert judge.version == "canned 1 + canned 2"
    assert judge.usage.calls == 2
