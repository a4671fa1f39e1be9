"""`*.rubric.yaml`: which cells of an assignment's notebook answer which question.

assignment: week01
answers:
  - grade_id: answer-caching      # of the markdown answer cell
    question: concept/caching     # an id of the bank, or a whole question written here
"""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from graders.errors import RubricError, UsageError
from graders.question.load import load_question, read_yaml
from graders.question.model import Question, Text, Value

SUFFIX = ".rubric.yaml"


class BoundAnswer(Value):
    """One free-text answer of an assignment and the question it is judged by."""

    grade_id: Text
    question: Text | Question

    def load(self) -> Question:
        """The question itself.

        Raises:
            UsageError: If the bank has no such question.
            RubricError: If the question's file is broken.
        """
        return load_question(self.question) if isinstance(self.question, str) else self.question


class AssignmentRubric(Value):
    """All free-text answers of one notebook, by `grade_id`."""

    assignment: Text
    answers: tuple[BoundAnswer, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        ids = [answer.grade_id for answer in self.answers]
        for grade_id in ids:
            if ids.count(grade_id) > 1:
                raise ValueError(f"grade_id {grade_id!r} is bound twice")
        return self


def load_rubrics(source: Path) -> dict[str, dict[str, Question]]:
    """Read every `NOTEBOOK.rubric.yaml` in an assignment's source folder, and its questions.

    Args:
        source: The assignment's folder, such as `source/week01`.

    Returns:
        Notebook name -> `grade_id` -> question. Empty for an assignment without rubrics.

    Raises:
        RubricError: If a rubric or one of its questions is broken, or names what does not
            exist. Nothing should be graded then.
    """
    rubrics: dict[str, dict[str, Question]] = {}
    for path in sorted(source.glob(f"*{SUFFIX}")):
        rubric = read_yaml(path, AssignmentRubric)
        if rubric.assignment != source.name:
            raise RubricError(
                f"the rubric says assignment {rubric.assignment!r}, but it lies in {source.name!r}",
                where=f"{path}: assignment",
                fix="Correct the key or move the file",
            )
        questions: dict[str, Question] = {}
        for answer in rubric.answers:
            try:
                questions[answer.grade_id] = answer.load()
            except UsageError as error:
                where = f"{path}: answers, grade_id {answer.grade_id!r}: question"
                raise RubricError(error.what, where=where, fix=error.fix) from None
        rubrics[path.name.removesuffix(SUFFIX)] = questions
    return rubrics
