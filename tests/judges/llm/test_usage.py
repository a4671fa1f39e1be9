"""The budget is never passed, whatever runs at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.answers import Answer
from graders.judges.llm.client import ChatClient
from graders.judges.llm.errors import Final
from graders.judges.llm.judge import LlmJudge
from graders.judges.llm.settings import Budget, Prices
from graders.judges.llm.usage import Account, BudgetSpent, Usage
from graders.question import Question
from tests.judges.llm.server import ModelServer

Make = Callable[..., LlmJudge]


def test_money_counts_cached_tokens_at_their_own_price() -> None:
    usage = Usage(calls=1, input_tokens=1_000_000, cached_tokens=600_000, output_tokens=100_000)
    assert usage.money(None) is None
    assert usage.money(Prices(input=1, output=10)) == pytest.approx(2.0)
    assert usage.money(Prices(input=1, cached_input=0.1, output=10)) == pytest.approx(1.46)


@given(
    budget=st.integers(1, 500),
    calls=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.booleans()), max_size=30),
)
def test_calls_side_by_side_never_pass_the_budget(
    budget: int, calls: list[tuple[int, int, bool]]
) -> None:
    account = Account(Budget(tokens=budget), None, Usage())
    seen: list[int] = []

    async def call(most: int, used: int, answered: bool) -> None:
        try:
            held = await account.reserve(most, 0)
        except BudgetSpent:
            return
        await asyncio.sleep(0)
        await account.settle(held, Usage(1, min(used, most)) if answered else None)
        seen.append(account.usage.tokens)

    async def everything() -> None:
        await asyncio.gather(*(call(*one) for one in calls))

    asyncio.run(asyncio.wait_for(everything(), 20))
    assert all(tokens <= budget for tokens in seen)


def test_a_call_that_does_not_fit_yet_waits_for_those_under_way() -> None:
    async def story() -> list[str]:
        account, told = Account(Budget(tokens=100), None, Usage()), []
        held = await account.reserve(90, 0)

        async def second() -> None:
            await account.reserve(50, 0)
            told.append("second began")

        waiting = asyncio.create_task(second())
        await asyncio.sleep(0.01)
        told.append("first used 20")
        await account.settle(held, Usage(1, 20))
        await waiting
        return told

    assert asyncio.run(story()) == ["first used 20", "second began"]


@pytest.mark.parametrize(
    "bounds",
    [
        {"budget": {"tokens": 30_000}},
        {"budget": {"money": 0.03}, "prices": {"input": 1, "output": 1}},
    ],
)
def test_a_batch_stops_before_the_budget_is_passed_and_says_so(
    server: ModelServer,
    judge_of: Make,
    question: Question,
    answer: Answer,
    bounds: dict[str, object],
) -> None:
    server.tokens = (3000, 500)
    judge = judge_of(server, max_output_tokens=500, concurrency=4, **bounds)
    pairs = [
        (question, Answer(question_id=question.id, text=f"{answer.text} {n}")) for n in range(30)
    ]
    results = list(judge.judge_many(pairs))
    judged = [result for result in results if result.verdicts]
    assert judge.usage.tokens <= 30_000
    assert 4 <= len(judged) <= 8
    assert all("budget" in str(result.error) for result in results if not result.verdicts)
    assert server.calls == judge.usage.calls


def test_usage_that_is_not_told_is_guessed_and_said_to_be(
    server: ModelServer, judge_of: Make, question: Question, answer: Answer
) -> None:
    server.misbehave("no-usage", "strange-usage", "zero-usage")
    judge = judge_of(server, output="json_schema")
    judge.judge(question, answer)
    judge.judge(question, Answer(question_id=question.id, text=f"{answer.text} More."))
    assert (judge.usage.calls, judge.usage.guessed) == (2, 2)
    assert judge.usage.input_tokens > 2000
    before = judge.usage
    judge.judge(question, Answer(question_id=question.id, text=f"{answer.text} And more."))
    assert (judge.usage.calls, judge.usage.guessed) == (3, 3)
    assert judge.usage.input_tokens > before.input_tokens + 1000
    assert judge.usage.output_tokens > before.output_tokens
    assert judge.usage.output_tokens > 100


def test_what_a_server_may_have_charged_is_booked(
    server: ModelServer, judge_of: Make, question: Question, answer: Answer
) -> None:
    server.misbehave("slow")
    # The slow reply takes four seconds, and the honest one after it has as long.
    judge = judge_of(server, output="json_schema", timeout=2)
    judge.judge(question, answer)
    assert (judge.usage.calls, judge.usage.guessed) == (2, 1)


def test_closing_a_judge_does_not_open_a_new_budget(
    server: ModelServer, judge_of: Make, question: Question, answer: Answer
) -> None:
    judge = judge_of(server, max_output_tokens=100, budget={"tokens": 12_000})
    judge.judge(question, answer)
    used = judge.usage
    assert used.tokens == 2400
    judge.close()
    assert judge.usage == used
    judge.judge(question, answer)
    assert judge.usage.tokens > used.tokens


@pytest.mark.usefixtures("short_waits")
@pytest.mark.parametrize("fault", ["504", "html-502"])
def test_what_a_gateway_gave_up_may_have_been_charged(
    fault: str, server: ModelServer, judge_of: Make, question: Question, answer: Answer
) -> None:
    server.misbehave(fault)
    judge = judge_of(server, output="json_schema", max_output_tokens=500)
    judge.judge(question, answer)
    assert (judge.usage.calls, judge.usage.guessed) == (2, 1)
    assert judge.usage.output_tokens == 500 + server.tokens[1]


@pytest.mark.usefixtures("short_waits")
@pytest.mark.parametrize("fault", ["429", "500"])
def test_what_a_server_refused_costs_nothing(
    fault: str, server: ModelServer, judge_of: Make, question: Question, answer: Answer
) -> None:
    server.misbehave(fault)
    judge = judge_of(server, output="json_schema")
    judge.judge(question, answer)
    assert (judge.usage.calls, judge.usage.guessed) == (1, 0)


def test_a_call_that_is_cancelled_after_it_was_sent_counts_with_the_most_it_can_cost(
    server: ModelServer,
) -> None:
    server.latency = 0.5

    async def story() -> Usage:
        client = ChatClient(server.settings())
        asked = asyncio.create_task(
            client.ask([{"role": "user", "content": "Ask one question."}], max_tokens=300)
        )
        while not server.calls:
            await asyncio.sleep(0.01)
        asked.cancel()
        await asyncio.wait([asked])
        await client.close()
        assert asked.cancelled()
        return client.account.usage

    usage = asyncio.run(story())
    assert (usage.calls, usage.output_tokens, usage.guessed) == (1, 300, 1)
    assert usage.input_tokens > 10


def test_a_budget_is_not_spent_on_a_server_that_takes_no_bound_on_a_reply(
    server: ModelServer, judge_of: Make, question: Question, answer: Answer
) -> None:
    server.misbehave("no-token-bound", always=True)
    judge = judge_of(server, output="json_schema", budget={"tokens": 1_000_000})
    for _ in range(2):
        with pytest.raises(Final, match=r"max_tokens nor max_completion_tokens.*budget"):
            judge.judge(question, answer)
    assert server.calls == 2
    assert all(any(name.startswith("max_") for name in call) for call in server.requests)
    assert judge.usage == Usage()
    assert judge_of(server, output="json_schema").judge(question, answer)
