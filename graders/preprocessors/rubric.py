"""Judges the free-text answers and writes scores and feedback into the gradebook."""

from __future__ import annotations

from nbformat.notebooknode import NotebookNode
from nbgrader import utils
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Unicode

from graders.gradebook import CourseGradebook
from graders.grading import grade
from graders.judged import answer_to, judged_answer
from graders.judges.factory import judge_named
from graders.preprocessors.common import (
    NOTE,
    Resources,
    grade_id_of,
    has_error,
    new_note,
    questions_of,
    same_text,
)
from graders.question import Question


class SaveRubricGrades(NbGraderPreprocessor):  # type: ignore[misc]
    """Judge the free-text answers and write scores and feedback, right after `SaveAutoGrades`."""

    judge = Unicode("embedded", help="Which judge reads the answers.").tag(config=True)
    deferred = Bool(
        False,
        help="Leave the answers in the notebook's note for whoever judges them later.",
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Judge every bound answer of one executed notebook."""
        questions = questions_of(self, resources)
        names = resources["nbgrader"]
        note = nb.metadata.setdefault(NOTE, new_note())
        with CourseGradebook(names["db_url"]) as gradebook:
            where = (names["student"], names["assignment"], names["notebook"])
            marks = gradebook.marks(where[1], where[2])
            gradebook.flag_cells(*where, _unrun_tests(nb))
            for cell in nb.cells:
                grade_id = grade_id_of(cell)
                if grade_id in questions and utils.is_grade(cell) and utils.is_solution(cell):
                    flags = list(note.flags.get(grade_id, []))
                    text = "" if same_text(cell.source, marks[grade_id].source) else cell.source
                    if self.deferred:
                        entry = NotebookNode(grade_id=grade_id, text=text, flags=flags)
                        note.setdefault("deferred", []).append(entry)
                    else:
                        self._save(gradebook, where, cell, text, questions[grade_id], flags)
        return nb, resources

    def _save(
        self, gradebook: CourseGradebook, where: tuple[str, str, str], cell: NotebookNode,
        text: str, question: Question, flags: list[str],
    ) -> None:  # fmt: skip
        answer = answer_to(question, text, flags)
        score = grade(question, answer, judge=judge_named(self.judge))
        judged = judged_answer(where[2], str(grade_id_of(cell)), question, text, flags, score)
        gradebook.save_score(
            *where, judged.grade_id, answer=text, score=judged.score, flagged=judged.flagged,
            comment=judged.comment(float(cell.metadata.nbgrader["points"])),
        )  # fmt: skip


def _unrun_tests(nb: NotebookNode) -> list[str]:
    return [
        str(grade_id_of(cell))
        for cell in nb.cells
        if utils.is_grade(cell) and has_error(cell, "KernelDied")
    ]
