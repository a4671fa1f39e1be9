"""`*.rubric.yaml`: which cells of an assignment's notebook answer which question.

assignment: week01
answers:
  - grade_id: answer-caching      # of the markdown answer cell
    question: concept/caching     # an id of the bank, or a whole question written here
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from graders.errors import RubricError, UsageError
from graders.question.load import load_question, place, read_yaml
from graders.question.model import Question, Text, Value, inconsistent

SUFFIX = ".rubric.yaml"


def _from_bank(value: Any) -> Any:
    """The question of the bank that *value* names; anything but a name as it is."""
    if not isinstance(value, str):
        return value
    try:
        return load_question(value)
    except UsageError as error:
        raise ValueError(f"{error.what} ({error.fix})") from None


class BoundAnswer(Value):
    """One free-text answer of an assignment and the question it is judged by."""

    grade_id: Text
    question: Annotated[Question, BeforeValidator(_from_bank)]


class AssignmentRubric(Value):
    """All free-text answers of one notebook, by `grade_id`."""

    assignment: Text
    answers: tuple[BoundAnswer, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        seen: set[str] = set()
        for number, answer in enumerate(self.answers):
            if answer.grade_id in seen:
                key = ("answers", number, "grade_id")
                fault = f"grade_id {answer.grade_id!r} is bound twice"
                raise inconsistent("AssignmentRubric", [(key, fault)])
            seen.add(answer.grade_id)
        return self


def load_rubrics(source: Path) -> dict[str, dict[str, Question]]:
    """Read every `NOTEBOOK.rubric.yaml` in an assignment's source folder, and its questions.

    Args:
        source: The assignment's folder, such as `source/week01`.

    Returns:
        Notebook name -> `grade_id` -> question. Empty for an assignment without rubrics.

    Raises:
        RubricError: If a rubric or one of its questions is broken, or names an assignment,
            notebook, cell or question that does not exist. Nothing should be graded then.
    """
    rubrics: dict[str, dict[str, Question]] = {}
    for path in sorted(source.glob(f"*{SUFFIX}")):
        rubric = read_yaml(path, AssignmentRubric)
        if rubric.assignment != source.name:
            raise RubricError(
                f"the rubric says assignment {rubric.assignment!r}, but it lies in {source.name!r}",
                where=place(path, ["assignment"]),
                fix="Correct the key or move the file",
            )
        name = path.name.removesuffix(SUFFIX)
        _check_cells(path, rubric, source / f"{name}.ipynb")
        rubrics[name] = {answer.grade_id: answer.question for answer in rubric.answers}
    return rubrics


def _check_cells(path: Path, rubric: AssignmentRubric, notebook: Path) -> None:
    """Refuse a rubric for cells that do not exist: their answers would never be judged."""
    if not notebook.is_file():
        raise RubricError(
            f"there is no notebook {notebook.name!r} beside this rubric",
            where=str(path),
            fix="Name the rubric after the notebook",
        )
    try:
        cells = json.loads(notebook.read_bytes())["cells"]
        metadata = [cell["metadata"].get("nbgrader", {}) for cell in cells]
        known = {cell["grade_id"] for cell in metadata if "grade_id" in cell}
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return  # nbgrader says better what is wrong with the notebook.
    for number, answer in enumerate(rubric.answers):
        if answer.grade_id not in known:
            raise RubricError(
                f"{notebook.name} has no cell with the grade_id {answer.grade_id!r}",
                where=place(path, ["answers", number, "grade_id"]),
                fix=f"Known: {', '.join(sorted(map(str, known))) or 'none'}",
            )
