"""The example of `deploy/dask`: workers as jobs, encrypted, with the commands that it prints."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from graders.batch.measure.course import ASSIGNMENT, build

SCRIPT = Path(__file__).parents[2] / "deploy" / "dask" / "jobqueue.py"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_the_printed_commands_grade_on_a_cluster_of_jobs(tmp_path: Path) -> None:
    course = build(tmp_path / "course", 2)
    shared = tmp_path / "shared"
    shared.mkdir()
    told = tmp_path / "told.txt"
    with told.open("w") as out, (tmp_path / "log.txt").open("w") as log:
        cluster = subprocess.Popen(
            [sys.executable, str(SCRIPT), "local", "--jobs", "2", "--shared", str(shared)],
            stdout=out, stderr=log, cwd=tmp_path,
        )  # fmt: skip
    try:
        end = time.monotonic() + 90
        while "--scheduler" not in told.read_text():
            assert time.monotonic() < end and cluster.poll() is None, (
                tmp_path / "log.txt"
            ).read_text()[-2000:]
            time.sleep(0.1)
        settings = dict(re.findall(r"export (\w+)=(.+)", told.read_text()))
        for path in settings.values():
            assert Path(path).stat().st_mode & 0o077 == 0
        address = told.read_text().split()[-1]
        assert address.startswith("tls://")

        def grade(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
            command = [sys.executable, "-c", "from graders.cli import main; main()", "grade"]
            options = ["--course", str(course), "--scheduler", address, "--json"]
            return subprocess.run(
                [*command, ASSIGNMENT, *options], env=os.environ | environment, cwd=tmp_path,
                capture_output=True, text=True, timeout=200,
            )  # fmt: skip

        stranger = grade({})
        assert stranger.returncode == 2 and "certificates" in stranger.stderr
        graded = grade(settings)
        assert len(json.loads(graded.stdout)["outcome"]["graded"]) == 2, graded.stderr[-2000:]
    finally:
        cluster.send_signal(signal.SIGINT)
        cluster.wait(60)
    assert not list(shared.iterdir())
