"""Puts the marks that nbgrader goes by back to what was released, whatever became of them.

nbgrader trusts the metadata in a submitted notebook and fails, or loses the cell, where it was
changed: a copied cell, an edited `points`, a cell of another week, two neighbours deleted. The
gradebook knows every marked cell of the release; this writes all marks anew from there.
"""

from __future__ import annotations

from collections.abc import Mapping

from nbformat.notebooknode import NotebookNode

from graders.gradebook import CellMark
from graders.preprocessors.common import grade_id_of


def restore_marks(nb: NotebookNode, marks: Mapping[str, CellMark]) -> tuple[int, list[str]]:
    """Give every released cell its mark, and nothing else one; put missing cells back.

    Args:
        nb: The submitted notebook; changed in place.
        marks: `grade_id` -> mark, in the order of the release.

    Returns:
        How many cells of other notebooks lost their mark, and the ids of the graded or
        answered cells that had been deleted.
    """
    foreign = 0
    for position, cell in enumerate(nb.cells):
        grade_id = grade_id_of(cell)
        cell.metadata.pop("nbgrader", None)
        if grade_id is None:
            continue
        if grade_id in marks:
            nb.cells[position] = _as_released(cell, grade_id, marks[grade_id])
        else:
            foreign += 1
    return foreign, _put_back(nb, marks)


def _as_released(cell: NotebookNode, grade_id: str, mark: CellMark) -> NotebookNode:
    """The cell with the type and the mark that it was released with."""
    if cell.cell_type != mark.cell_type:
        cell = _cell(cell.get("id", grade_id), mark.cell_type, str(cell.source))
    # Tags steer the execution ("skip-execution"); a marked cell is run as it was released.
    cell.metadata.pop("tags", None)
    cell.metadata["nbgrader"] = NotebookNode(
        grade=mark.grade,
        grade_id=grade_id,
        locked=mark.locked,
        points=mark.points,
        schema_version=3,
        solution=mark.solution,
        task=mark.task,
        cell_type=mark.cell_type,
    )
    if not (mark.grade or mark.task):
        del cell.metadata["nbgrader"]["points"]
    return cell


def _put_back(nb: NotebookNode, marks: Mapping[str, CellMark]) -> list[str]:
    """Insert released cells that are missing, each after the one it followed in the release.

    Returns:
        The ids of those that are graded or answered.
    """
    present = {grade_id_of(cell) for cell in nb.cells}
    deleted: list[str] = []
    before: str | None = None
    for grade_id, mark in marks.items():
        if grade_id not in present:
            position = _after(nb, before)
            cell = _cell(f"restored-{position}", mark.cell_type, mark.source)
            nb.cells.insert(position, _as_released(cell, grade_id, mark))
            if mark.grade or mark.solution:
                deleted.append(grade_id)
        before = grade_id
    return deleted


def _after(nb: NotebookNode, grade_id: str | None) -> int:
    if grade_id is None:
        return 0
    return max(i for i, cell in enumerate(nb.cells) if grade_id_of(cell) == grade_id) + 1


def _cell(cell_id: str, cell_type: str, source: str) -> NotebookNode:
    cell = NotebookNode(cell_type=cell_type, id=cell_id, source=source, metadata=NotebookNode())
    if cell_type == "code":
        cell.outputs, cell.execution_count = [], None
    return cell
