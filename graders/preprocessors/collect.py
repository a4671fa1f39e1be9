"""Brings every free-text answer into its cell, wherever the learner left it."""

from __future__ import annotations

import re
from pathlib import Path

from nbformat.notebooknode import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from graders.answers import SIDECAR, AnswersFile, SavedAnswer
from graders.errors import AnswersError
from graders.gradebook import CourseGradebook
from graders.preprocessors.common import (
    NOTE,
    Resources,
    grade_id_of,
    new_note,
    questions_of,
    same_text,
)

MISSING_FROM_RELEASE = "a cell that the released notebook does not have"


class CollectAnswers(NbGraderPreprocessor):  # type: ignore[misc]
    """Bring every free-text answer into its cell, before nbgrader looks at the cells.

    Handles the sidecar of the widgets, deleted and duplicated answer cells, and text that the
    learner typed into a cell of their own. What was done is noted in the notebook's metadata.
    """

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Collect the answers of one submitted notebook."""
        # Whatever the learner planted there is not ours.
        nb.metadata[NOTE] = new_note()
        questions = questions_of(self, resources)
        repeated = _unmark_repeated(nb, keep=set(questions))
        nb.metadata[NOTE].remarks += [
            f"the cell {name!r} exists more than once" for name in repeated
        ]
        if not questions:
            return nb, resources
        saved = self._sidecar(nb, resources)
        names = resources["nbgrader"]
        with CourseGradebook(names["db_url"]) as gradebook:
            for grade_id in questions:
                stub = gradebook.source_of(names["assignment"], names["notebook"], grade_id)
                if stub is None:
                    nb.metadata[NOTE].remarks.append(f"{grade_id}: {MISSING_FROM_RELEASE}")
                    continue
                nb.metadata[NOTE].flags[grade_id] = _collect(nb, grade_id, stub, saved)
        return nb, resources

    def _sidecar(self, nb: NotebookNode, resources: Resources) -> dict[str, SavedAnswer]:
        folder = resources.get("metadata", {}).get("path") or "."
        try:
            return AnswersFile(Path(folder) / SIDECAR).read()
        except AnswersError as error:
            nb.metadata[NOTE].remarks.append(f"{SIDECAR} could not be read: {error.what}")
            return {}


def _unmark_repeated(nb: NotebookNode, keep: set[str]) -> list[str]:
    """Take nbgrader's mark off all but the last cell of each id; return the ids, but for *keep*.

    nbgrader leaves an empty mark on such cells and then fails on it when it looks for missing
    cells; answers in *keep* are handled by `_collect`.
    """
    seen: set[str] = set()
    repeated: list[str] = []
    for cell in reversed(nb.cells):
        grade_id = grade_id_of(cell)
        if grade_id is None:
            cell.metadata.pop("nbgrader", None)
        elif grade_id not in seen or grade_id in keep:
            seen.add(grade_id)
        else:
            repeated.append(grade_id)
            del cell.metadata["nbgrader"]
    return sorted(set(repeated))


def _collect(
    nb: NotebookNode, grade_id: str, stub: str, saved: dict[str, SavedAnswer]
) -> list[str]:
    """Make one cell hold the answer of *grade_id*; return what was found on the way."""
    flags: list[str] = []
    cells = [cell for cell in nb.cells if grade_id_of(cell) == grade_id]
    if not cells:
        flags.append("cell_deleted")
        # The metadata is completed by nbgrader's OverwriteCells, from the gradebook.
        cells = [_new_answer_cell(grade_id, stub)]
        nb.cells.append(cells[0])
    if len(cells) > 1:
        flags.append("duplicated_cell")
    # nbgrader keeps the last of several cells with one id: let that one hold the answer.
    kept = cells[-1]
    for cell in reversed(cells):
        if not same_text(cell.source, stub) and cell.source.strip():
            kept.source = cell.source
            break
    for cell in cells[:-1]:
        del cell.metadata["nbgrader"]
    blank = not kept.source.strip() or same_text(kept.source, stub)
    boxed = saved[grade_id].text if grade_id in saved else ""
    if blank and boxed.strip():
        flags.append("from_widget")
        kept.source = boxed
    elif boxed.strip() and not same_text(boxed, kept.source):
        flags.append("both_places")
    elif blank:
        kept.source = stub
        if _own_text_below(nb, kept):
            flags.append("text_elsewhere")
    return flags


def _new_answer_cell(grade_id: str, stub: str) -> NotebookNode:
    return NotebookNode(
        cell_type="markdown",
        id=re.sub(r"[^a-zA-Z0-9_-]", "-", grade_id)[:60] or "answer",
        source=stub,
        metadata=NotebookNode(
            nbgrader=NotebookNode(
                grade=True, grade_id=grade_id, locked=False, points=0, schema_version=3,
                solution=True, task=False, cell_type="markdown",
            )
        ),
    )  # fmt: skip


def _own_text_below(nb: NotebookNode, cell: NotebookNode) -> bool:
    """Whether the learner wrote prose in own cells right below *cell*."""
    position = nb.cells.index(cell)
    words = 0
    for follower in nb.cells[position + 1 :]:
        if grade_id_of(follower) is not None or follower.cell_type == "code":
            break
        words += len(follower.source.split())
    return words >= 20
