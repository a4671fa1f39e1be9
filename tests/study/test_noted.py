"""A box for something in particular: its attempts say what they answered."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from graders.judges.scripted import ScriptedJudge
from graders.progress import Progress
from graders.question import load_question
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
