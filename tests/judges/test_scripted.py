"""The fake judge that ships: it says what it is told, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graders.answers import Answer
from graders.errors import JudgeError
from graders.grading import grade
from graders.judges.base import Judge
from graders.judges.scripted import ScriptedJudge
from graders.levels import Level
from graders.question import load_question
from graders.score import Score

QUESTION = load_question("concept/caching")
IDS = [criterion.id for criterion in QUESTION.criteria]
TEXT = (
    "I would put a cache in front of the database, because reads dominate by far.\n"
    "Entries end after a minute, so the stale window is bounded, and one request loads on a miss."
)


@given(st.dictionaries(st.sampled_from(IDS), st.none() | st.sampled_from(Level)))
def test_it_gives_the_scripted_levels_and_the_default_elsewhere(
    levels: dict[str, Level | None],
) -> None:
    judge: Judge = ScriptedJudge(levels=levels, default=Level.BELOW)
    verdicts = judge.judge(QUESTION, Answer(question_id=QUESTION.id, text=TEXT))
    assert {verdict.criterion: verdict.level for verdict in verdicts} == {
        criterion: levels.get(criterion, Level.BELOW) for criterion in IDS
    }


def test_one_level_everywhere_is_the_overall_level() -> None:
    scores = [grade(QUESTION, TEXT, judge=ScriptedJudge(default=level)) for level in Level]
    assert [score.level for score in scores] == list(Level)
    assert {(score.judge, score.judge_version) for score in scores} == {("scripted", "1")}
    points = [score.points for score in scores if score.points is not None]
    assert points == sorted(points)
    assert (points[0], points[-1]) == (0, 1)


def test_a_script_without_any_level_leaves_the_answer_unscored() -> None:
    score = grade(QUESTION, TEXT, judge=ScriptedJudge(default=None))
    assert (score.level, score.points) == (None, None)
    assert score.needs_review
    assert all(criterion in " ".join(score.reasons) for criterion in IDS)


def test_a_script_that_fails_raises_the_message_and_names_the_question() -> None:
    judge = ScriptedJudge(fails="the server is on holiday")
    with pytest.raises(JudgeError, match=rf"{QUESTION.id}.*on holiday"):
        judge.judge(QUESTION, Answer(question_id=QUESTION.id, text=TEXT))


@settings(deadline=None)
@given(st.text(max_size=300))
def test_its_evidence_stands_in_any_answer(text: str) -> None:
    for verdict in ScriptedJudge().judge(QUESTION, Answer(question_id="x", text=text)):
        assert all(quote and quote in text for quote in verdict.evidence)


@pytest.mark.parametrize("text", [TEXT + " \ud83d", "\udcff\n" + TEXT], ids=["end", "first line"])
def test_a_score_of_a_cut_emoji_still_survives_json(text: str) -> None:
    score = grade(QUESTION, text, judge=ScriptedJudge())
    assert Score.model_validate_json(score.model_dump_json()) == score
