"""Verdicts on the terminal while a language model is still writing."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

from graders.grading import grade
from graders.question import Question
from graders.score import Score, Verdict

if TYPE_CHECKING:
    from rich.table import Table

    from graders.judges.base import Judge


def grade_live(question: Question, answer: str, judge: Judge) -> Score:
    """Grade *answer*; on a terminal, show each verdict the moment it is there.

    What is shown is a preview on standard error, and is gone when the score is printed. Where
    there is nobody to see it, or nothing to show early, it is the same as `grade`.
    """
    if judge.name == "embedded" or not sys.stderr.isatty():
        return grade(question, answer, judge=judge)
    from rich.console import Console
    from rich.live import Live

    from graders.judges.llm.stream import streamed

    preview = Preview(question)
    with Live(
        get_renderable=preview.table,
        console=Console(stderr=True),
        refresh_per_second=4,
        transient=True,
    ):
        return grade(question, answer, judge=streamed(judge, preview.add))


class Preview:
    """The verdicts so far; filled from another thread."""

    def __init__(self, question: Question) -> None:
        self._question = question
        self._lock = threading.Lock()
        self._given: dict[str, Verdict] = {}

    def add(self, verdict: Verdict) -> None:
        """Take in one verdict."""
        with self._lock:
            self._given[verdict.criterion] = verdict

    def table(self) -> Table:
        """Criterion, level and reason, as far as they are known."""
        from rich.table import Table
        from rich.text import Text

        with self._lock:
            given = dict(self._given)
        done = f"{len(given)} of {len(self._question.criteria)}"
        table = Table(title=f"Reading the answer ({done})", title_justify="left", box=None)
        for name in ("criterion", "level", "reason"):
            table.add_column(name, no_wrap=name != "reason", max_width=70)
        for criterion in self._question.criteria:
            verdict = given.get(criterion.id)
            level = verdict.level.label if verdict and verdict.level is not None else "?"
            # As text and not as markup: a model may have been made to write anything.
            reason = Text(verdict.reason[:200]) if verdict else Text("")
            table.add_row(criterion.id, level if verdict else "...", reason)
        return table
