"""Puts canaries around the tests of a running notebook, and asks the hidden checks at its end."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from nbformat.notebooknode import NotebookNode
from nbgrader import utils

from graders.checks import Observation, Probe
from graders.preprocessors.asking import Asker
from graders.preprocessors.canaries import Canaries
from graders.preprocessors.mutants import defined, used

BETWEEN = 0.2
"""How often the kernel is tried between two tests, when only tests have run since."""


class WatchedTests:
    """Watches over one notebook from its first cell to its last.

    Canaries are counted by the kernel like cells; the numbers of the notebook's own cells are put
    right, so that they are what they would be without.

    Args:
        nb: The notebook, its marks as they were released.
        manager: The manager of its kernel, in which nothing has run yet.
        client: Its client.
        timeout: Seconds that one request may take.
        stub_names: Gives the names that the released notebook defines, if they are needed.
    """

    def __init__(
        self, nb: NotebookNode, manager: Any, client: Any, timeout: float,
        stub_names: Callable[[], set[str]],
    ) -> None:  # fmt: skip
        self._asker = Asker(manager, client, timeout)
        self._canaries = Canaries(self._asker.ask, stub_names)
        self._tests = [cell for cell in nb.cells if is_test(cell)]
        self._left = len(self._tests)
        self._new_names: set[str] = set()
        self._known = self._unwatched = False
        self._chance = secrets.SystemRandom()

    @property
    def reasons(self) -> list[str]:
        """Why the notebook's tests cannot be believed; empty if they can."""
        return list(self._canaries.reasons)

    @property
    def unanswered(self) -> bool:
        """Whether the kernel was too slow to be tried, so that nobody knows."""
        return self._canaries.unanswered

    def before(self, cell: NotebookNode) -> None:
        """Try the kernel: before a test, and before the learner's code has it."""
        if cell.cell_type != "code" or not self._left:
            return
        if not utils.is_locked(cell) and (self._new_names or not self._known):
            self._learn()
        if is_test(cell) and (self._unwatched or self._chance.random() < BETWEEN):
            if not self._known:
                self._learn()
            self._canaries.before(cell.source)
            self._unwatched = False

    def _learn(self) -> None:
        self._canaries.learn(self._new_names)
        self._new_names, self._known = set(), True

    def after(self, cell: NotebookNode) -> None:
        """Take note of what has just run."""
        if cell.cell_type != "code":
            return
        _count_down(cell, self._asker.requests)
        if is_test(cell):
            self._left -= 1
            shown = sum(output.output_type == "execute_result" for output in cell.outputs)
            self._canaries.judge_results(cell.source, shown)
        elif utils.is_locked(cell):
            self._new_names |= defined(cell.source)
            # What the tests use may use more: functions of libraries, which can be replaced.
            self._canaries.given |= {name for name in used(cell.source) if "." in name}
        else:
            self._unwatched = True

    def finish(self, probes: tuple[Probe, ...]) -> list[Observation]:
        """Try the kernel once more, then ask what the hidden checks want to know."""
        if self._tests:
            self._canaries.after_last([cell.source for cell in self._tests])
        observed = self._asker.observe(probes)
        if not self.unanswered:
            return observed
        # Where not even canaries are answered in time, being late says nothing about an answer.
        return [
            one.model_copy(update={"kind": "gone"}) if one.kind == "late" else one
            for one in observed
        ]


def is_test(cell: NotebookNode) -> bool:
    """Whether *cell* holds the instructor's tests."""
    return bool(
        cell.cell_type == "code"
        and cell.source.strip()
        and utils.is_grade(cell)
        and not utils.is_solution(cell)
    )


def _count_down(cell: NotebookNode, requests: int) -> None:
    """Take our own *requests* out of the numbers that the kernel gave to *cell*."""
    for counted in (cell, *cell.outputs):
        count = counted.get("execution_count")
        if isinstance(count, int):
            counted["execution_count"] = max(1, count - requests)
