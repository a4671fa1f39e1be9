"""A box for something in particular: its attempts say what they answered."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from graders.judges.scripted import ScriptedJudge
from graders.progress import Progress
from graders.question import load_question
from graders.study.drill_box import DrillForm
from graders.study.drill_game import DrillGame
from graders.study.noted import noted_session
from graders.study.practice import changes
from tests.study.test_two_weeks import ANSWERS

CHAT = "design/chat"
CHANGE = changes(load_question(CHAT))[0].id


def test_the_daily_box_notes_the_day(tmp_path: Path) -> None:
    session = noted_session(
        CHAT, daily=date(2026, 3, 2), folder=tmp_path, progress=Progress(tmp_path / "p"),
        judge=ScriptedJudge(),
    )  # fmt: skip
    assert session.submit("x").problem is None
    (kept,) = Progress(tmp_path / "p").attempts()
    assert (kept.daily, kept.variation) == (date(2026, 3, 2), None)


def test_a_varied_box_asks_for_the_change_and_has_a_draft_of_its_own(tmp_path: Path) -> None:
    plain = noted_session(CHAT, folder=tmp_path, progress=Progress(tmp_path / "p"))
    varied = noted_session(
        CHAT, variation=CHANGE, folder=tmp_path, progress=Progress(tmp_path / "p"),
        judge=ScriptedJudge(),
    )  # fmt: skip
    plain.save_draft("about the plain one")
    assert "This time with a change" in varied.question.prompt and varied.saved_text() == ""
    varied.submit(ANSWERS.name)
    (kept,) = Progress(tmp_path / "p").attempts()
    assert kept.variation == CHANGE and kept.question_id == CHAT
    assert plain.saved_text() == "about the plain one"


@pytest.fixture
def form(tmp_path: Path) -> DrillForm:
    return DrillForm(DrillGame(Progress(tmp_path / "p")))


def test_the_form_asks_ten_and_ends_with_the_tally(form: DrillForm, tmp_path: Path) -> None:
    for number in range(1, 11):
        drill = form._game.current
        assert drill is not None and f"{number} of 10" in form.task.value
        assert list(form.option.options) == list(drill.task.options)
        assert form.answer.value == "" and form.option.index is None
        form.answer.value = drill.task.expected
        form.option.index = drill.task.right - 1
        form.submit.click()
        assert "Working:" in form.said.value
    assert "10 answered" in form.task.value and form.submit.layout.display == "none"


def test_a_fault_of_the_file_is_a_sentence_and_what_was_typed_stays(
    form: DrillForm, tmp_path: Path
) -> None:
    (tmp_path / "p").write_bytes(b"not a database " * 100)
    form.answer.value = "<b>3 TB</b>"
    form.submit.click()
    assert "damaged" in form.said.value and form.answer.value == "<b>3 TB</b>"
