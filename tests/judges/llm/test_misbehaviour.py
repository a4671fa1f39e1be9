"""Whatever a server or a model does, an answer ends in valid verdicts or with a person."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from graders.answers import Answer
from graders.errors import JudgeError
from graders.grading import grade
from graders.judges.llm.errors import Final
from graders.judges.llm.judge import LlmJudge
from graders.levels import Level
from graders.question import Question
from tests.judges.llm.faults import ADAPTABLE, ECHOES, FAULTS, LASTING, PASSING, REFUSED, REPLIES
from tests.judges.llm.server import ModelServer, Request, verdicts

Make = Callable[..., LlmJudge]
UNDER_TEST = sorted(set(FAULTS) - {"slow"})
pytestmark = pytest.mark.usefixtures("short_waits")


@pytest.mark.parametrize("fault", UNDER_TEST)
def test_a_lasting_fault_ends_in_verdicts_or_in_review_never_in_a_silent_zero(
    fault: str, server: ModelServer, judge_of: Make, question: Question, answer: Answer
) -> None:
    server.misbehave(fault, always=True)
    score = grade(question, answer, judge=judge_of(server, tries=2))
    assert score.judge == "llm"
    if score.points is None or any(verdict.level is None for verdict in score.verdicts):
        assert score.needs_review
        assert score.reasons
    else:
        assert fault in ADAPTABLE
        assert score.level is Level.MID
    assert score.level is not Level.OFF
    assert score.points != 0


@pytest.mark.parametrize("fault", sorted({*PASSING, *REPLIES, *ADAPTABLE} - {"cannot"}))
def test_a_passing_fault_costs_one_more_call_and_nothing_else(
    fault: str, server: ModelServer, judge_of: Make, question: Question, answer: Answer
) -> None:
    server.misbehave(fault)
    given = judge_of(server).judge(question, answer)
    assert [verdict.criterion for verdict in given] == [c.id for c in question.criteria]
    assert {verdict.level for verdict in given} == {Level.MID}
    assert all(quote in answer.text for verdict in given for quote in verdict.evidence)
    assert all(verdict.evidence for verdict in given)
    assert server.calls - server.probes <= 2


@pytest.mark.parametrize("fault", sorted(LASTING))
def test_what_no_try_gets_around_is_asked_once_for_all_answers(
    fault: str, server: ModelServer, judge_of: Make, question: Question, answer: Answer
) -> None:
    server.misbehave(fault, always=True)
    judge = judge_of(server, concurrency=1)
    pairs = [
        (question, Answer(question_id=question.id, text=f"{answer.text} {n}")) for n in range(20)
    ]
    results = list(judge.judge_many(pairs))
    assert len(results) == 20
    assert all(isinstance(result.error, Final) for result in results)
    assert server.calls - server.probes <= 2


@pytest.mark.parametrize("fault", sorted(REFUSED))
def test_what_is_wrong_with_one_answer_does_not_stop_the_others(
    fault: str, server: ModelServer, judge_of: Make, question: Question, answer: Answer
) -> None:
    server.misbehave(fault)
    judge = judge_of(server, concurrency=1, tries=1)
    pairs = [
        (question, Answer(question_id=question.id, text=f"{answer.text} {n}")) for n in range(3)
    ]
    results = sorted(judge.judge_many(pairs), key=lambda result: result.index)
    assert [result.error is None for result in results] == [False, True, True]


@pytest.mark.parametrize("fault", ["huge", "huge-error"])
def test_a_huge_reply_is_given_up_for_its_size(
    fault: str, server: ModelServer, judge_of: Make, question: Question, answer: Answer
) -> None:
    server.misbehave(fault, always=True)
    with pytest.raises(JudgeError, match="reply is larger than 1,000,000 bytes"):
        judge_of(server, tries=1).judge(question, answer)


@pytest.mark.parametrize("fault", sorted({*PASSING, *LASTING, *REFUSED, *ECHOES}))
def test_every_error_of_the_server_says_what_to_do(
    fault: str, server: ModelServer, judge_of: Make, question: Question, answer: Answer
) -> None:
    server.misbehave(fault, always=True)
    with pytest.raises(JudgeError) as raised:
        judge_of(server, tries=1).judge(question, answer)
    assert raised.value.where
    assert raised.value.fix


def test_bytes_that_come_slowly_for_ever_are_given_up(
    server: ModelServer, judge_of: Make, question: Question, answer: Answer
) -> None:
    server.misbehave("slow", always=True)
    with pytest.raises(JudgeError, match=r"no reply within 0\.3 seconds"):
        judge_of(server, timeout=0.3, tries=2).judge(question, answer)


def test_a_server_that_is_not_there_is_an_error_with_its_address(
    judge_of: Make, question: Question, answer: Answer
) -> None:
    with ModelServer() as gone:
        url = gone.base_url
    judge = LlmJudge(gone.settings(base_url=url, tries=2))
    with pytest.raises(JudgeError, match="cannot be reached") as error:
        judge.judge(question, answer)
    assert url in str(error.value)
    judge.close()


def test_a_server_that_is_down_is_not_asked_for_every_answer(
    server: ModelServer, judge_of: Make, question: Question, answer: Answer
) -> None:
    server.misbehave("500", always=True)
    judge = judge_of(server, concurrency=1, tries=2)
    pairs = [
        (question, Answer(question_id=question.id, text=f"{answer.text} {n}")) for n in range(30)
    ]
    assert all(result.error for result in judge.judge_many(pairs))
    assert server.calls - server.probes <= 12


def test_a_verdict_that_was_right_at_first_is_kept_when_the_rest_is_asked_again(
    server: ModelServer, judge_of: Make, question: Question, answer: Answer
) -> None:
    first, *_ = (criterion.id for criterion in question.criteria)

    def script(request: Request) -> str:
        asked_again = len(request["messages"]) > 2
        reply = verdicts(request, "staff" if asked_again else "mid")
        if not asked_again:
            for name, opinion in reply["criteria"].items():
                opinion["evidence"] = opinion["evidence"] if name == first else ["never said that"]
        return json.dumps(reply)

    server.script = script
    levels = {v.criterion: v.level for v in judge_of(server).judge(question, answer)}
    assert levels.pop(first) is Level.MID
    assert set(levels.values()) == {Level.STAFF}


@pytest.mark.parametrize("fault", ["false-quotes", "no-quotes", "tiny-quotes"])
def test_a_verdict_that_no_quote_shows_waits_for_a_person(
    fault: str, server: ModelServer, judge_of: Make, question: Question, answer: Answer
) -> None:
    server.misbehave(fault, always=True)
    given = judge_of(server).judge(question, answer)
    assert {verdict.level for verdict in given} == {None}
    assert all("person" in verdict.reason for verdict in given)
    assert server.calls - server.probes == 2
