"""A real model server for the tests: llama.cpp on 127.0.0.1 with a model from PyPI.

with RealServer(GEMMA) as server:
    judge = LlmJudge(server.settings())
"""

from __future__ import annotations

import select
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any, Self

from graders.judges.llm.settings import JudgeSettings
from tests.live.weights import Weights

CONTEXT = 8192
"""Tokens: instructions, rubric, a long answer, the reply and the repair turn, without examples."""

START_SECONDS = 120
ROOT = Path(__file__).parents[2]


class RealServer:
    """Runs from `with` on, in a process of its own."""

    def __init__(self, weights: Weights, *, context: int = CONTEXT) -> None:
        self.weights = weights
        self._context = context

    def __enter__(self) -> Self:
        model = self.weights.file()
        self._log = tempfile.TemporaryFile()
        command = [sys.executable, "-m", "tests.live.llama", str(model), str(self._context)]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log
        )
        try:
            self.base_url = f"{self._address()}/v1"
            self._wait_until_healthy()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()

    def settings(self, **changes: Any) -> JudgeSettings:
        """Settings for this server: one call at a time, no examples, short replies."""
        known: dict[str, Any] = {
            "base_url": self.base_url,
            "model": self.weights.name,
            "timeout": 240,
            "concurrency": 1,
            "examples": 0,
            "max_output_tokens": 600,
        }
        return JudgeSettings.model_validate({**known, **changes})

    def _address(self) -> str:
        stdout = self._process.stdout
        assert stdout is not None
        ready, _, _ = select.select([stdout], [], [], START_SECONDS)
        line = stdout.readline().decode().strip() if ready else ""
        assert line.startswith("http://127.0.0.1:"), f"the server did not start: {self._told()}"
        return line

    def _wait_until_healthy(self) -> None:
        address = self.base_url.removesuffix("/v1") + "/health"
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                with urllib.request.urlopen(address, timeout=5) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                assert time.monotonic() < until, f"the server is not well: {self._told()}"
                time.sleep(0.1)

    def _told(self) -> str:
        self._log.seek(0)
        return self._log.read()[-2000:].decode(errors="replace")
