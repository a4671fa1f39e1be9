"""`seniorkit stories` and `seniorkit levels`."""

from __future__ import annotations

from pathlib import Path

import pytest

from graders.cli import main
from graders.progress import Progress
from tests.study.told import labelled, versions


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SENIORKIT_PROGRESS", str(tmp_path / "p.sqlite3"))
    monkeypatch.setenv("COLUMNS", "160")


def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str
) -> tuple[int, str, str]:
    monkeypatch.setattr("sys.argv", ["seniorkit", *words])
    with pytest.raises(SystemExit) as end:
        main()
    said = capsys.readouterr()
    return int(end.value.code or 0), said.out, said.err


def test_a_story_is_added_listed_shown_and_taken_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    entry = labelled()[0]
    (tmp_path / "s.txt").write_text(entry["text"], encoding="utf-8")
    status, said, _ = run(monkeypatch, capsys, "stories")
    assert (status, "No story yet" in said) == (0, True)
    add = ("stories", "add", "--title", "Meter\x1b[31m readings", "--file", "s.txt")
    assert run(monkeypatch, capsys, *add)[0] == 0
    status, said, _ = run(monkeypatch, capsys, "stories")
    assert "1 different" in said
    assert "\x1b[31m" not in said
    key = Progress().stories()[0].story_id[:8]
    status, said, _ = run(monkeypatch, capsys, "stories", "show", key)
    assert "Reads as" in said
    assert "Nobody had asked me to look at it" in said
    assert run(monkeypatch, capsys, "stories", "withdraw", key)[0] == 0
    assert Progress().stories() == []


def test_an_unknown_story_is_wrong_use(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    status, _, said = run(monkeypatch, capsys, "stories", "show", "zzz")
    assert status == 2
    assert "no such story" in said


def test_the_question_list_names_the_story_to_tell(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for story in versions(["manager-no", "meter-window"]):
        Progress().add_story(story)
    _, said, _ = run(monkeypatch, capsys, "stories", "questions")
    line = next(line for line in said.splitlines() if "disagree-and-commit" in line)
    assert "Committing to a decision I was against" in line
    assert "no story yet" in said


def test_the_coach_reads_an_answer_against_the_stories(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for story in versions(["legal-retention"]):
        Progress().add_story(story)
    (tmp_path / "a.txt").write_text("I have never led anything outside my own team.", "utf-8")
    _, said, _ = run(monkeypatch, capsys, "stories", "coach", "--answer", "a.txt")
    assert "Deleting what we must not keep" in said
    assert "Next:" in said


def test_levels_show_the_map_and_keep_the_target(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("levels", "--company", "google", "--level", "L5", "--keep")
    status, said, _ = run(monkeypatch, capsys, *words)
    assert status == 0
    assert "L5 at Google: senior" in said
    assert (Progress().settings().company, Progress().settings().level) == ("google", "L5")
    assert "L5 at Google: senior" in run(monkeypatch, capsys, "levels")[1]
    status, _, error = run(monkeypatch, capsys, "levels", "--company", "google", "--level", "E5")
    assert (status, "no level of Google" in error) == (2, True)
    assert "generic ladder" in run(monkeypatch, capsys, "levels", "--company", "Acme")[1]
