"""Makes nbgrader's own feedback safe: no hidden tests, nothing of the learner's runs.

The batch engine writes pages of its own; this is for `nbgrader generate_feedback`, whose template
shows Markdown, HTML and comments as they are.
"""

from __future__ import annotations

import re

from nbformat.notebooknode import NotebookNode
from nbgrader import utils
from nbgrader.preprocessors import NbGraderPreprocessor

from graders.feedback.cells import is_test, secrets_of, text_of, told, without_hidden_tests
from graders.feedback.clean import foreign_html, foreign_markdown, terminal
from graders.feedback.outputs import is_picture
from graders.gradebook import CourseGradebook
from graders.preprocessors.common import Resources

PICTURES = ("image/png", "image/jpeg")


class PrepareFeedback(NbGraderPreprocessor):  # type: ignore[misc]
    """Make nbgrader's own feedback safe; after `GetGrades`."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Prepare one autograded notebook."""
        secrets = secrets_of(nb.cells)
        names = resources["nbgrader"]
        with CourseGradebook(names["db_url"]) as gradebook:
            known = gradebook.marks(names["assignment"], names["notebook"]).values()
        locked = {mark.source for mark in known if mark.locked}
        for cell in nb.cells:
            _make_safe(cell, secrets, locked)
            mark = cell.metadata.get("nbgrader", {})
            if mark.get("comment"):
                mark.comment = _block(str(mark.comment))
        return nb, resources


def _make_safe(cell: NotebookNode, secrets: tuple[str, ...], locked: set[str]) -> None:
    """Nothing of the learner's may run, load, or show hidden tests in the page."""
    for key in [key for key in cell.metadata if key != "nbgrader"]:
        del cell.metadata[key]
    # What a cell says of itself is the learner's word; the text is what can be compared.
    if cell.cell_type == "markdown" and not (utils.is_locked(cell) and cell.source in locked):
        cell.source = _block(told(cell.source, secrets))
        cell.pop("attachments", None)
    for kinds in cell.get("attachments", {}).values():
        for kind in [kind for kind in kinds if kind not in PICTURES]:
            del kinds[kind]
    if cell.cell_type == "code" and utils.is_grade(cell):
        cell.source, _ = without_hidden_tests(cell.source)
    for output in cell.get("outputs", []):
        for name in ("text", "ename", "evalue"):
            if name in output:
                output[name] = told(terminal(text_of(output[name])), secrets)
        if "traceback" in output:
            # Colours stand between the words of a line, which would hide it from `told`.
            lines = [told(terminal(str(line)), secrets) for line in output.traceback]
            last = f"{output.ename}: {output.evalue}"[:400]
            output.traceback = [last] if is_test(cell) else lines
        if "data" in output:
            output.data = _safe_data(output.data, secrets)
            output.metadata = NotebookNode()


def _block(markdown: str) -> str:
    """Markdown as one HTML block without blank lines, which Markdown passes on as it is."""
    return "<div>" + re.sub(r"\n(?=\n)", "\n&#8203;", foreign_markdown(markdown).strip()) + "</div>"


def _safe_data(data: NotebookNode, secrets: tuple[str, ...]) -> NotebookNode:
    safe = NotebookNode()
    if "text/html" in data:
        html = foreign_html(told(text_of(data["text/html"]), secrets))
        if html is not None:
            safe["text/html"] = str(html)
    for kind in PICTURES:
        value = "".join(text_of(data.get(kind)).split())
        if value and is_picture(value, kind):
            safe[kind] = value
    safe["text/plain"] = told(terminal(text_of(data.get("text/plain"))), secrets) or "(not shown)"
    return safe
