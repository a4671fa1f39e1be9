"""What helps in the answer box: hints and the model answer, and that taking them is recorded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from graders.judges.scripted import ScriptedJudge
from graders.levels import Level
from graders.progress import Look, Progress
from graders.question import load_question
from tests.conftest import ESSAY
from tests.study.test_widget import CACHING, make_box, send


@pytest.fixture(autouse=True)
def _in_a_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_hints_come_one_by_one_and_count_for_the_attempt() -> None:
    box = make_box()
    ladder = load_question(CACHING).hints.ladder()
    assert (box.hints, box.ladder) == ([], 4)
    for taken in (1, 2):
        send(box, {"kind": "hint"})
        assert box.hints == list(ladder[:taken])
    send(box, {"kind": "submit", "text": ESSAY})
    assert [attempt.hints for attempt in Progress().attempts()] == [2]
    assert make_box().hints == list(ladder[:2]), "those of today are there again"
    for _ in range(5):
        send(box, {"kind": "hint"})
    assert box.hints == list(ladder)
    assert len(Progress().looks(CACHING)) == 4, "the last one is not taken twice"


def test_a_double_click_takes_one_hint() -> None:
    box = make_box()
    ladder = load_question(CACHING).hints.ladder()
    for taken in (1, 2):
        for _ in range(2):
            send(box, {"kind": "hint", "seen": taken - 1})
        assert box.hints == list(ladder[:taken])
    send(box, {"kind": "submit", "text": ESSAY})
    assert [attempt.hints for attempt in Progress().attempts()] == [2]


def test_hints_of_another_day_are_not_shown() -> None:
    Progress().add_look(Look(datetime.now(UTC) - timedelta(days=2), CACHING, "hint"))
    assert make_box().hints == []


def test_a_hint_is_given_though_it_cannot_be_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENIORKIT_PROGRESS", str(tmp_path))
    box = make_box()
    for taken in (1, 2):
        send(box, {"kind": "hint"})
        assert len(box.hints) == taken
        assert str(tmp_path) in box.message


def test_the_model_answer_opens_after_an_attempt_and_that_is_recorded() -> None:
    box = make_box()
    assert (box.model, box.model_answers) == ("locked", {})
    send(box, {"kind": "model"})
    assert (box.model, box.model_answers) == ("locked", {})
    assert "after an attempt" in box.message
    assert Progress().looks() == []
    send(box, {"kind": "submit", "text": ESSAY})
    assert (box.model, box.model_answers) == ("ready", {})
    send(box, {"kind": "model"})
    assert box.model == "open"
    assert box.model_answers == load_question(CACHING).model_answers.model_dump()
    assert [look.what for look in Progress().looks(CACHING)] == ["model_answer"]
    assert make_box().model == "ready", "the attempt is known to the next box"


@pytest.mark.parametrize("text", ["", "   ", "asdf asdf asdf"])
def test_no_attempt_opens_no_model_answer(text: str) -> None:
    box = make_box(ScriptedJudge(default=Level.OFF))
    send(box, {"kind": "submit", "text": text})
    assert box.state == "judged"
    send(box, {"kind": "model"})
    assert (box.model, box.model_answers) == ("locked", {})


def test_it_opens_after_an_attempt_that_could_not_be_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENIORKIT_PROGRESS", str(tmp_path))
    box = make_box()
    send(box, {"kind": "model"})
    assert box.model_answers == {} and box.message
    send(box, {"kind": "submit", "text": ESSAY})
    send(box, {"kind": "model"})
    assert box.model_answers
