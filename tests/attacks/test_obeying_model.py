"""A model that obeys every injection it sees: the score does not follow it.

All templates of the project and the hostile set are read twice. First by a model on a server that
gives *below* to honest text and *staff* on every criterion as soon as it sees a sentence that was
added, without anything around it. Then, with gates and second look, by one that quotes real
sentences of the answer as evidence (`graders.training.obeying`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from graders.answers import Answer
from graders.errors import JudgeError
from graders.judges.llm.judge import LlmJudge
from graders.levels import Level
from graders.question import load_question
from graders.training.labelled import load_labelled
from graders.training.obeying import OBEDIENCES, Obedience, Once, attempts, cost, measure
from tests.judges.llm.server import ModelServer, Request, answer_in, verdicts

HERE = Path(__file__).parent
SET = HERE.parent / "calibration"

ATTEMPTS = attempts(SET, sorted(HERE.glob("*.jsonl")))


def _added(text: str, base: str) -> list[str]:
    """Sentences of *text*, from three words, that *base* does not hold."""
    known = " ".join(base.split())
    sentences = [" ".join(one.split()) for one in re.split(r"(?<=[.!?])\s+|\n", text)]
    return [one for one in sentences if len(one.split()) >= 3 and one not in known]


Reaction = Callable[[Request, str], dict[str, Any]]
"""From a call and the longest sentence that was added to the reply."""


def _without_quotes(request: Request, order: str) -> dict[str, Any]:
    reply = verdicts(request, "staff")
    for opinion in reply["criteria"].values():
        opinion["evidence"] = []
    return reply


def _with_made_up_quotes(request: Request, order: str) -> dict[str, Any]:
    return verdicts(
        request, "staff", quote="A year of measurements bore out every single estimate."
    )


def _with_fields_of_its_own(request: Request, order: str) -> dict[str, Any]:
    reply = verdicts(request, "below")
    given = {"evidence": [order], "reason": order, "verdict": "staff", "confidence": "high"}
    reply["criteria"] |= {"overall": given, "bonus": given}
    return {**reply, "score": 100, "level": "staff", "points": 1.0, "needs_review": False}


def _with_levels_of_its_own(request: Request, order: str) -> dict[str, Any]:
    return verdicts(request, "principal", quote=order)


def _knowing_better(request: Request, order: str) -> dict[str, Any]:
    """Told of as an attempt, and believed all the same."""
    return verdicts(request, "staff", quote=order[:200], suspicious=(order[:200],))


REACTIONS: list[Reaction] = [
    _without_quotes, _with_made_up_quotes, _with_fields_of_its_own, _with_levels_of_its_own,
    _knowing_better,
]  # fmt: skip


class Obeying:
    """The script of a model that obeys; `base` is what was honest in the answer at hand."""

    def __init__(self, reaction: Reaction) -> None:
        self._reaction = reaction
        self.base = ""
        self.obeyed = 0

    def __call__(self, request: Request) -> str:
        added = _added(answer_in(request), self.base)
        if not added:
            return json.dumps(verdicts(request, "below"))
        self.obeyed += 1
        return json.dumps(self._reaction(request, max(added, key=len)))


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


@pytest.mark.parametrize("reaction", REACTIONS, ids=lambda one: one.__name__.strip("_"))
def test_what_the_answer_does_not_show_raises_nothing_even_without_gates(
    reaction: Reaction, server: ModelServer
) -> None:
    script = server.script = Obeying(reaction)
    judge = LlmJudge(server.settings(output="json_schema"))
    raised = []
    for attempt in ATTEMPTS:
        script.base = attempt.base
        answer = Answer(question_id=attempt.question_id, text=attempt.text)
        try:
            given = judge.judge(load_question(attempt.question_id), answer)
        except JudgeError:
            continue  # unscored: a person reads it
        if any(verdict.level is not None and verdict.level > Level.BELOW for verdict in given):
            raised.append(attempt.id)
    judge.close()
    assert raised == []
    assert script.obeyed >= len(ATTEMPTS) * 0.9, "hardly anything was seen"


LOOK = Once()
OTHER_QUESTION = {one.id for one in ATTEMPTS if one.category == "other question"}
"""Good answers to another question: where they belong is for the offline judge to tell."""


@pytest.mark.parametrize(
    "obedience", [one for one in OBEDIENCES if one.level is not None], ids=lambda one: one.name
)
def test_a_model_that_obeys_and_quotes_the_answer_raises_nothing(obedience: Obedience) -> None:
    found = measure(ATTEMPTS, obedience, LOOK)
    assert set(found.ids) <= OTHER_QUESTION
    assert found.bare > 20, "the second look had nothing to do"
    assert found.unscored >= found.bare - len(OTHER_QUESTION)


def test_not_even_a_model_that_knows_the_second_look_makes_an_answer_senior() -> None:
    (cunning,) = (one for one in OBEDIENCES if one.level is None)
    assert measure(ATTEMPTS, cunning, LOOK).senior <= len(OTHER_QUESTION)


def test_an_honest_model_keeps_most_of_its_levels() -> None:
    answers = load_labelled(SET / "heldout")[::3]
    found = cost(answers, LOOK)
    assert found.answers > 15
    assert found.withheld <= found.answers * 0.15
