"""On a terminal the verdicts are seen while the model writes; nowhere else is anything shown."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rich.console import Console

from graders.cli.live import Preview
from graders.levels import Level
from graders.question import load_question
from graders.score import Verdict
from tests.judges.llm.conftest import TEXT
from tests.judges.llm.stream_server import StreamServer

QUESTION = load_question("concept/caching")
COMMAND = [
    sys.executable, "-c", "from graders.cli import main; main()",
    "score", "-q", QUESTION.id, "--judge", "llm", "--json",
]  # fmt: skip


def _environment(server: StreamServer, folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if "JUDGE" not in name}
    return {
        **kept,
        "SENIORKIT_JUDGE_URL": server.base_url,
        "SENIORKIT_JUDGE_MODEL": "tiny",
        "SENIORKIT_CACHE": str(folder / "cache"),
        "TERM": "xterm",
        "COLUMNS": "120",
    }


def _shown(command: list[str], environment: dict[str, str], answer: Path) -> tuple[bytes, bytes]:
    """Standard output, and what a terminal on standard error was sent."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [*command, "--answer", str(answer)],
        env=environment, stdout=subprocess.PIPE, stderr=slave, cwd=answer.parent,
    )  # fmt: skip
    os.close(slave)
    seen = b""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        ready, _, _ = select.select([master], [], [], 0.2)
        try:
            piece = os.read(master, 65536) if ready else b""
        except OSError:  # the other end is closed
            break
        seen += piece
        if not piece and process.poll() is not None:
            break
    out, _ = process.communicate(timeout=60)
    os.close(master)
    return out, seen


def test_verdicts_appear_before_the_score(tmp_path: Path) -> None:
    answer = tmp_path / "answer.txt"
    answer.write_text(TEXT)
    with StreamServer() as server:
        environment = _environment(server, tmp_path)
        out, seen = _shown(COMMAND, environment, answer)
    assert json.loads(out)["level"] == "mid"
    assert f"{len(QUESTION.criteria)} of {len(QUESTION.criteria)}".encode() in seen
    assert b"It says so." in seen


def test_a_pipe_gets_the_score_and_nothing_else(tmp_path: Path) -> None:
    with StreamServer() as server:
        done = subprocess.run(
            COMMAND, input=TEXT.encode(), env=_environment(server, tmp_path),
            capture_output=True, cwd=tmp_path, timeout=60,
        )  # fmt: skip
        assert not any(request.get("stream") for request in server.requests)
    assert json.loads(done.stdout)["level"] == "mid"
    assert done.stderr == b""


@pytest.mark.parametrize("reason", ["[bold]x[/bold]", "[/nothing]", "[link=http://x]y[/link]"])
def test_a_models_words_are_no_markup(reason: str) -> None:
    preview = Preview(QUESTION)
    criterion = QUESTION.criteria[0]
    preview.add(
        Verdict(
            criterion=criterion.id, dimension=criterion.dimension, level=Level.MID, reason=reason
        )
    )
    console = Console(width=120, record=True, file=open(os.devnull, "w"))  # noqa: SIM115, PTH123
    console.print(preview.table())
    assert reason in console.export_text()
