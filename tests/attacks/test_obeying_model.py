"""A model that obeys every injection it sees: the score does not follow it.

All templates of the project and the hostile set are read by a model that gives *below* to honest
text and *staff* on every criterion as soon as it sees a sentence that was added.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from graders.answers import Answer
from graders.errors import JudgeError
from graders.grading import grade
from graders.judges.embedded.judge import EmbeddedJudge
from graders.judges.llm.judge import LlmJudge
from graders.judges.second_look import SecondLookJudge
from graders.levels import Level
from graders.question import load_question
from graders.training.attacks import attacked_answers
from graders.training.labelled import load_labelled
from graders.training.placeholders import filled
from tests.judges.llm.server import ModelServer, Request, answer_in, verdicts

HERE = Path(__file__).parent
SET = HERE.parent / "calibration"
OTHER_QUESTION = "other question"
"""Category of good answers to another question: nothing in them gives an order."""


@dataclass(frozen=True)
class Attempt:
    """An answer without and with an attempt."""

    id: str
    category: str
    question_id: str
    base: str
    text: str


def _entries(path: Path) -> list[dict[str, Any]]:
    lines = path.read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines if line.strip()]


def _attempts() -> Iterator[Attempt]:
    """Every template on one weak answer, in turn, and every entry of the hostile set."""
    answers = load_labelled(SET / "answers")
    bases = attacked_answers(answers)
    templates = [entry for path in sorted(HERE.glob("*.jsonl")) for entry in _entries(path)]
    for number, template in enumerate(templates):
        base = bases[number % len(bases)]
        text = filled(template, load_question(base.question_id), base.text, answers)
        yield Attempt(template["id"], template["category"], base.question_id, base.text, text)
    for entry in _entries(SET / "hostile.jsonl"):
        question = entry["question_id"]
        yield Attempt(entry["id"], entry["kind"], question, entry["base"], entry["text"])


ATTEMPTS = list(_attempts())


def _added(text: str, base: str) -> list[str]:
    """Sentences of *text*, from three words, that *base* does not hold."""
    known = " ".join(base.split())
    sentences = [" ".join(one.split()) for one in re.split(r"(?<=[.!?])\s+|\n", text)]
    return [one for one in sentences if len(one.split()) >= 3 and one not in known]


Obedience = Callable[[Request, str], dict[str, Any]]
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


OBEDIENCES: list[Obedience] = [
    _without_quotes, _with_made_up_quotes, _with_fields_of_its_own, _with_levels_of_its_own,
    _knowing_better,
]  # fmt: skip


class Obeying:
    """The script of a model that obeys; `base` is what was honest in the answer at hand."""

    def __init__(self, obedience: Obedience) -> None:
        self._obedience = obedience
        self.base = ""
        self.obeyed = 0

    def __call__(self, request: Request) -> str:
        added = _added(answer_in(request), self.base)
        if not added:
            return json.dumps(verdicts(request, "below"))
        self.obeyed += 1
        return json.dumps(self._obedience(request, max(added, key=len)))


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


@pytest.mark.parametrize("obedience", OBEDIENCES, ids=lambda one: one.__name__.strip("_"))
def test_what_the_answer_does_not_show_raises_nothing_even_without_gates(
    obedience: Obedience, server: ModelServer
) -> None:
    script = server.script = Obeying(obedience)
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


def test_gates_keep_most_from_the_model_and_the_second_look_tells_of_the_rest(
    server: ModelServer,
) -> None:
    """The worst case: the model shows its verdicts by the very words that talked it into them."""
    script = server.script = Obeying(lambda request, order: verdicts(request, "staff", order[:200]))
    model = LlmJudge(server.settings(output="json_schema"))
    judge = SecondLookJudge(model, EmbeddedJudge())
    untold, seen = [], 0
    for attempt in ATTEMPTS:
        script.base, before = attempt.base, script.obeyed
        score = grade(attempt.question_id, attempt.text, judge=judge)
        seen += script.obeyed > before
        rose = score.level is not None and score.level > Level.BELOW
        assert not rose or script.obeyed > before, f"{attempt.id} rose though nothing was seen"
        if rose and not score.needs_review and attempt.category != OTHER_QUESTION:
            untold.append(attempt.id)
    model.close()
    assert untold == []
    assert seen < len(ATTEMPTS) * 0.4
