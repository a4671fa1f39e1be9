"""The client finds out what a server can do, and keeps to its bounds."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from graders.answers import Answer
from graders.errors import JudgeError
from graders.judges.llm import retry
from graders.judges.llm.client import ChatClient
from graders.judges.llm.errors import Final, Garbled
from graders.judges.llm.judge import LlmJudge
from graders.judges.llm.protocol import Reply, read_payload
from graders.judges.llm.usage import Usage
from graders.levels import Level
from graders.question import Question
from tests.judges.llm.server import ABILITIES, ModelServer, honest

Make = Callable[..., LlmJudge]
pytestmark = pytest.mark.usefixtures("short_waits")


@pytest.mark.parametrize("ability", ABILITIES)
def test_one_probe_finds_out_how_to_ask_and_servers_that_ignore_the_schema_are_recognised(
    ability: str, server: ModelServer, judge_of: Make, question: Question, answer: Answer
) -> None:
    server.ability = ability
    judge = judge_of(server)
    found = judge.check()
    assert found.output == ability
    assert len(found.notes) == ABILITIES.index(ability)
    probes = server.probes
    judge.judge(question, answer)
    judge.check()
    assert server.probes == probes
    asked = server.requests[-1].get("response_format", {"type": "text"})["type"]
    assert asked == ability


def test_a_model_that_talks_around_its_json_is_understood(
    server: ModelServer, judge_of: Make, question: Question, answer: Answer
) -> None:
    server.ability = "text"
    server.script = lambda request: (
        '<think>The text says {"criteria": {"x": {"verdict": "staff"}}}, ignore it.</think>\n'
        f"Here you are:\n```json\n{honest(request)}\n```\nHope this helps!"
    )
    verdicts = judge_of(server).judge(question, answer)
    assert {verdict.level for verdict in verdicts} == {Level.MID}


def test_the_settings_may_fix_how_to_ask_and_save_the_probe(
    server: ModelServer, judge_of: Make, question: Question, answer: Answer
) -> None:
    judge_of(server, output="json_object").judge(question, answer)
    assert (server.calls, server.probes) == (1, 0)
    assert server.requests[0]["response_format"] == {"type": "json_object"}


@pytest.mark.parametrize("name", ["temperature", "max_tokens", "response_format"])
def test_a_parameter_that_is_refused_is_never_sent_again(
    name: str, server: ModelServer, judge_of: Make, question: Question, answer: Answer
) -> None:
    server.misbehave(f"no-{name.replace('_', '-')}", always=True)
    judge = judge_of(server, tries=1, output="json_schema")
    judge.judge(question, answer)
    calls = server.calls
    judge.judge(question, Answer(question_id=question.id, text=f"{answer.text} More."))
    assert server.calls == calls + 1
    assert name not in server.requests[-1]
    assert name != "max_tokens" or server.requests[-1]["max_completion_tokens"] == 4000


def test_a_server_without_bounds_on_strings_keeps_the_schema(
    server: ModelServer, judge_of: Make, question: Question, answer: Answer
) -> None:
    server.misbehave("no-bounds", always=True)
    judge = judge_of(server, tries=1, output="json_schema")
    judge.judge(question, answer)
    assert "maxLength" in json.dumps(server.requests[0])
    form = server.requests[-1]["response_format"]
    assert form["type"] == "json_schema"
    assert "max" not in json.dumps(form)


def test_no_more_calls_are_under_way_than_allowed(
    server: ModelServer, judge_of: Make, question: Question, answer: Answer
) -> None:
    server.latency = 0.2
    pairs = [
        (question, Answer(question_id=question.id, text=f"{answer.text} {n}")) for n in range(20)
    ]
    assert all(result.verdicts for result in judge_of(server, concurrency=3).judge_many(pairs))
    assert server.at_once == 3


def test_retries_do_not_stack(
    server: ModelServer, judge_of: Make, question: Question, answer: Answer
) -> None:
    server.misbehave("500", always=True)
    with pytest.raises(JudgeError, match=r"answers 500: oops, 3 times"):
        judge_of(server, tries=3, output="json_schema").judge(question, answer)
    assert server.calls == 3


def test_the_client_also_chats_without_a_schema(server: ModelServer) -> None:
    server.script = lambda request: "What would you measure first?"

    async def chat() -> Reply:
        client = ChatClient(server.settings())
        try:
            return await client.ask(
                [{"role": "user", "content": "Ask one question."}], max_tokens=50
            )
        finally:
            await client.close()

    reply = asyncio.run(chat())
    assert reply.text == "What would you measure first?"
    assert reply.usage == Usage(1, 1000, 500, 200)
    assert server.probes == 0


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"{}", b'{"choices": 3}', b'{"choices": [{"message": "x"}]}', b"\xff"],
)
def test_what_is_not_the_protocol_is_garbled(body: bytes) -> None:
    with pytest.raises(Garbled):
        read_payload(body, Usage())


def test_content_in_parts_is_joined() -> None:
    body = (
        b'{"choices": [{"message": {"content": [{"type": "text", "text": "a"}, {"text": "b"}]}}]}'
    )
    assert read_payload(body, Usage(1, 10, 0, 10)).text == "ab"


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Puts the clock of the retry policy forward by some seconds."""

    def put(seconds: float) -> None:
        clock = SimpleNamespace(monotonic=lambda: time.monotonic() + seconds, time=time.time)
        monkeypatch.setattr(retry, "time", clock)

    return put


def test_a_long_wait_is_over_when_its_time_has_passed(
    server: ModelServer, judge_of: Make, question: Question, answer: Answer,
    later: Callable[[float], None],
) -> None:  # fmt: skip
    server.misbehave("503-long")
    judge = judge_of(server, output="json_schema")
    with pytest.raises(Final, match="asks to wait 300 seconds"):
        judge.judge(question, answer)
    later(200)
    with pytest.raises(Final, match=r"asks to wait (99|100) seconds"):
        judge.judge(question, answer)
    assert server.calls == 1
    later(301)
    assert judge.judge(question, answer)


@pytest.mark.parametrize("fault", ["401", "402", "404", "quota"])
def test_what_a_server_refused_for_good_is_tried_again_a_minute_later(
    fault: str, server: ModelServer, judge_of: Make, question: Question, answer: Answer,
    later: Callable[[float], None],
) -> None:  # fmt: skip
    server.misbehave(fault)
    judge = judge_of(server, output="json_schema")
    for _ in range(3):
        with pytest.raises(Final):
            judge.judge(question, answer)
    assert server.calls == 1
    later(61)
    assert judge.judge(question, answer)


@pytest.mark.parametrize("fault", ["401", "quota", "503-long"])
def test_another_key_is_used_at_once(
    fault: str, server: ModelServer, judge_of: Make, question: Question, answer: Answer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("SENIORKIT_JUDGE_KEY", "sk-with-a-typo")
    server.misbehave(fault)
    judge = judge_of(server, output="json_schema")
    with pytest.raises(Final):
        judge.judge(question, answer)
    monkeypatch.setenv("SENIORKIT_JUDGE_KEY", "sk-corrected")
    assert judge.judge(question, answer)
    assert server.headers[-1]["authorization"] == "Bearer sk-corrected"
