"""Makes feedback safe and useful: no hidden tests, no markup of the learner, result cards."""

from __future__ import annotations

import json
import re

import nh3
from nbconvert.filters import strip_ansi
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat.notebooknode import NotebookNode
from nbgrader import utils
from nbgrader.preprocessors import NbGraderPreprocessor

from graders import cards
from graders.gradebook import CourseGradebook
from graders.preprocessors.common import NOTE, Resources, grade_id_of, questions_of
from graders.question import Question
from graders.score import Score, marks

KEPT_OUTPUTS = frozenset({"text/plain", "text/html", "image/png", "image/jpeg"})
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
_TAGS = nh3.ALLOWED_TAGS - {"img", "map", "area"}


class PrepareFeedback(NbGraderPreprocessor):  # type: ignore[misc]
    """Make feedback safe and useful: no hidden tests, no markup of the learner, result cards."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Prepare one autograded notebook, after nbgrader's `GetGrades`."""
        questions = questions_of(self, resources)
        names = resources["nbgrader"]
        where = (names["student"], names["assignment"], names["notebook"])
        with CourseGradebook(names["db_url"]) as gradebook:
            judged = gradebook.answers(names["assignment"], names["student"], names["notebook"])
            comments = gradebook.automatic_comments(*where, list(judged))
        secret = [line for cell in nb.cells for line in _hide_tests(cell)]
        shown = {}
        for cell in nb.cells:
            grade_id = grade_id_of(cell) or ""
            _make_safe(cell, secret)
            if utils.is_solution(cell) or utils.is_task(cell):
                own = cell.metadata.nbgrader.get("comment")
                # The automatic comment of a judged answer is told better by its card.
                automatic = comments.get(grade_id) if grade_id in judged else None
                cell.metadata.nbgrader["seniorkit_comment"] = own if own != automatic else None
            if grade_id in questions and grade_id in judged:
                shown[grade_id] = _card(cell, questions[grade_id], judged[grade_id][1])
        resources["seniorkit"] = {
            "cards": shown,
            "style": cards.style(),
            "remarks": list(nb.metadata.get(NOTE, {}).get("remarks", [])),
        }
        return nb, resources


def _card(cell: NotebookNode, question: Question, score: Score) -> str:
    """The result card; without points where a person has given others."""
    points = float(cell.metadata.nbgrader.get("points", 0))
    given = float(cell.metadata.nbgrader.get("score") or 0)
    automatic = None if score.points is None else round(marks(score.points) * points, 2)
    if automatic is not None and abs(automatic - given) < 0.01:
        return cards.html(score, question, max_points=points)
    return cards.html(score, question)


def _hide_tests(cell: NotebookNode) -> list[str]:
    """Take the hidden tests out of a test cell; return their lines.

    Tracebacks go as well, which would show them. As in nbgrader, a line that names the mark
    anywhere begins or ends the hidden part.
    """
    if cell.cell_type != "code" or not utils.is_grade(cell):
        return []
    kept: list[str] = []
    hidden: list[str] = []
    into = kept
    for line in cell.source.split("\n"):
        if "BEGIN HIDDEN TESTS" in line:
            into = hidden
        elif "END HIDDEN TESTS" in line:
            into = kept
        else:
            into.append(line)
    if hidden:
        cell.source = "\n".join(kept).rstrip() + "\n# ... and checks that are not shown."
    for output in cell.outputs:
        if output.output_type == "error":
            output.traceback = [f"{output.ename}: {output.evalue}"[:400]]
    shown = {line.strip() for line in kept}
    return [line.strip() for line in hidden if len(line.strip()) > 12 and line.strip() not in shown]


def _make_safe(cell: NotebookNode, secret: list[str]) -> None:
    """Nothing of the learner's may run, load, or show hidden tests in the page."""
    cell.metadata.pop("tags", None)
    if cell.cell_type == "markdown" and not utils.is_locked(cell):
        cell.source = _shown(cell.source)
    for output in cell.get("outputs", []):
        for name in ("text", "evalue"):
            if name in output:
                output[name] = _without(strip_ansi(str(output[name])), secret)
        if "traceback" in output:
            # Colours stand between the words of a line, which would hide it from `_without`.
            lines = [strip_ansi(str(line)) for line in output.traceback]
            output.traceback = [_without(line, secret) for line in lines]
        if "data" in output:
            output.data = _safe_data(output.data, secret)
            output.metadata = NotebookNode()


def _shown(markdown: str) -> str:
    """Learner's Markdown as safe HTML; raw HTML in it is shown as the text that it is.

    The result is one HTML block without blank lines, which Markdown passes on as it is: so any
    template may render it once more, nbgrader's own as well.
    """
    # Pasted pictures are not shown: they would be anything that the learner says they are.
    markdown = markdown.replace("attachment:", "picture:")
    html = MarkdownWithMath(
        renderer=IPythonRenderer(escape=True, exclude_anchor_links=True)
    ).render(markdown)
    safe = str(nh3.clean(html, tags=_TAGS))
    return "<div>" + re.sub(r"\n(?=\n)", "\n&#8203;", safe.strip()) + "</div>"


def _safe_data(data: NotebookNode, secret: list[str]) -> NotebookNode:
    safe = NotebookNode()
    for kind in KEPT_OUTPUTS & set(data):
        value = _without(str(data[kind]), secret)
        if kind == "text/html":
            safe[kind] = nh3.clean(value, tags=_TAGS)
        elif kind == "text/plain" or _BASE64.fullmatch(value):
            safe[kind] = value
    safe.setdefault("text/plain", "(not shown)")
    return safe


def _without(text: str, secret: list[str]) -> str:
    for line in secret:
        text = text.replace(line, "(not shown)")
        # As it looks inside a list of strings, or in the notebook's own file.
        text = text.replace(repr(line)[1:-1], "(not shown)")
        text = text.replace(json.dumps(line)[1:-1], "(not shown)")
    return text
