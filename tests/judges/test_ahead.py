"""What judges around judges share: many at a time, failures as results, duplicates asked once."""

from __future__ import annotations

from concurrent.futures import Future

import pytest

from graders.answers import Answer
from graders.errors import JudgeError
from graders.judges.ahead import after
from graders.levels import Level
from graders.question import Question, load_question
from graders.score import Verdict
from tests.judges.canned import Canned, Plain, all_at

QUESTION = load_question("concept/caching")


def answer(text: str) -> Answer:
    return Answer(question_id=QUESTION.id, text=text)


def test_many_answers_come_back_each_with_its_own_verdicts() -> None:
    judge = Plain(Canned())
    results = list(judge.judge_many((QUESTION, answer(f"number {n} of many")) for n in range(30)))
    assert sorted(result.index for result in results) == list(range(30))
    assert all(r.verdicts and r.verdicts[0].evidence == (f"number {r.index} of many"[:10],) for r in results)  # fmt: skip


def test_the_same_answer_is_asked_about_once() -> None:
    inner = Canned()
    assert len(list(Plain(inner).judge_many([(QUESTION, answer("the same words"))] * 9))) == 9
    assert len(inner.asked) == 1


def test_a_failure_of_one_answer_is_its_result_and_stops_no_other() -> None:
    def says(question: Question, given: Answer) -> list[Verdict]:
        if given.text == "bad":
            raise JudgeError("no", where="here")
        return all_at(Level.MID)(question, given)

    judge = Plain(Canned(says))
    pairs = [(QUESTION, answer(text)) for text in ("good", "bad", "fine")]
    results = sorted(judge.judge_many(pairs), key=lambda result: result.index)
    assert [result.error is None for result in results] == [True, False, True]
    with pytest.raises(JudgeError, match="no"):
        judge.judge(QUESTION, answer("bad"))


def test_a_judge_around_another_is_not_taken_for_it() -> None:
    inner = Canned()
    assert Plain(inner).key(QUESTION, answer("x")) != inner.key(QUESTION, answer("x"))


def test_giving_up_gives_up_what_was_begun() -> None:
    begun: list[Future[list[Verdict]]] = [Future(), Future()]
    waiting = after(begun, lambda ended: ended[0].result())
    assert waiting.cancel()
    assert all(future.cancelled() for future in begun)


def test_what_follows_is_done_when_the_last_has_ended_and_not_before() -> None:
    first: Future[list[Verdict]] = Future()
    second: Future[list[Verdict]] = Future()
    both = after([first, second], lambda ended: [len(future.result()) for future in ended])
    first.set_result([])
    assert not both.done()
    second.set_result([])
    assert both.result(timeout=1) == [0, 0]
