"""`seniorkit daily|practice|drills|ready|progress` as a learner sees them in a terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from graders.levels import Level
from graders.progress import Progress
from graders.study.daily import question_of_the_day
from graders.study.drill_game import DrillGame
from tests.study.learner import Learner

CLI = Path(sys.executable).with_name("seniorkit")
ANSWER = (
    "I scope to ten million daily users, so about 12,000 messages a second at the peak. Clients "
    "keep a WebSocket to a gateway; a registry maps users to gateways. Messages are appended to a "
    "log per conversation, which gives the order, and deduplicated by a client id, because "
    "delivery is at least once. I trade a little latency for durability: the sender gets its tick "
    "after two replicas have it. When a gateway dies, clients reconnect with jitter."
)

_DAYS = (date(2025, 1, 1) + timedelta(n) for n in range(366))
CHAT_DAY = next(day for day in _DAYS if question_of_the_day(day) == "design/chat")
"""A day in the past whose question `ANSWER` answers, so that no test depends on today's date."""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    return tmp_path / "progress.sqlite3"


def run(mine: Path, *args: str, given: str = "") -> tuple[int, str, str]:
    done = subprocess.run(
        [CLI, *args], input=given, capture_output=True, text=True, cwd=mine.parent,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "200", "SENIORKIT_PROGRESS": str(mine)},
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr[-800:]
    return done.returncode, done.stdout, done.stderr


def test_daily_is_the_same_for_a_cohort_and_says_when_it_changes(
    mine: Path, tmp_path: Path
) -> None:
    status, first, _ = run(mine, "daily", "--cohort", "evening")
    assert status == 0 and "changes at midnight, in" in first and "Everybody in evening" in first
    assert first.split()[0].startswith("design/")
    other = tmp_path / "other.sqlite3"
    Learner(other).answer(datetime(2026, 3, 1, tzinfo=UTC), "design/chat", Level.OFF)
    # On a day that is named: between two calls today's may end.
    asked = [
        run(one, "daily", "--cohort", "evening", "--date", "2026-03-03") for one in (mine, other)
    ]
    assert asked[0][1].split()[0] == asked[1][1].split()[0]
    assert not mine.exists()
    days = {run(mine, "daily", "--date", f"2026-03-0{n}")[1].split()[0] for n in (2, 3, 4)}
    assert len(days) == 3


def test_an_answer_to_the_daily_question_is_judged_and_kept(mine: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text(ANSWER)
    status, said, _ = run(mine, "daily", "--date", str(CHAT_DAY), "--answer", "mine.txt")
    assert status == 0 and "Level:" in said
    (kept,) = Progress(mine).attempts()
    assert (kept.answer, kept.question_id, kept.daily) == (ANSWER, "design/chat", CHAT_DAY)
    assert "answered" in run(mine, "daily", "--date", str(CHAT_DAY))[1]


def test_a_file_that_cannot_be_written_does_not_lose_the_judgement(mine: Path) -> None:
    mine.write_bytes(b"not a database " * 100)
    status, _, said = run(mine, "practice")
    assert status == 2 and "damaged" in said
    status, said, _ = run(mine, "practice", "--question", "design/chat", "--plain", "--answer", "-",
                          given=ANSWER)  # fmt: skip
    assert status == 1 and "Level:" in said and "Not kept:" in said and "damaged" in said


def test_practice_hints_and_variations(mine: Path) -> None:
    ask = ("practice", "--question", "design/chat")
    assert "Hint 1:" in run(mine, *ask, "--hint")[1]
    assert "Hint 2:" in run(mine, *ask, "--hint")[1]
    status, said, _ = run(mine, *ask, "--answer", "-", given=ANSWER)
    assert status == 0 and "Before:" not in said
    assert "This time with a change:" in run(mine, *ask)[1]
    assert "This time with a change:" not in run(mine, *ask, "--plain")[1]
    _, said, _ = run(mine, *ask, "--answer", "-", given=ANSWER + " And more.")
    assert "Before:" in said
    first, second = Progress(mine).attempts()
    assert (first.hints, first.variation) == (2, None) and second.variation


def test_practice_by_weakness_names_what_comes_then(mine: Path) -> None:
    status, said, _ = run(mine, "practice", "--kind", "story", "--weakness", "impact")
    assert status == 0 and said.count("story/") >= 4
    status, _, said = run(mine, "practice", "--weakness", "charm")
    assert status == 2 and "One of:" in said


def test_ready_says_what_is_missing_and_what_to_do(mine: Path) -> None:
    status, said, _ = run(mine, "ready")
    assert status == 0 and said.startswith("Not yet: 0 of 6") and "Missing: designs" in said
    assert sum(f"\n{n}. " in said for n in (1, 2, 3)) == 3
    facts = json.loads(run(mine, "ready", "--json")[1])
    assert facts["ready"] is False and len(facts["checks"]) == 6


def test_drills_are_played_to_the_end_and_explained(mine: Path) -> None:
    game = DrillGame(Progress(mine))
    given = "".join(f"{drill.task.expected}\n{drill.task.right}\n" for drill in game.drills[:2])
    status, said, _ = run(mine, "drills", given=given)
    assert status == 0 and "Working:" in said and "2 of 10 answered; unit understood 2" in said
    assert "3 of 10" in run(mine, "drills")[1]


def test_progress_out_in_and_away(mine: Path, tmp_path: Path) -> None:
    Learner(mine).answer(datetime.now(UTC), "design/chat", Level.MID)
    assert run(mine, "progress", "export", "mine.json")[0] == 0
    other = tmp_path / "other.sqlite3"
    assert "added 1 attempts; 0 were there" in run(other, "progress", "import", "mine.json")[1]
    assert "added nothing; 1 were there" in run(other, "progress", "import", "mine.json")[1]
    assert str(mine) in run(mine, "progress", "show")[1]
    status, _, _ = run(mine, "progress", "delete", given="n\n")
    assert status != 0 and mine.exists()
    assert run(mine, "progress", "delete", given="y\n")[0] == 0
    assert not mine.exists() and other.exists()
    assert "Nothing yet" in run(mine, "progress", "show")[1]


@pytest.mark.parametrize("text", ["", "[", "[1]", '{"format": "x"}', "[" * 100_000, "\udcff"])
def test_what_is_no_export_is_refused_in_a_sentence(mine: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "bad.json").write_bytes(text.encode("utf-8", errors="surrogateescape"))
    status, _, said = run(mine, "progress", "import", "bad.json")
    assert status == 2 and said.startswith("seniorkit: ") and not mine.exists()


def test_settings_are_shown_and_changed(mine: Path) -> None:
    run(mine, "progress", "settings", "--name", "ana", "--cohort", "evening", "--focus", "geo")
    said = run(mine, "progress", "settings", "--cohort", "")[1]
    assert "ana" in said and "geo" in said and "evening" not in said


@pytest.mark.slow
def test_the_learner_report_is_a_page_and_an_executed_notebook(mine: Path, tmp_path: Path) -> None:
    Learner(mine).answer(datetime.now(UTC), "design/chat", Level.MID)
    status, said, told = run(mine, "report", "learner", "--out", "out")
    assert status == 0, told
    page = tmp_path / "out" / "learner_report.html"
    assert said.strip() == str(page) and "Am I ready for a senior loop?" in page.read_text()
    assert "Not yet" in page.read_text() and (tmp_path / "out" / "learner_report.ipynb").exists()
