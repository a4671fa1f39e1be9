"""A kernel that does not answer in time is not one that lies: nobody is accused, a person looks."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from graders.batch import grade_assignment
from graders.checks import Observation, Probe
from graders.judges.scripted import ScriptedJudge
from graders.levels import Level
from graders.preprocessors import canaries
from graders.preprocessors.asking import Asker
from graders.preprocessors.canaries import Canaries, Reply
from tests.batch.nursery import AtOnce
from tests.cohorts.desk import by_formgrader
from tests.conftest import ESSAY, STORY, WEEK, Classroom, cell

TESTS = {
    "lru-basic": 2, "lru-ttl": 2, "lru-accounting": 3, "lru-edge": 3,
    "capacity-load": 2, "capacity-memory": 2, "capacity-hit-rate": 2,
}  # fmt: skip
IN_TIME = "the kernel did not answer in time"
JUDGE = ScriptedJudge(default=Level.SENIOR)

TRIED: dict[str, Callable[[Canaries], None]] = {
    "looked over at the beginning": lambda watching: watching.learn([]),
    "looked over": lambda watching: watching.before("assert f(1) == 2"),
    "a false test": lambda watching: watching._must_fail("assert f(1) == 2"),
    "at the end": lambda watching: watching.after_last(["assert f(1) == 2"]),
}


@pytest.mark.parametrize("status", ["none", "lost"])
@pytest.mark.parametrize("tried", TRIED.values(), ids=TRIED)
def test_no_answer_is_no_accusation(tried: Callable[[Canaries], None], status: str) -> None:
    watching = Canaries(lambda code, expressions: Reply(status))
    assert not watching.unanswered
    tried(watching)
    assert (watching.reasons, watching.unanswered) == ([], True)


def test_another_answer_still_is_one() -> None:
    watching = Canaries(lambda code, expressions: Reply("ok"))
    watching._must_fail("assert f(1) == 2")
    watching.learn([])
    assert len(watching.reasons) == 2 and not watching.unanswered


@pytest.fixture
def solved(classroom: Classroom) -> Classroom:
    """A class with right solutions and good answers of one learner."""
    notebook = classroom.solved()
    cell(notebook, "answer-impact")["source"] = STORY
    cell(notebook, "answer-caching")["source"] = ESSAY
    classroom.hand_in(notebook)
    return classroom


def too_slow(monkeypatch: pytest.MonkeyPatch, asked: str) -> None:
    """Let no request in time whose code holds *asked*."""
    as_always = Asker.ask

    def ask(self: Asker, code: str, expressions: dict[str, str]) -> Reply:
        reply = as_always(self, code, expressions)
        return Reply("none") if asked in code else reply

    monkeypatch.setattr(Asker, "ask", ask)


@pytest.mark.parametrize("asked", ["LookupError", ""], ids=["looked over", "all"])
def test_tests_that_could_not_be_checked_wait_and_nobody_is_accused(
    solved: Classroom, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    too_slow(monkeypatch, asked)
    graded = solved.autograde()
    assert graded.problem is None
    assert graded.waiting >= set(TESTS)
    assert graded.cells["lru-basic"].points is None
    assert IN_TIME in graded.remarks and "tampered" not in graded.remarks
    # Hidden checks are asked at the end, and were answered.
    assert graded.cells["capacity-load"].points == 2
    page = solved.feedback()
    assert IN_TIME in page and "until a person has looked" in page
    assert "could not be checked in time" in page
    assert "tampered" not in page and "as they were released" not in page


def test_a_suspicion_weighs_more_than_a_silence(
    solved: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    too_slow(monkeypatch, "LookupError")
    monkeypatch.setattr(canaries, "FULLY", 1.0)
    monkeypatch.setattr(canaries, "_failed_as_meant", lambda reply, words: False)
    graded = solved.autograde()
    assert IN_TIME in graded.remarks and "tampered" in graded.remarks
    assert "as they were released" in solved.feedback()


def test_the_next_run_tries_again_until_a_person_has_decided(
    solved: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    def grade() -> tuple[tuple[str, ...], tuple[str, ...]]:
        outcome = grade_assignment(solved.root, WEEK, judge=JUDGE, executor=AtOnce())
        assert outcome.failed == {}
        told.append("; ".join(outcome.attention.get("ada", ())))
        return outcome.graded, outcome.unchanged

    told: list[str] = []
    with monkeypatch.context() as busy:
        too_slow(busy, "")
        assert [grade(), grade()] == [(("ada",), ())] * 2
        graded = solved.graded()
        assert graded.waiting >= set(TESTS) and graded.cells["lru-basic"].points is None
        assert all(IN_TIME in one and "tampered" not in one for one in told)
    assert grade() == (("ada",), ())
    graded = solved.graded()
    assert {name: graded.cells[name].points for name in TESTS} == TESTS
    assert not graded.waiting & set(TESTS) and IN_TIME not in told[-1]
    assert grade() == ((), ("ada",))


def test_a_persons_marks_end_the_trying(solved: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    too_slow(monkeypatch, "")
    inside = AtOnce()
    grade_assignment(solved.root, WEEK, judge=JUDGE, executor=inside)
    for name in solved.graded().waiting:
        by_formgrader(solved, "ada", 1, name)
    assert grade_assignment(solved.root, WEEK, judge=JUDGE, executor=inside).unchanged == ("ada",)
    assert solved.graded().cells["lru-basic"].points == 1


async def nothing(*waited: object) -> dict[str, object]:
    return {}


async def idle(*waited: object) -> int:
    return 0


def test_a_reply_that_is_lost_is_no_answer_either(monkeypatch: pytest.MonkeyPatch) -> None:
    asker = Asker(None, SimpleNamespace(execute=lambda *code, **how: "request"), 10)
    monkeypatch.setattr(asker, "_until_idle", idle)
    monkeypatch.setattr(asker, "_reply", nothing)
    assert asker.ask("f(1)", {}).missing
    (seen,) = asker.observe((Probe(number=0, given="", expression="f(1)"),))
    assert seen.kind == "gone"


@pytest.mark.parametrize(("busy", "kind"), [(True, "gone"), (False, "late")])
def test_being_late_says_nothing_where_canaries_are_late_too(
    monkeypatch: pytest.MonkeyPatch, busy: bool, kind: str
) -> None:
    from nbformat.v4 import new_notebook

    from graders.preprocessors.watched import WatchedTests

    late = [Observation(number=0, kind="late"), Observation(number=1, kind="value", text="1")]
    monkeypatch.setattr(Asker, "observe", lambda self, probes: late)
    watched = WatchedTests(new_notebook(), None, None, 10, set)
    watched._canaries.unanswered = busy
    assert [one.kind for one in watched.finish(())] == [kind, "value"]
