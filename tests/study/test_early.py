"""A box whose judge streams: verdicts appear while the model writes, and the result counts."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from graders.judges.llm.judge import LlmJudge
from graders.judges.scripted import ScriptedJudge
from graders.question import load_question
from graders.score import Verdict
from graders.study import AnswerBox
from graders.study.session import AnswerSession
from tests.conftest import ESSAY
from tests.judges.llm.server import verdicts
from tests.judges.llm.stream_server import StreamServer

QUESTION = load_question("concept/caching")
MARKUP = "<img src=x onerror=alert(1)>"


@pytest.fixture(autouse=True)
def _in_a_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)


@pytest.fixture
def server() -> Iterator[StreamServer]:
    with StreamServer() as running:
        yield running


@pytest.fixture
def make(server: StreamServer) -> Iterator[Callable[[], AnswerBox]]:
    """Makes boxes whose messages to the page are collected in `box.told`."""
    judge = LlmJudge(server.settings(output="json_schema"))

    def box() -> AnswerBox:
        made = AnswerBox(QUESTION, session=AnswerSession(QUESTION, judge=judge))
        made.told = []
        made.send = lambda message: message["kind"] == "verdict" and made.told.append(message)
        return made

    yield box
    judge.close()


def submit(box: Any) -> None:
    content = {"kind": "submit", "text": ESSAY}
    box._handle_msg({"content": {"data": {"method": "custom", "content": content}}, "buffers": []})


def test_verdicts_are_told_one_by_one_before_the_result(
    server: StreamServer, make: Callable[[], AnswerBox]
) -> None:
    server.gate = threading.Event()  # the server stops in the middle until something was told
    box, seen = make(), []

    def told(message: dict[str, str]) -> None:
        if message["kind"] == "verdict":
            seen.append((box.state, box.result))
            box.told.append(message)
            server.gate.set()

    box.send = told
    submit(box)
    assert [message["asks"] for message in box.told] == [c.asks for c in QUESTION.criteria]
    assert {message["level"] for message in box.told} == {"mid"}
    assert set(seen) == {("judging", "")}
    assert box.state == "judged"
    assert "mid" in box.result


def test_a_server_that_does_not_stream_gives_the_result_alone(
    server: StreamServer, make: Callable[[], AnswerBox]
) -> None:
    server.mode = "whole"
    box = make()
    submit(box)
    assert (box.told, box.state) == ([], "judged")


def test_words_of_a_model_are_told_as_words(
    server: StreamServer, make: Callable[[], AnswerBox]
) -> None:
    def script(request: dict[str, Any]) -> str:
        reply = verdicts(request)
        for opinion in reply["criteria"].values():
            opinion["reason"] = MARKUP
        return json.dumps(reply)

    server.script = script
    box = make()
    submit(box)
    assert {message["reason"] for message in box.told} == {MARKUP}
    assert all(set(message) == {"kind", "asks", "level", "reason"} for message in box.told)
    assert "<img" not in box.result
    assert MARKUP in box.said, "the page puts it in as text"


def test_an_offline_judge_tells_nothing_early(tmp_path: Path) -> None:
    early: list[Verdict] = []
    for judge in (None, ScriptedJudge()):
        session = AnswerSession(QUESTION, folder=tmp_path, judge=judge)
        assert session.submit(ESSAY, preview=early.append).score.level is not None
    assert early == []


def test_a_box_can_ask_for_the_judge_by_name(
    server: StreamServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENIORKIT_JUDGE_URL", server.base_url)
    monkeypatch.setenv("SENIORKIT_JUDGE_MODEL", tmp_path.name)  # no box of another test asked it
    monkeypatch.setenv("SENIORKIT_CACHE", str(tmp_path / "cache"))
    from graders.judges.factory import judge_named

    judge_named.cache_clear()
    box = AnswerBox(QUESTION, judge="llm")
    submit(box)
    assert "llm" in box.said
    judge_named("llm").close()
    judge_named.cache_clear()
    broken = AnswerBox(QUESTION, judge="lllm")
    assert (broken.state, "no judge called" in broken.message) == ("broken", True)
