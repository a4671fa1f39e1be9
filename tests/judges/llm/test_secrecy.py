"""A key in the environment appears in no file, log, error, prompt, repr or pickle."""

from __future__ import annotations

import io
import logging
import pickle
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from graders.answers import Answer
from graders.errors import JudgeError
from graders.grading import grade
from graders.judges.llm.judge import LlmJudge
from graders.judges.llm.stream import StreamedJudge
from graders.question import Question
from tests.judges.llm.faults import ECHOES
from tests.judges.llm.server import ModelServer

Make = Callable[..., LlmJudge]
PLANTED = "sk-planted-4f1d8e2b7c"


@pytest.fixture(autouse=True)
def _planted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENIORKIT_JUDGE_KEY", PLANTED)


@pytest.fixture
def logged() -> io.StringIO:
    """Everything that any library logs, down to the last detail."""
    stream, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(stream), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream  # type: ignore[misc]
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.mark.usefixtures("short_waits")
@pytest.mark.parametrize("fault", [None, "echoed-key", "401", "500", "reset", "400", "half-json"])
def test_the_key_goes_to_the_server_and_nowhere_else(
    fault: str | None,
    server: ModelServer,
    judge_of: Make,
    question: Question,
    answer: Answer,
    logged: io.StringIO,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    if fault:
        server.misbehave(fault, always=True)
    judge = judge_of(server, tries=2)
    score = grade(question, answer, judge=judge)
    told = [score.model_dump_json(), repr(judge), repr(vars(judge)), judge.version]
    told += [repr(judge.prompt(question, answer)), judge.key(question, answer)]
    told += [repr(judge.settings), str(server.requests)]
    try:
        judge.judge(question, answer)
    except Exception as error:
        # As Jupyter's verbose tracebacks do it, with the variables of every frame.
        lines = traceback.TracebackException.from_exception(error, capture_locals=True).format()
        told += list(lines)
    told += [logged.getvalue(), *capfd.readouterr()]
    told += [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
    for text in told:
        assert PLANTED not in text
    assert PLANTED.encode() not in pickle.dumps(judge)
    assert server.headers[-1]["authorization"] == f"Bearer {PLANTED}"


def _shown(error: BaseException) -> str:
    """*error* as Jupyter's verbose tracebacks show it, with the variables of every frame."""
    lines = traceback.TracebackException.from_exception(error, capture_locals=True).format()
    return "".join(lines)


@pytest.mark.usefixtures("short_waits")
@pytest.mark.parametrize("streams", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("fault", ["echoed-key", *sorted(ECHOES)])
def test_no_part_of_a_key_that_the_server_repeats_is_left_over(
    fault: str, streams: bool, server: ModelServer, judge_of: Make, question: Question,
    answer: Answer,
) -> None:  # fmt: skip
    server.misbehave(fault, always=True)
    judge = judge_of(server, tries=1)
    with pytest.raises(JudgeError) as raised:
        (StreamedJudge(judge, lambda verdict: None) if streams else judge).judge(question, answer)
    shown = _shown(raised.value)  # not within the assertion, whose parts are variables, too
    assert PLANTED[:6] not in shown


@pytest.mark.parametrize("fault", ["echoed-key", "echo-first"])
def test_neither_a_key_that_was_replaced_nor_the_new_one_is_in_errors(
    fault: str, server: ModelServer, judge_of: Make, question: Question, answer: Answer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    judge = judge_of(server, tries=1)
    judge.judge(question, answer)
    monkeypatch.setenv("SENIORKIT_JUDGE_KEY", "sk-other-77c1")
    server.misbehave(fault, always=True)
    with pytest.raises(JudgeError) as raised:
        judge.judge(question, answer)
    assert server.headers[-1]["authorization"] == "Bearer sk-other-77c1"
    shown = _shown(raised.value)
    assert "sk-other" not in shown
    assert PLANTED[:6] not in shown


def test_a_pickled_judge_is_the_same_judge(
    server: ModelServer, judge_of: Make, question: Question, answer: Answer
) -> None:
    judge = judge_of(server)
    judge.judge(question, answer)
    copied = pickle.loads(pickle.dumps(judge))
    assert copied.version == judge.version
    assert copied.judge(question, answer) == judge.judge(question, answer)
    copied.close()


def test_an_answer_goes_where_the_settings_say_and_not_where_a_server_sends_it(
    server: ModelServer, judge_of: Make, question: Question, answer: Answer
) -> None:
    server.misbehave("redirect", always=True)
    score = grade(question, answer, judge=judge_of(server))
    assert "307" in score.reasons[0]
    assert "base_url" in score.reasons[0]


def test_variables_of_the_sdk_do_not_reach_other_servers(
    server: ModelServer, judge_of: Make, question: Question, answer: Answer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-openai")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-openai")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.delenv("SENIORKIT_JUDGE_KEY")
    judge_of(server).judge(question, answer)
    assert "of-openai" not in str(server.headers)
