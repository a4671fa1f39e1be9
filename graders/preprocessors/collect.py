"""Brings every free-text answer into its cell, wherever the learner left it."""

from __future__ import annotations

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
from graders.preprocessors.restore import restore_marks

MISSING_FROM_RELEASE = "a cell that the released notebook does not have"


class CollectAnswers(NbGraderPreprocessor):  # type: ignore[misc]
    """Bring every free-text answer into its cell, before nbgrader looks at the cells.

    Handles the sidecar of the widgets, deleted and duplicated answer cells, and text that the
    learner typed into a cell of their own. What was done is noted in the notebook's metadata.
    """

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Collect the answers of one submitted notebook."""
        # Whatever the learner planted there is not ours.
        note = nb.metadata[NOTE] = new_note()
        questions = questions_of(self, resources)
        names = resources["nbgrader"]
        with CourseGradebook(names["db_url"]) as gradebook:
            marks = gradebook.marks(names["assignment"], names["notebook"])
        foreign, deleted = restore_marks(nb, marks)
        if foreign:
            note.remarks.append(f"{foreign} cell(s) do not belong to this notebook")
        # Answers are told of by flags; see `_collect`.
        lost = [name for name in deleted if name not in questions]
        note.remarks += [f"the cell {name!r} had been deleted" for name in lost]
        repeated = _unmark_repeated(nb, keep=set(questions))
        note.remarks += [f"the cell {name!r} exists more than once" for name in repeated]
        saved, damaged = self._sidecar(nb, resources) if questions else ({}, False)
        for grade_id in questions:
            if grade_id not in marks:
                note.remarks.append(f"{grade_id}: {MISSING_FROM_RELEASE}")
                continue
            flags = ["cell_deleted"] if grade_id in deleted else []
            flags += _collect(nb, grade_id, marks[grade_id].source, saved)
            answer = next(cell for cell in nb.cells if grade_id_of(cell) == grade_id)
            if damaged and _is_blank(answer.source, marks[grade_id].source):
                flags.append("box_unreadable")
            note.flags[grade_id] = flags
        return nb, resources

    def _sidecar(
        self, nb: NotebookNode, resources: Resources
    ) -> tuple[dict[str, SavedAnswer], bool]:
        """The saved answers, and whether the file could not be read."""
        folder = resources.get("metadata", {}).get("path") or "."
        try:
            return AnswersFile(Path(folder) / SIDECAR).read(), False
        except AnswersError as error:
            nb.metadata[NOTE].remarks.append(f"{SIDECAR} could not be read: {error.what}")
            return {}, True


def _unmark_repeated(nb: NotebookNode, keep: set[str]) -> list[str]:
    """Take nbgrader's mark off all but the last cell of each id; return the ids, but for *keep*.

    Answers in *keep* are handled by `_collect`.
    """
    seen: set[str] = set()
    repeated: list[str] = []
    for cell in reversed(nb.cells):
        grade_id = grade_id_of(cell)
        if grade_id is None:
            continue
        if grade_id not in seen or grade_id in keep:
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
    if len(cells) > 1:
        flags.append("duplicated_cell")
    # nbgrader keeps the last of several cells with one id: let that one hold the answer.
    kept = cells[-1]
    for cell in reversed(cells):
        if not _is_blank(cell.source, stub):
            kept.source = cell.source
            break
    for cell in cells[:-1]:
        del cell.metadata["nbgrader"]
    blank = _is_blank(kept.source, stub)
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


def _is_blank(text: str, stub: str) -> bool:
    """Whether *text* is empty, or still what was released."""
    return not text.strip() or same_text(text, stub)


def _own_text_below(nb: NotebookNode, cell: NotebookNode) -> bool:
    """Whether the learner wrote prose in own cells right below *cell*."""
    position = nb.cells.index(cell)
    words = 0
    for follower in nb.cells[position + 1 :]:
        if grade_id_of(follower) is not None or follower.cell_type == "code":
            break
        words += len(follower.source.split())
    return words >= 20
