"""`seniorkit judge check` and `--judge llm`, as a user with a server of their own sees them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.judges.llm.server import ModelServer

CLI = Path(sys.executable).with_name("seniorkit")
PLANTED = "sk-planted-4f1d8e2b7c"
TEXT = (
    "I would use cache-aside with a time to live, because reads dominate the writes by far here. "
    "Entries expire after five minutes with jitter, so the stale window is bounded."
)
FOREIGN = ("SENIORKIT_", "OPENAI_", "HTTP", "http", "ALL_PROXY", "all_proxy")


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


def run(folder: Path, *args: str, given: str = "", **env: str) -> tuple[int, str, str]:
    """Run the console script in *folder*: status, output, errors; never a traceback, never the key."""
    known = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    done = subprocess.run(
        [CLI, *args], input=given, capture_output=True, text=True, cwd=folder,
        env={**known, "NO_COLOR": "1", "SENIORKIT_JUDGE_KEY": PLANTED,
             "SENIORKIT_CACHE": str(folder / "cache"), **env},
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr[-800:]
    assert PLANTED not in done.stdout + done.stderr
    return done.returncode, done.stdout, done.stderr


def settings(folder: Path, server: ModelServer, more: str = "") -> None:
    text = f'[judge]\nbase_url = "{server.base_url}"\nmodel = "tiny"\nexamples = 0\n{more}'
    (folder / "seniorkit.toml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("ability", "words"),
    [("json_schema", "enforces"), ("json_object", "JSON mode"), ("text", "plain text")],
)
def test_check_says_what_the_server_can_do(
    tmp_path: Path, server: ModelServer, ability: str, words: str
) -> None:
    settings(tmp_path, server, "budget = {tokens = 50_000}")
    server.ability = ability
    status, out, err = run(tmp_path, "judge", "check")
    assert (status, err) == (0, "")
    for told in (server.base_url, "tiny", "from the environment", "50,000 tokens", words):
        assert told in out


def test_check_of_a_server_that_is_not_there_says_so(tmp_path: Path) -> None:
    with ModelServer() as gone:
        settings(tmp_path, gone, "tries = 1")
    status, out, _ = run(tmp_path, "judge", "check")
    assert status == 1
    assert "cannot be reached" in out


def test_without_settings_one_line_says_what_to_set(tmp_path: Path) -> None:
    for args in (("judge", "check"), ("score", "-q", "concept/caching", "--judge", "llm")):
        status, out, err = run(tmp_path, *args, given=TEXT)
        assert (status, out) == (2, "")
        assert "SENIORKIT_JUDGE_MODEL" in err
        assert err.count("\n") == 1


def test_one_answer_is_scored_by_the_model(tmp_path: Path, server: ModelServer) -> None:
    settings(tmp_path, server)
    args = ("score", "-q", "concept/caching", "--judge", "llm", "--json")
    status, out, err = run(tmp_path, *args, given=TEXT)
    assert (status, err) == (0, "")
    score = json.loads(out)
    assert (score["judge"], score["level"]) == ("llm", "mid")


def test_lines_are_scored_by_the_model_and_a_wrong_key_grades_nothing(
    tmp_path: Path, server: ModelServer
) -> None:
    settings(tmp_path, server)
    line = json.dumps({"id": "a", "question_id": "concept/caching", "text": TEXT})
    args = ("score", "--jsonl", "-", "--judge", "llm")
    status, out, _ = run(tmp_path, *args, given=f"{line}\n")
    assert (status, json.loads(out)["level"]) == (0, "mid")
    server.misbehave("echoed-key", always=True)
    other = line.replace("bounded", "short")
    status, out, err = run(tmp_path, *args, given=f"{other}\n")
    assert (status, json.loads(out)["points"]) == (1, None)
    assert "Check the key in SENIORKIT_JUDGE_KEY" in err


def test_the_key_is_in_no_file_that_is_left(tmp_path: Path, server: ModelServer) -> None:
    settings(tmp_path, server)
    line = json.dumps({"id": "a", "question_id": "concept/caching", "text": TEXT})
    run(tmp_path, "score", "--jsonl", "-", "--out", "scores.jsonl", "--judge", "llm", given=line,
        HOME=str(tmp_path), OPENAI_LOG="debug")  # fmt: skip
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert tmp_path / "scores.jsonl" in left
    assert all(PLANTED.encode() not in path.read_bytes() for path in left)
