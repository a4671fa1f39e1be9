"""`--judge llm` from the command line: asked ahead, told what it costs, repeated for nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from graders.batch import grade_assignment
from graders.cli.grade import grade_command
from graders.judges.factory import UNASKED, judge_named
from graders.judges.scripted import ScriptedJudge
from graders.levels import Level
from tests.batch.nursery import AtOnce
from tests.conftest import ESSAY, STORY, Classroom, cell
from tests.judges.llm.batch_server import BatchServer
from tests.judges.llm.server import ModelServer

CLI = Path(sys.executable).with_name("seniorkit")
ID = "concept/caching"
TEXT = (
    "I would use cache-aside with a time to live, because reads dominate the writes by far here. "
    "Entries expire after five minutes with jitter, so the stale window is bounded."
)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


def run(folder: Path, *args: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the console script in *folder*, where its settings lie."""
    kept = {name: value for name, value in os.environ.items() if "KEY" not in name}
    return subprocess.run(
        [CLI, *args], cwd=folder, capture_output=True, text=True, env={**kept, "NO_COLOR": "1"}
    )


def settings(server: ModelServer, folder: Path, more: str = "") -> None:
    (folder / "seniorkit.toml").write_text(
        f'[judge]\nbase_url = "{server.base_url}"\nmodel = "tiny"\noutput = "text"\nexamples = 0\n'
        # The server praises everything; what the offline judge thinks of that is not asked here.
        f"second_look = false\n{more}"
    )


def test_a_file_of_answers_is_foreseen_counted_and_repeated_for_nothing(
    server: ModelServer, tmp_path: Path
) -> None:
    settings(server, tmp_path)
    lines = [{"id": n, "question_id": ID, "text": f"{TEXT} Number {n}."} for n in range(6)]
    (tmp_path / "in.jsonl").write_text("\n".join(json.dumps(line) for line in lines))
    command = ("score", "--jsonl", "in.jsonl", "--judge", "llm", "--out")
    first = run(tmp_path, *command, "one.jsonl")
    assert first.returncode == 0, first.stderr
    assert server.calls == 6
    foreseen, used = first.stderr.splitlines()
    assert "estimate: 6 answers: 6 calls" in foreseen
    assert "used: 6 calls, 6,000 input and 1,200 output tokens" in used
    record = json.loads(Path(used.rpartition("(")[2].rstrip(")")).read_text())
    assert (record["estimate"]["calls"], record["used"]["calls"]) == (6, 6)
    again = run(tmp_path, *command, "two.jsonl")
    assert server.calls == 6
    assert "6 kept: 0 calls" in again.stderr
    assert (tmp_path / "one.jsonl").read_text() == (tmp_path / "two.jsonl").read_text()


def test_a_cohort_is_asked_about_once_before_it_is_graded(
    server: ModelServer, classroom: Classroom
) -> None:
    settings(server, classroom.root, "[judge.budget]\ntokens = 1_500\n")
    for learner, weeks in (("ada", "four"), ("bob", "seven")):
        notebook = classroom.solved()
        cell(notebook, "answer-impact")["source"] = f"{STORY} It took {weeks} weeks."
        cell(notebook, "answer-caching")["source"] = ESSAY
        classroom.hand_in(notebook, learner)
    command = ("grade", classroom.assignment, "--course", classroom.root, "--judge", "llm")
    poor = run(classroom.root, *command)
    assert server.calls == 0
    assert "the next call could pass the budget" in poor.stderr
    assert all(score.points is None for score in classroom.graded("ada").scores.values())
    settings(server, classroom.root)
    rich = run(classroom.root, *command)
    assert rich.returncode == 0, rich.stderr
    assert "4 answers, 1 the same as others: 3 calls" in rich.stderr
    assert server.calls == 3
    for learner in ("ada", "bob"):
        scores = classroom.graded(learner).scores
        assert len(scores) == 2
        assert {score.judge for score in scores.values()} == {"llm"}
        assert all(score.points is not None for score in scores.values())
    records = list((classroom.root / "reports" / classroom.assignment / "runs").iterdir())
    assert len(records) == 2
    run(classroom.root, *command)
    assert server.calls == 3


