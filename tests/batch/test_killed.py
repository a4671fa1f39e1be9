"""Whatever ends a run, and whenever: the next one ends with the gradebook of an undisturbed run."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from graders.batch import grade_assignment
from graders.course import check_assignment, open_course
from graders.gradebook import audit
from tests.batch.dump import everything
from tests.batch.test_engine import RUBRIC, _course, _hand_in, _mark

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

ROOT = Path(__file__).parents[2]
LEARNERS = 8
KILLS = range(16)


class Nursery:
    """Starts runs in a process beside this one, and kills them."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.batch.nursery"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )  # fmt: skip
        assert self._read() == "ready"

    def start(self, course: Path, assignment: str, **more: Any) -> int:
        run = {"root": str(course), "assignment": assignment, "calls": str(course / "calls")}
        self._write(json.dumps(run | more))
        return int(self._read())

    def wait(self) -> int:
        self._write("wait")
        return int(self._read())

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def _write(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    running = Nursery()
    yield running
    running.close()


@pytest.fixture(scope="module")
def essays(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course of one essay, which nobody has to run code for."""
    course = tmp_path_factory.mktemp("essays") / "course"
    (course / "source" / "hw").mkdir(parents=True)
    cell = new_markdown_cell("The master's answer.", metadata=_mark("essay", solution=True))
    nbformat.write(new_notebook(cells=[cell]), course / "source" / "hw" / "hw.ipynb")
    (course / "source" / "hw" / "hw.rubric.yaml").write_text(RUBRIC)
    shutil.copy(ROOT / "nbgrader_config.py", course)
    opened = open_course(course)
    check_assignment(opened, "hw")
    for number in range(LEARNERS):
        folder = opened.folder("submitted", f"learner-{number}", "hw")
        folder.mkdir(parents=True)
        notebook = nbformat.read(opened.folder("release", ".", "hw") / "hw.ipynb", as_version=4)
        # Two of them wrote the same.
        essay = f"I would use cache-aside, since reads are {max(number, 1)}0 times the writes here."
        notebook.cells[0].source = essay
        nbformat.write(notebook, folder / "hw.ipynb")
    return course


@pytest.fixture(scope="module")
def undisturbed(essays: Path, nursery: Nursery) -> tuple[Path, float]:
    """The course after a run that nothing disturbed, and how long it took."""
    course = essays.parent / "undisturbed"
    shutil.copytree(essays, course)
    started = time.monotonic()
    nursery.start(course, "hw")
    assert nursery.wait() == 0
    return course, time.monotonic() - started


@pytest.fixture(scope="module")
def statuses() -> list[int]:
    """The exit statuses of the runs that were to be killed as a whole, so far."""
    return []


def calls(course: Path) -> list[tuple[str, str]]:
    lines = (course / "calls").read_text().splitlines() if (course / "calls").exists() else []
    return [tuple(json.loads(line)) for line in lines if line.endswith("]")]


def files(course: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(course)): path.read_bytes()
        for path in (course / "autograded").rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("seed", KILLS)
def test_a_controller_killed_at_any_moment(
    seed: int,
    essays: Path,
    undisturbed: tuple[Path, float],
    nursery: Nursery,
    statuses: list[int],
    tmp_path: Path,
) -> None:
    whole, seconds = undisturbed
    course = tmp_path / "course"
    shutil.copytree(essays, course)
    chance = random.Random(seed)
    under_way = set()
    for _ in range(2):
        child = nursery.start(course, "hw")
        time.sleep(chance.uniform(0.05, seconds))
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        statuses.append(nursery.wait())
        under_way |= {text for _, text in calls(course)[-2:]}
    nursery.start(course, "hw")
    assert nursery.wait() == 0
    assert everything(course) == everything(whole)
    assert files(course) == files(whole)
    asked = Counter(text for what, text in calls(course) if what == "asked")
    # Only what a judge was just saying when it was killed may have to be asked once more.
    assert {text for text, count in asked.items() if count > 1} <= under_way


def test_controllers_were_killed_before_their_end(statuses: list[int]) -> None:
    if len(statuses) < 2 * len(KILLS):
        pytest.skip("only some of the runs were made")
    assert statuses.count(-signal.SIGKILL) >= len(KILLS) / 2


def test_the_same_words_are_judged_once(undisturbed: tuple[Path, float]) -> None:
    asked = [text for what, text in calls(undisturbed[0]) if what == "asked"]
    assert len(asked) == len(set(asked)) == LEARNERS - 1


@pytest.mark.parametrize("seed", range(4))
def test_workers_killed_at_any_moment(seed: int, nursery: Nursery, tmp_path: Path) -> None:
    course = _course(tmp_path / "course", rubric=RUBRIC)
    for number in range(6):
        _hand_in(
            course, f"learner-{number}", code=f"def double(x):\n    return 2 * x + 0 * {number}"
        )
    whole = tmp_path / "whole"
    shutil.copytree(course, whole)
    child = nursery.start(whole, "hw", inside=False)
    _wait_for_workers(child)
    started = time.monotonic()
    assert nursery.wait() == 0
    seconds = time.monotonic() - started
    chance = random.Random(seed)
    child = nursery.start(course, "hw", inside=False)
    _wait_for_workers(child)
    # This run may be quicker than the other was.
    time.sleep(chance.uniform(0, seconds / 2))
    os.kill(chance.choice(_workers(child)), signal.SIGKILL)
    if nursery.wait() != 0:
        nursery.start(course, "hw", inside=False)
        assert nursery.wait() == 0
    assert everything(course) == everything(whole)


def _wait_for_workers(controller: int) -> None:
    until = time.monotonic() + 60
    while not _workers(controller):
        assert time.monotonic() < until
        time.sleep(0.01)


def _workers(controller: int) -> list[int]:
    """The processes below a controller's fork server."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError):
            parent = int(path.read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(path.parent.name))
    return [
        grandchild
        for child in children.get(controller, [])
        for grandchild in children.get(child, [])
    ]


def test_a_clock_that_jumps(
    essays: Path, undisturbed: tuple[Path, float], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.batch.nursery import AtOnce, CountingJudge

    course = tmp_path / "course"
    shutil.copytree(essays, course)
    monkeypatch.setenv("CALLS", str(course / "calls"))
    shift = timedelta()

    class Jumping(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return super().now(tz) + shift

    monkeypatch.setattr(audit, "datetime", Jumping)

    def jump(done: int, total: int, what: str) -> None:
        nonlocal shift
        shift = timedelta(days=-done if done % 2 else 365 * done)

    outcome = grade_assignment(
        course, "hw", judge=CountingJudge(), executor=AtOnce(), progress=jump
    )
    assert len(outcome.graded) == LEARNERS
    moments = [
        datetime.fromisoformat(line.at) for line in audit.read(open_course(course).db_url, "hw")
    ]
    steps = [later - earlier for earlier, later in pairwise(moments)]
    assert min(steps) < timedelta(days=-365), "back"
    assert max(steps) > timedelta(days=365), "ahead"
    assert everything(course) == everything(undisturbed[0])
    assert grade_assignment(course, "hw", judge=CountingJudge()).unchanged == outcome.graded
