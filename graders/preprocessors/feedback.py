"""Makes feedback safe and useful: no hidden tests, no markup of the learner, result cards."""

from __future__ import annotations

import re

from nbformat.notebooknode import NotebookNode
from nbgrader import utils
from nbgrader.preprocessors import NbGraderPreprocessor

from graders import cards
from graders.gradebook import CourseGradebook
from graders.preprocessors.common import NOTE, Resources, grade_id_of, questions_of

_HIDDEN = re.compile(
    r"^[ \t]*#+[ \t]*BEGIN HIDDEN TESTS.*?^[ \t]*#+[ \t]*END HIDDEN TESTS[^\n]*\n?",
    re.DOTALL | re.MULTILINE,
)


class PrepareFeedback(NbGraderPreprocessor):  # type: ignore[misc]
    """Make feedback safe and useful: no hidden tests, no markup of the learner, result cards."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Prepare one autograded notebook, after nbgrader's `GetGrades`."""
        from nbconvert.preprocessors.sanitize import SanitizeHTML

        questions = questions_of(self, resources)
        names = resources["nbgrader"]
        with CourseGradebook(names["db_url"]) as gradebook:
            judged = gradebook.answers(names["assignment"], names["student"])
            comments = gradebook.automatic_comments(
                names["student"], names["assignment"], names["notebook"], list(judged)
            )
        sanitizer = SanitizeHTML()
        shown = {}
        for index, cell in enumerate(nb.cells):
            grade_id = grade_id_of(cell)
            if cell.cell_type == "code" and utils.is_grade(cell):
                _hide_tests(cell)
            if cell.cell_type != "markdown" or not utils.is_locked(cell):
                # Locked text is the instructor's own; the rest came from the learner.
                sanitizer.preprocess_cell(cell, resources, index)
            if utils.is_solution(cell) or utils.is_task(cell):
                own = cell.metadata.nbgrader.get("comment")
                # The automatic comment of a judged answer is told better by its card.
                automatic = comments.get(grade_id or "") if grade_id in judged else None
                cell.metadata.nbgrader["seniorkit_comment"] = own if own != automatic else None
            if grade_id in questions and grade_id in judged:
                points = float(cell.metadata.nbgrader.get("points", 0))
                _, score = judged[grade_id]
                shown[grade_id] = cards.html(score, questions[grade_id], max_points=points)
        resources["seniorkit"] = {
            "cards": shown,
            "style": cards.style(),
            "remarks": list(nb.metadata.get(NOTE, {}).get("remarks", [])),
        }
        return nb, resources


def _hide_tests(cell: NotebookNode) -> None:
    """Take the hidden tests out of a test cell, and tracebacks, which would show their lines."""
    hidden = _HIDDEN.search(cell.source) is not None
    cell.source = _HIDDEN.sub("", cell.source).rstrip()
    if hidden:
        cell.source += "\n# ... and checks that are not shown."
    for output in cell.outputs:
        if output.output_type == "error":
            message = f"{output.ename}: {output.evalue}"[:400]
            output.traceback = [message]
