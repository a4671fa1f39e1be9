"""A real Dask cluster: a scheduler and two workers, one of which is killed in the middle."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from graders.batch import grade_assignment
from graders.errors import UsageError
from tests.batch.dump import everything
from tests.batch.test_engine import RUBRIC, _course, _hand_in

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@dataclass
class Cluster:
    """A scheduler with its workers, each a process in a folder of its own."""

    address: str
    workers: list[subprocess.Popen[bytes]]


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    told = tmp_path / "scheduler.json"
    common = {"env": {**os.environ, "SENIORKIT_PROGRESS": str(tmp_path / "none.sqlite3")}}
    log = (tmp_path / "cluster.log").open("wb")
    running: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str, folder: Path) -> subprocess.Popen[bytes]:
        folder.mkdir()
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments], cwd=folder, stdout=log, stderr=log,
            start_new_session=True, **common,
        )  # fmt: skip
        running.append(process)
        return process

    start(
        "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0",
        "--no-dashboard", "--scheduler-file", str(told), folder=tmp_path / "scheduler",
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not told.exists() or not told.read_text():
        assert time.monotonic() < deadline, (tmp_path / "cluster.log").read_text()
        time.sleep(0.1)
    address = json.loads(told.read_text())["address"]
    workers = [
        start(
            "distributed.cli.dask_worker", address, "--nthreads", "1", "--nworkers", "1",
            "--no-dashboard", "--no-nanny", folder=tmp_path / f"worker-{number}",
        )
        for number in range(2)
    ]  # fmt: skip
    yield Cluster(address, workers)
    for process in reversed(running):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    log.close()


def test_all_are_graded_once_though_a_worker_is_killed(cluster: Cluster, tmp_path: Path) -> None:
    course = _course(tmp_path / "course", rubric=RUBRIC)
    (course / "secret.txt").write_text("The workers have no part in this folder.")
    learners = [f"learner-{number:02}" for number in range(10)]
    for learner in learners:
        _hand_in(course, learner)
    reported: list[str] = []

    def told(done: int, total: int, what: str) -> None:
        reported.append(what)
        if done == 2:
            os.killpg(cluster.workers[0].pid, signal.SIGKILL)

    outcome = grade_assignment(course, "hw", scheduler=cluster.address, progress=told)
    assert outcome.failed == {}
    assert outcome.graded == tuple(learners)
    assert sorted(reported) == [f"{learner}: graded" for learner in learners]
    assert cluster.workers[0].poll() is not None
    assert len(everything(course)["submitted_assignment"]) == len(learners)
    assert grade_assignment(course, "hw", scheduler=cluster.address).unchanged == outcome.graded


def test_no_scheduler_there_is_one_sentence(tmp_path: Path) -> None:
    course = _course(tmp_path / "course")
    _hand_in(course, "ada")
    with pytest.raises(UsageError, match="no scheduler answers"):
        grade_assignment(course, "hw", scheduler="tcp://127.0.0.1:1")
