"""What the tests of a notebook come to, once it is known whether they can be believed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbformat.notebooknode import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor

from graders.checks import NotebookChecks, Observation, load_checks, settle
from graders.preprocessors.common import NOTE, Resources, grade_id_of, new_note, source_of
from graders.preprocessors.watched import is_test


class SettleTests(NbGraderPreprocessor):  # type: ignore[misc]
    """Take the marks from tests that are not believed; count hidden checks. After `SaveAutoGrades`.

    In a worker of the batch engine there is nothing to compare with: the observations stay in the
    notebook's note, for the controller.
    """

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Settle the test cells of one executed notebook."""
        note = nb.metadata.setdefault(NOTE, new_note())
        names = resources["nbgrader"]
        checks = load_checks(source_of(self, resources)).get(names["notebook"])
        doubted = bool(note.get("tampered") or note.get("unchecked"))
        if not doubted and checks is None:
            return nb, resources
        tests = {str(grade_id_of(cell)): cell for cell in nb.cells if is_test(cell)}
        with Gradebook(names["db_url"]) as gradebook:
            grades = {
                grade_id: gradebook.find_grade(
                    grade_id, names["notebook"], names["assignment"], names["student"]
                )
                for grade_id in tests
            }
            if doubted:
                for grade in grades.values():
                    # A person's score stays, and then nobody need look again.
                    grade.auto_score, grade.needs_manual_grade = None, True
            if checks is not None:
                note.checks = _settle_all(checks, note.pop("observations", []), grades)
            gradebook.db.commit()
        return nb, resources


def _settle_all(
    checks: NotebookChecks, observed: list[dict[str, Any]], grades: Mapping[str, Any]
) -> dict[str, str]:
    """Write the points of all cells with hidden checks; what the learner is told of each."""
    observations = {one.number: one for one in map(Observation.model_validate, observed)}
    told = {}
    for grade_id, own in checks.by_cell().items():
        grade = grades.get(grade_id)
        if grade is None:
            continue
        outcome = settle(
            own, observations, tests=grade.auto_score, max_points=float(grade.max_score_gradecell)
        )
        grade.auto_score = outcome.points
        # A person's score stays, and so does that it was given.
        if grade.manual_score is None and outcome.needs_review:
            grade.needs_manual_grade = True
        if outcome.comment:
            told[grade_id] = outcome.comment
    return told
