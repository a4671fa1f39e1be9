"""What a long run shows on standard error: how far it is, and what it costs."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graders.judges.base import Judge
    from graders.judges.llm.estimate import Estimate

PATIENCE = 2.0
"""Seconds until a progress bar appears."""


class Bar:
    """A progress bar that appears when the run takes longer than people wait.

    Args:
        title: What is being done.
        total: Steps in all, or `None` if that is not known.
    """

    def __init__(self, title: str, total: int | None) -> None:
        self._title, self._total = title, total
        self._started = time.monotonic()
        self._done = 0
        self._progress: Any = None

    def step(self) -> None:
        """One more is done."""
        self._done += 1
        if self._progress is None:
            if not sys.stderr.isatty() or time.monotonic() - self._started < PATIENCE:
                return
            self._show()
        self._progress.update(self._task, completed=self._done)

    def close(self) -> None:
        """Take the bar away."""
        if self._progress is not None:
            self._progress.stop()

    def _show(self) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
            TimeElapsedColumn(), TimeRemainingColumn(), console=Console(stderr=True),
            transient=True,
        )  # fmt: skip
        self._task = self._progress.add_task(self._title, total=self._total)
        self._progress.start()


@contextmanager
def counted(
    judge: Judge, foreseen: Estimate | None, *, folder: Path | None = None
) -> Iterator[None]:
    """Tell what *judge* used in the block, and keep it beside what was *foreseen*.

    Also if the block is left by an error or by Ctrl-C: what was used was used. Judges that cost
    nothing are not told of.

    Args:
        judge: Who is asked in the block.
        foreseen: What it was expected to use; told of at once.
        folder: Where the record of the run goes; beside the kept verdicts if not given.
    """
    if judge.name == "embedded":  # the rest need not be imported
        yield
        return
    from graders.judges.llm.estimate import keep_run, runs_folder, spent

    before, started = spent(judge), time.monotonic()
    if foreseen is not None:
        print(f"seniorkit: estimate: {foreseen}", file=sys.stderr)
    try:
        yield
    finally:
        after = spent(judge)
        if before is not None and after is not None:
            used = after.since(before)
            seconds = time.monotonic() - started
            kept_in = folder or runs_folder(judge)
            path = keep_run(kept_in, judge, foreseen=foreseen, used=used, seconds=seconds)
            print(f"seniorkit: used: {used} ({path})", file=sys.stderr)
