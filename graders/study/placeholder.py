"""What stands in a notebook for the answer box while a grader runs it."""

from __future__ import annotations


class AnswerBoxPlaceholder:
    """Takes what `AnswerBox` takes and does nothing.

    Graders read the learner's file before the notebook runs, so a batch of hundreds of
    notebooks need not load the widgets, and cannot touch the file.
    """

    def __init__(
        self,
        question: object,
        *,
        grade_id: str | None = None,
        judge: str | None = None,
        session: object = None,
    ) -> None:
        self._question = question

    def __repr__(self) -> str:
        return f"AnswerBox({self._question!r})"
