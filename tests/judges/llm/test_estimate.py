"""What a batch will cost and what it did cost."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from graders.answers import Answer
from graders.grading import grade_many
from graders.judges.cached import CachedJudge
from graders.judges.kept import VerdictStore
from graders.judges.llm.estimate import estimate, keep_run, runs_folder, spent
from graders.judges.llm.judge import LlmJudge
from graders.judges.llm.usage import Usage
from graders.judges.panel import PanelJudge
from graders.judges.scripted import ScriptedJudge
from graders.question import Question
from tests.judges.llm.conftest import TEXT
from tests.judges.llm.server import ModelServer

Make = Callable[..., LlmJudge]
PRICES = {"input": 2.0, "output": 8.0}


def batch(question: Question) -> list[tuple[Question, Answer]]:
    texts = [f"{TEXT} It held for {n} weeks." for n in range(5)]
    texts += [texts[0], "", f"  {texts[1]}\n"]
    return [(question, Answer(question_id=question.id, text=text)) for text in texts]


def test_the_calls_foreseen_are_the_calls_made(
    server: ModelServer, judge_of: Make, question: Question, tmp_path: Path
) -> None:
    judge = CachedJudge(judge_of(server, output="text"), VerdictStore(tmp_path / "v.sqlite3"))
    foreseen = estimate(judge, batch(question))
    assert foreseen is not None
    assert (foreseen.answers, foreseen.stopped, foreseen.duplicates, foreseen.kept) == (8, 1, 2, 0)
    assert server.calls == 0
    assert len(dict(grade_many(batch(question), judge=judge))) == 8
    assert server.calls == foreseen.calls == 5
    again = estimate(judge, batch(question))
    assert again is not None and (again.calls, again.kept, again.input_tokens) == (0, 5, 0)


def test_tokens_and_money_are_near_what_is_sent(
    server: ModelServer, judge_of: Make, question: Question
) -> None:
    judge = judge_of(server, output="text", prices=PRICES)
    pair = batch(question)[0]
    foreseen = estimate(judge, [pair])
    prompt = judge.prompt(*pair)
    sent = len(json.dumps([prompt.messages, prompt.schema]))
    assert foreseen is not None and foreseen.money is not None
    assert foreseen.input_tokens == pytest.approx(sent / 4, rel=0.05)
    cost = (foreseen.input_tokens * 2 + foreseen.output_tokens * 8) / 1e6
    assert foreseen.money == pytest.approx(cost)
    assert f"{foreseen.calls:,} calls" in str(foreseen) and "USD" in str(foreseen)


def test_an_unknown_price_is_no_price_of_nothing(
    server: ModelServer, judge_of: Make, question: Question
) -> None:
    judge = PanelJudge(judge_of(server, prices=PRICES), judge_of(server, model="other"))
    foreseen = estimate(judge, batch(question))
    assert foreseen is not None
    assert foreseen.calls == 10
    assert foreseen.money is None
    assert "USD" not in str(foreseen)


def test_a_judge_that_costs_nothing_has_no_estimate(question: Question) -> None:
    assert estimate(ScriptedJudge(), batch(question)) is None
    assert spent(ScriptedJudge()) is None


def test_what_was_used_is_kept_with_what_was_foreseen(
    server: ModelServer, judge_of: Make, question: Question, tmp_path: Path
) -> None:
    model = judge_of(server, output="text", prices=PRICES)
    judge = CachedJudge(model, VerdictStore(tmp_path / "v.sqlite3"))
    before = spent(judge)
    foreseen = estimate(judge, batch(question))
    list(grade_many(batch(question), judge=judge))
    after = spent(judge)
    assert before is not None and after is not None
    used = after.since(before)
    assert used.usage == Usage(5, 5000, 2500, 1000)
    assert used.money == pytest.approx((5000 * 2 + 1000 * 8) / 1e6)
    path = keep_run(runs_folder(judge), judge, foreseen=foreseen, used=used, seconds=1.26)
    record = json.loads(path.read_text())
    assert path.parent == tmp_path / "runs"
    assert (record["estimate"]["calls"], record["used"]["calls"]) == (5, 5)
    assert record["used"]["money"] == used.money
    assert TEXT[:20] not in path.read_text()
