"""A generous model is measured, mapped to people's levels, and then judges like people."""

from __future__ import annotations

import json
from dataclasses import replace

from graders.grading import grade
from graders.judges.factory import composed
from graders.judges.llm.settings import JudgeSettings
from graders.levels import DIMENSIONS, Level
from graders.question import load_question
from graders.score import Score
from graders.training.calibrate import asking, calibrate, judge_asked
from graders.training.labelled import Labelled
from tests.judges.llm.server import ModelServer, Request, answer_in, verdicts

ID = "concept/caching"
TEXT = (
    "I would use cache-aside with a time to live, because reads dominate the writes by far here. "
    "Entries expire after five minutes with jitter, so the stale window is bounded."
)
LEVELS = (Level.BELOW, Level.MID, Level.SENIOR)
ANSWERS = [
    Labelled(
        id=f"a{n}",
        question_id=ID,
        text=f"{TEXT} It is worth {level.label} in month {n}.",
        level=level,
        dimensions=dict.fromkeys(DIMENSIONS["concept"], level),
    )
    for n in range(12)
    for level in LEVELS
]


def generous(request: Request) -> str:
    """One level more than the answer is worth."""
    worth = next(level for level in LEVELS if f"worth {level.label}" in answer_in(request))
    return json.dumps(verdicts(request, Level(worth + 1).label))


def judged(settings: JudgeSettings, one: Labelled) -> Score:
    judge = composed(settings)
    try:
        return grade(load_question(ID), one.text, judge=judge)
    finally:
        judge.close()


def test_a_generous_model_judges_like_people_once_it_is_calibrated() -> None:
    with ModelServer(generous) as server:
        settings = server.settings(cache=True)
        steps: list[None] = []
        measured = judge_asked(ANSWERS, asking(settings), step=lambda: steps.append(None))
        assert len(steps) == len(ANSWERS)
        assert [one.answer for one in measured] == ANSWERS
        assert all(one.given == one.answer.level + 1 for one in measured)
        calls = server.calls
        assert judge_asked(ANSWERS, asking(settings)) == measured
        assert server.calls == calls
        found, path = calibrate(measured, settings)
        assert path.is_file()
        assert found.figures["concept"].raw == 1
        mapped = settings.model_copy(update={"calibrated": True})
        for one in ANSWERS[:3]:
            assert judged(settings, one).level == one.level + 1
            assert judged(mapped, one).level == one.level


def test_unscored_answers_teach_nothing() -> None:
    with ModelServer() as server:
        server.misbehave("prose", always=True)
        settings = server.settings(tries=1)
        measured = judge_asked([replace(ANSWERS[0], id="x")], asking(settings))
        assert measured[0].given is None
        assert calibrate(measured, settings)[0].maps == {}
