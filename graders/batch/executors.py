"""Where tasks run: in processes of this machine, or on a Dask cluster.

Both look the same from outside: bytes go in, a future of bytes comes out. A worker that dies
takes its task along; `executed` hands it to another one.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent import futures
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing import connection
from types import ModuleType
from typing import Any, Generic, Protocol, TypeVar

from graders.errors import SeniorkitError, StoreError

Job = TypeVar("Job")
Done = TypeVar("Done")

ATTEMPTS = 3
"""How often a task may take its worker along until it is given up."""

STARTS = 3
"""How often in a row workers may end before one of them has begun, until the run is given up."""

PRELOADED = ["graders.batch.worker", "graders.preprocessors"]
"""What each worker process needs; imported once, in the server that all are forked from."""


class Executor(Protocol):
    """What the engine needs of whatever runs tasks."""

    @property
    def window(self) -> int:
        """Tasks that are best under way at a time."""

    def submit(self, task: bytes) -> Future[bytes]:
        """Begin with an encoded `Task`; the future holds an encoded `Result`."""

    def mend(self) -> None:
        """Replace what is broken, after a worker has died."""

    def close(self) -> None:
        """End all workers; what is under way is given up."""


class LocalExecutor:
    """Worker processes on this machine.

    Args:
        pack: An encoded `CoursePack`.
        workers: How many submissions are graded at a time.
    """

    def __init__(self, pack: bytes, workers: int) -> None:
        self._pack = pack
        self._workers = workers
        self._in_vain = 0
        self._begun: list[Future[int]] = []
        self._pool = self._new()

    @property
    def window(self) -> int:
        """One more for each worker, so that none waits for the next."""
        return 2 * self._workers

    def submit(self, task: bytes) -> Future[bytes]:
        """Begin with an encoded `Task`.

        Raises:
            BrokenProcessPool: If a worker has died, or cannot be started.
        """
        return _submitted(self._pool, _run_here, task)

    def mend(self) -> None:
        """Start new processes in the place of all, since a dead one stops the others, too.

        Raises:
            StoreError: If time and again they ended before one of them had begun: then it is not
                what they were given to do that ends them.
        """
        began = any(one.done() and one.exception() is None for one in self._begun)
        self.close()
        self._in_vain = 0 if began else self._in_vain + 1
        if self._in_vain == STARTS:
            raise StoreError(
                "the worker processes end while they are being started",
                fix="Free some memory or take fewer workers; the same command does the rest",
            )
        self._pool = self._new()

    def close(self) -> None:
        """End all processes at once."""
        processes = list((self._pool._processes or {}).values())
        self._pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()
        for process in processes:
            process.join(5)

    def _new(self) -> ProcessPoolExecutor:
        pool = ProcessPoolExecutor(
            self._workers, mp_context=context(), initializer=_begin, initargs=(self._pack,)
        )
        self._begun = []
        # If one dies meanwhile, the first task hears of it, and `mend` counts it.
        with suppress(BrokenProcessPool):
            for _ in range(self._workers):
                # Starts one process each, while other things are done.
                self._begun.append(_submitted(pool, int))
        return pool


def _submitted(
    pool: ProcessPoolExecutor, function: Callable[..., Done], *arguments: bytes
) -> Future[Done]:
    """Begin with a call in *pool*.

    Raises:
        BrokenProcessPool: If a worker has died, or cannot be started.
    """
    try:
        with _main_unseen():  # it may start one more process
            return pool.submit(function, *arguments)
    except (OSError, EOFError) as error:
        # Of the machine, and not of the submission at hand.
        raise BrokenProcessPool(f"no worker can be started ({error})") from error


class GivenExecutor:
    """Any `concurrent.futures.Executor` of the caller's own; it stays open.

    Args:
        pack: An encoded `CoursePack`.
        executor: Where tasks run. In one process they run one after the other.
        window: Tasks that are best under way at a time.
    """

    def __init__(self, pack: bytes, executor: futures.Executor, window: int) -> None:
        self._pack = pack
        self._executor = executor
        self.window = window

    def submit(self, task: bytes) -> Future[bytes]:
        """Begin with an encoded `Task`."""
        return self._executor.submit(run, self._pack, task)

    def mend(self) -> None:
        """Nothing can be done from here."""

    def close(self) -> None:
        """Leave it to its owner."""


def run(pack: bytes, task: bytes) -> bytes:
    """Grade one submission in this process: see `worker.run`, which is imported only now."""
    from graders.batch import worker

    return worker.run(pack, task)


def context() -> Any:
    """How workers are started: from a server that has imported everything once, if there is one.

    Plain forking is out of the question, because this may run in a kernel with threads and sockets.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(PRELOADED)
    return found


