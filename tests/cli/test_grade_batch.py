"""`seniorkit grade --batch-api`: the first run hands in and leaves, a later one grades."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from graders.cli.app import app
from graders.judges.factory import judge_named
from tests.conftest import ESSAY, STORY, WEEK, Classroom, cell
from tests.judges.llm.batch_server import BatchServer


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[BatchServer]:
    monkeypatch.chdir(tmp_path)
    # The server praises everything; what the offline judge thinks of that is not asked here.
    (tmp_path / "seniorkit.toml").write_text("[judge]\nsecond_look = false\n")
    with BatchServer() as running:
        monkeypatch.setenv("SENIORKIT_JUDGE_URL", running.base_url)
        monkeypatch.setenv("SENIORKIT_JUDGE_MODEL", "tiny")
        judge_named.cache_clear()
        yield running
    judge_named.cache_clear()


def hand_in(classroom: Classroom, learner: str, essay: str, story: str) -> None:
    notebook = classroom.solved()
    cell(notebook, "answer-caching")["source"] = essay
    cell(notebook, "answer-impact")["source"] = story
    classroom.hand_in(notebook, learner)


@pytest.mark.slow
def test_hand_in_leave_come_back(
    server: BatchServer, new_classroom: Callable[[], Classroom]
) -> None:
    classroom = new_classroom()
    hand_in(classroom, "ada", ESSAY, STORY)
    hand_in(classroom, "bob", f"{ESSAY} And that is all.", "")
    command = ["grade", WEEK, "--course", str(classroom.root), "--batch-api"]
    run = CliRunner()

    first = run.invoke(app, command)
    assert first.exit_code == 1
    assert "3 answers are with the server" in first.output
    assert not (classroom.root / "autograded").exists()
    assert run.invoke(app, command).exit_code == 1
    assert len(server.batches) == 1

    server.work(lambda number, request: "refused" if number == 1 else "done")
    calls = server.calls
    judge_named.cache_clear()
    run.invoke(app, command)
    assert server.calls == calls
    scores = [*classroom.graded("ada").scores.values(), *classroom.graded("bob").scores.values()]
    judged = [score for score in scores if "empty" not in score.flags]
    assert sorted(score.points is None for score in judged) == [False, False, True]
    assert {score.judge for score in judged} == {"llm"}
    assert all(score.needs_review for score in judged if score.points is None)