def test_a_budget_is_one_for_all_processes_that_grade(
    server: ModelServer, classroom: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = classroom.solved()
    cell(notebook, "answer-impact")["source"] = STORY
    classroom.hand_in(notebook, "ada")
    monkeypatch.chdir(classroom.root)
    told: list[tuple[str, int]] = []
    monkeypatch.setattr(
        "graders.cli.grade._grade",
        lambda course, name, parameters, as_json: told.append(
            (parameters["judge"], parameters["workers"])
        ),
    )
    bound = "[judge.budget]\ntokens = 1_000_000\n"
    for more in ("", bound, f"cache = false\n{bound}", "cache = false\n"):
        settings(server, classroom.root, more)
        judge_named.cache_clear()
        grade_command(classroom.assignment, classroom.root, judge="llm", workers=4)
        judge_named("llm").close()
    judge_named.cache_clear()
    # With a budget nothing is asked beside what was asked ahead. Without kept verdicts there is
    # no asking ahead: the one process that judges for all workers keeps to the budget.
    assert told == [("llm", 4), (UNASKED, 4), ("llm", 4), ("llm", 4)]


def handed_in(classroom: Classroom) -> None:
    for learner, weeks in (("ada", "four"), ("bob", "seven")):
        notebook = classroom.solved()
        cell(notebook, "answer-impact")["source"] = f"{STORY} It took {weeks} weeks."
        cell(notebook, "answer-caching")["source"] = ESSAY
        classroom.hand_in(notebook, learner)


def records(classroom: Classroom) -> list[tuple[int, int]]:
    """The calls that were foreseen and made, of each run."""
    folder = classroom.root / "reports" / classroom.assignment / "runs"
    found = [json.loads(path.read_text()) for path in folder.iterdir()]
    return [(one["estimate"]["calls"], one["used"]["calls"]) for one in found]


def test_a_week_is_foreseen_and_counted(server: ModelServer, classroom: Classroom) -> None:
    settings(server, classroom.root)
    handed_in(classroom)
    what = ("week", classroom.assignment, "--course", classroom.root, "--judge", "llm")
    done = run(classroom.root, *what, "--no-report", "--export", "none")
    assert done.returncode == 0, done.stderr
    assert "estimate: 4 answers, 1 the same as others: 3 calls" in done.stderr
    assert "used: 3 calls" in done.stderr
    assert records(classroom) == [(3, 3)]


def test_grading_again_is_foreseen_and_counted(server: ModelServer, classroom: Classroom) -> None:
    settings(server, classroom.root)
    handed_in(classroom)
    mid = ScriptedJudge(default=Level.MID)
    grade_assignment(classroom.root, classroom.assignment, judge=mid, executor=AtOnce())
    what = ("regrade", classroom.assignment, "--course", classroom.root, "--judge", "llm")
    done = run(classroom.root, *what)
    assert done.returncode == 0, done.stderr
    assert "estimate: 4 answers, 1 the same as others: 3 calls" in done.stderr
    assert "used: 3 calls" in done.stderr
    assert records(classroom) == [(3, 3)]
    applied = run(classroom.root, *what, "--apply")
    assert "0 calls" in applied.stderr
    assert server.calls == 3


def test_a_batch_is_kept_with_what_was_foreseen(classroom: Classroom) -> None:
    handed_in(classroom)
    what = ("grade", classroom.assignment, "--course", classroom.root, "--batch-api")
    with BatchServer() as server:
        settings(server, classroom.root)
        first = run(classroom.root, *what)
        assert first.returncode == 1
        assert "estimate: 4 answers, 1 the same as others: 3 calls" in first.stderr
        assert records(classroom) == [(3, 0)]
        run(classroom.root, *what)  # nothing is ready: nothing to keep
        assert records(classroom) == [(3, 0)]
        server.work()
        run(classroom.root, *what)
    assert sorted(records(classroom)) == [(3, 0), (3, 3)]