def start_early() -> None:
    """Let the server of the worker processes import what they need while other things are done.

    Whoever is going to grade calls it first of all: importing the engine takes as long.
    """
    if "forkserver" in multiprocessing.get_all_start_methods():
        from multiprocessing import forkserver, resource_tracker

        context()
        resource_tracker.ensure_running()  # its start would let the signal through again
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # inherited
        try:
            with _main_unseen():
                forkserver.ensure_running()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _main_unseen() -> Iterator[None]:
    """Keep new processes from running the caller's script once more.

    `multiprocessing` does that for functions that the script defines; a worker needs none.
    """
    seen = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = seen


_pack_here = b""


def _begin(pack: bytes) -> None:
    global _pack_here
    _pack_here = pack
    # The controller hears it, and ends its workers. (Ignored it would be in kernels, too.)
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    signal.signal(signal.SIGTERM, lambda *_: _end())
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        # The controller may end by `kill -9`: nothing may go on without it.
        connection.wait([parent.sentinel])
        _end()

    threading.Thread(target=watch, daemon=True).start()
    # A first try: what is wrong here is told by the first task that meets it.
    with suppress(Exception):
        from graders.batch.worker import prepare

        prepare(pack)


def _end() -> None:
    """End this worker process, wherever it is; its private course goes with it."""
    from graders.batch.worker import close

    close()
    os._exit(1)


def _run_here(task: bytes) -> bytes:
    return run(_pack_here, task)


def executed(
    jobs: Iterable[Job], executor: Executor, load: Callable[[Job], bytes]
) -> Iterator[tuple[Job, bytes | str]]:
    """Run all *jobs*; yields each with its encoded result, or why there is none, as they end.

    Submissions are read one by one as there is room. After a worker has died, those that were
    under way are run one at a time, so that the one that kills its worker takes no other along.

    Args:
        jobs: What to do.
        executor: Where.
        load: Makes the encoded task of a job.
    """
    under_way = _UnderWay(iter(jobs), executor, load)
    while True:
        yield from under_way.fill()
        if not under_way.waiting:
            return
        yield from under_way.ended()


class _UnderWay(Generic[Job]):
    """The tasks that are with an executor, and those that lost their worker."""

    def __init__(
        self, coming: Iterator[Job], executor: Executor, load: Callable[[Job], bytes]
    ) -> None:
        self._coming = coming
        self._executor = executor
        self._load = load
        self._suspects: deque[Job] = deque()
        self._attempts: dict[int, int] = {}
        self.waiting: dict[Future[bytes], Job] = {}

    def fill(self) -> Iterator[tuple[Job, str]]:
        """Begin with as many as there is room for; yields those that cannot be read, or begun."""
        while len(self.waiting) < self._room():
            job = self._next()
            if job is None:
                return
            try:
                self.waiting[self._executor.submit(self._load(job))] = job
            except (SeniorkitError, OSError) as unreadable:
                yield job, str(unreadable)
            except BrokenProcessPool as broken:
                if self.waiting:
                    # What is under way has something to tell first.
                    self._suspects.append(job)
                    return
                self._executor.mend()
                yield from self._again([(job, broken)])

    def ended(self) -> Iterator[tuple[Job, bytes | str]]:
        """Wait until at least one has ended; yields those that are done, or given up."""
        lost: list[tuple[Job, BaseException]] = []
        for future in wait(self.waiting, return_when=FIRST_COMPLETED).done:
            job, error = self.waiting.pop(future), future.exception()
            if error is None:
                self._attempts.pop(id(job), None)
                yield job, future.result()
            else:
                lost.append((job, error))
        if any(isinstance(error, BrokenProcessPool) for _, error in lost):
            # The dead process takes the whole pool along, and what the others were at.
            lost += [(job, BrokenProcessPool()) for job in self.waiting.values()]
            self.waiting.clear()
            self._executor.mend()
        yield from self._again(lost)

    def _again(self, lost: list[tuple[Job, BaseException]]) -> Iterator[tuple[Job, str]]:
        """Put the *lost* down for another try; yields those that are given up."""
        for job, error in lost:
            self._attempts[id(job)] = self._attempts.get(id(job), 0) + 1
            if self._attempts[id(job)] < ATTEMPTS:
                self._suspects.append(job)
            else:
                yield job, _why(error)

    def _room(self) -> int:
        alone = self._suspects or any(id(job) in self._attempts for job in self.waiting.values())
        return 1 if alone else self._executor.window

    def _next(self) -> Job | None:
        if self._suspects:
            return self._suspects.popleft()
        return next(self._coming, None)


def _why(error: BaseException) -> str:
    kind = type(error).__name__
    if isinstance(error, BrokenProcessPool) or kind in ("KilledWorker", "CancelledError"):
        return "the grading process was ended from outside, several times; run again"
    return f"{kind}: {error}"[:500]
