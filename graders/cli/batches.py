"""`seniorkit grade --batch-api`: what is handed in, what is awaited, what came back."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graders.judges.llm.batch_api import Advance
    from graders.judges.llm.batch_book import BatchBook
    from graders.judges.llm.estimate import Estimate
    from graders.judges.llm.judge import LlmJudge

SHOWN = 20
"""Failures that are listed."""


def verdicts_are_there(course: Path, assignment: str) -> bool:
    """Hand in what was never asked, fetch what is ready; whether nothing is awaited any more.

    Raises:
        UsageError: If verdicts are not kept, or another run is at work.
        JudgeError: If the server cannot be reached or refuses; nothing is lost then.
    """
    from graders.batch.answers import answers_in
    from graders.course import open_course
    from graders.judges.factory import judge_named
    from graders.judges.llm.batch_api import advance, readers
    from graders.judges.llm.batch_book import BatchBook, book_file

    runs = open_course(course).reports(assignment) / "runs"
    waiting = 0
    for judge, store in readers(judge_named("llm")):
        started = time.monotonic()
        book = BatchBook(book_file(store.path.parent, judge.settings.base_url))
        try:
            foreseen = _foresee(judge, course, assignment, book)
            stand = advance(judge, store, book, answers_in(course, assignment), told=_say)
        finally:
            book.close()
            judge.close()
        _tell(judge, stand, foreseen, runs, time.monotonic() - started)
        waiting += stand.waiting
    if waiting:
        _say(f"{waiting:,} answers are with the server. Run the same command again later.")
    return not waiting


def _foresee(judge: LlmJudge, course: Path, assignment: str, book: BatchBook) -> Estimate | None:
    """Say what the batch will cost, before it is handed in; `None` if nothing will be."""
    from graders.batch.answers import answers_in
    from graders.judges.llm.batch_api import is_new
    from graders.judges.llm.batch_files import DISCOUNT
    from graders.judges.llm.estimate import estimate

    pairs = answers_in(course, assignment)
    foreseen = estimate(judge, (pair for pair in pairs if is_new(book, judge.key(*pair))))
    if foreseen is None or not foreseen.calls:
        return None
    money = None if foreseen.money is None else foreseen.money * DISCOUNT
    reduced = replace(foreseen, money=money)
    _say(f"estimate: {reduced}")
    return reduced


def _tell(
    judge: LlmJudge, stand: Advance, foreseen: Estimate | None, runs: Path, seconds: float
) -> None:
    """Say what came back; keep what it cost, and what was foreseen when it was handed in."""
    from graders.judges.llm.estimate import Spent, keep_run, last_foreseen

    for why in list(stand.failed.values())[:SHOWN]:
        _say(f"for a person: {why}")
    if len(stand.failed) > SHOWN:
        _say(f"and {len(stand.failed) - SHOWN} more for a person")
    if stand.usage.calls or foreseen is not None:
        foreseen = foreseen or last_foreseen(runs, judge)
        used = Spent(stand.usage, stand.money, judge.settings.currency)
        path = keep_run(runs, judge, foreseen=foreseen, used=used, seconds=seconds)
        if stand.usage.calls:
            _say(f"used: {used} ({path})")


def _say(line: str) -> None:
    print(f"seniorkit: {line}", file=sys.stderr)
