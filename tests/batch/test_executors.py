"""Worker processes, however they are called for."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from graders.batch import executors, grade_assignment
from graders.batch.executors import STARTS, GivenExecutor, LocalExecutor, executed
from graders.batch.measure.course import ASSIGNMENT, build
from graders.batch.packing import pack_course
from graders.course import open_course
from graders.errors import StoreError

SCRIPT = """
import pathlib, sys
print("begun")
from graders.batch import grade_assignment
print(len(grade_assignment(pathlib.Path(sys.argv[1]), sys.argv[2], workers=2, trust=True).graded))
"""


def test_a_script_needs_no_guard_around_its_main_part(tmp_path: Path) -> None:
    """As `multiprocessing` asks for one, each worker would run the script once more."""
    course = build(tmp_path / "course", 4)
    script = tmp_path / "grade.py"
    script.write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, str(script), str(course), ASSIGNMENT],
        capture_output=True, text=True, timeout=200,
    )  # fmt: skip
    assert done.stdout.split() == ["begun", "4"], done.stderr[-2000:]


def test_kernels_import_ahead_what_the_masters_import(tmp_path: Path) -> None:
    course = open_course(build(tmp_path / "course", 0))
    master = course.source(ASSIGNMENT) / "code.ipynb"

    def preloaded(source: str) -> set[str]:
        notebook = nbformat.read(master, as_version=4)
        cells = [*notebook.cells, new_code_cell(source)]
        nbformat.write(new_notebook(cells=cells, metadata=notebook.metadata), master)
        pack = pack_course(course, ASSIGNMENT)
        return set(pack.config["SeniorkitProvisioner"]["preload"])

    bare = preloaded("# pandas is not needed")
    assert "stack_data" in bare and not bare & {"numpy", "pandas", "matplotlib.pyplot"}
    assert preloaded("%matplotlib inline\nfrom pandas import Series") - bare == {"numpy", "pandas"}


def test_what_the_course_says_of_preloading_stands(tmp_path: Path) -> None:
    said = "c = get_config()\nc.SeniorkitProvisioner.preload = ['fractions']\n"
    course = open_course(build(tmp_path / "course", 0, imports="import pandas", config=said))
    pack = pack_course(course, ASSIGNMENT)
    assert pack.config["SeniorkitProvisioner"]["preload"] == ["fractions"]


class FallingPool(ProcessPoolExecutor):
    """A pool whose workers are killed while it is being made, or that can start none."""

    falls = 0
    """How many of the next pools fall."""

    refusal: OSError | None = None
    """What starting a process raises there; without it, real processes are killed."""

    made = 0

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        kind = type(self)
        kind.made += 1
        self._falls, kind.falls = kind.falls > 0, kind.falls - 1

    def submit(self, function: Any, /, *arguments: Any, **named: Any) -> Future[Any]:
        if self._falls and self.refusal is not None:
            raise self.refusal
        future = super().submit(function, *arguments, **named)
        if self._falls:
            for process in list((self._processes or {}).values()):
                process.kill()
            assert isinstance(future.exception(60), BrokenProcessPool)
        return future


@pytest.fixture
def pools(monkeypatch: pytest.MonkeyPatch) -> type[FallingPool]:
    """Pools of small workers, in the place of those that grade."""
    kind = type("Pool", (FallingPool,), {})
    monkeypatch.setattr(executors, "ProcessPoolExecutor", kind)
    monkeypatch.setattr(executors, "_begin", begin)
    monkeypatch.setattr(executors, "_run_here", work)
    return kind


def begin(pack: bytes) -> None:
    """Stands in for what a worker does first."""


def work(task: bytes) -> bytes:
    """Stands in for grading; one task kills its worker."""
    if task == b"deadly":
        os.kill(os.getpid(), signal.SIGKILL)
    return task


def run(*tasks: bytes) -> dict[bytes, bytes | str]:
    executor = LocalExecutor(b"", 2)
    try:
        return dict(executed(tasks, executor, bytes))
    finally:
        executor.close()


REFUSALS = [None, BlockingIOError(errno.EAGAIN, "no more processes")]
TASKS = [b"task %d" % number for number in range(6)]


@pytest.mark.parametrize("refusal", REFUSALS, ids=["killed", "refused"])
@pytest.mark.parametrize("falls", [1, STARTS - 1])
def test_workers_that_end_while_they_start_are_replaced(
    pools: type[FallingPool], falls: int, refusal: OSError | None
) -> None:
    pools.falls, pools.refusal = falls, refusal
    assert run(*TASKS) == {task: task for task in TASKS}
    assert pools.made == falls + 1


@pytest.mark.parametrize("refusal", REFUSALS, ids=["killed", "refused"])
def test_where_no_worker_can_start_one_sentence_says_so(
    pools: type[FallingPool], refusal: OSError | None
) -> None:
    pools.falls, pools.refusal = 100, refusal
    with pytest.raises(StoreError, match=r"while they are being started.*[Ff]ree some memory"):
        run(*TASKS)
    assert pools.made == STARTS


def test_a_task_that_kills_its_worker_is_no_fault_of_starting(pools: type[FallingPool]) -> None:
    """More of them than workers may fail to start in a row; and after one, a pool falls as well."""
    deadly = [b"deadly"] * (STARTS + 1)
    jobs = [[task] for task in (*deadly, *TASKS)]
    executor = LocalExecutor(b"", 2)
    pools.falls = 1
    try:
        done = [(job[0], result) for job, result in executed(jobs, executor, lambda job: job[0])]
    finally:
        executor.close()
    assert sorted(task for task, result in done if task == result) == TASKS
    given_up = [str(result) for task, result in done if task != result]
    assert len(given_up) == len(deadly) and all("run again" in why for why in given_up)


def test_a_pool_of_the_callers_own_that_is_broken_ends_in_words() -> None:
    with ProcessPoolExecutor(1, mp_context=executors.context()) as pool:
        assert isinstance(pool.submit(os._exit, 1).exception(60), BrokenProcessPool)
        done = dict(executed(TASKS, GivenExecutor(b"", pool, 2), bytes))
    assert done.keys() == set(TASKS)
    assert all("run again" in str(why) for why in done.values())


def test_a_run_whose_workers_ended_while_starting_is_finished_by_the_same_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = type("Pool", (FallingPool,), {"falls": 100})
    course = build(tmp_path / "course", 2)
    with monkeypatch.context() as changed:
        changed.setattr(executors, "ProcessPoolExecutor", kind)
        with pytest.raises(StoreError, match="the same command does the rest"):
            grade_assignment(course, ASSIGNMENT, trust=True)
    assert len(grade_assignment(course, ASSIGNMENT, trust=True).graded) == 2
