"""Feedback pages made without grading: one hostile text in every place where one can stand."""

from __future__ import annotations

import json
from typing import Any

from graders.answers import Answer
from graders.feedback import Material, render
from graders.gradebook.returned import ReturnedCell, ReturnedComment, ReturnedNotebook
from graders.grading import grade
from graders.judges.scripted import ScriptedJudge
from graders.levels import Level
from graders.question import load_question
from tests.conftest import ESSAY

QUESTION = load_question("concept/caching")
MASTER = "# The instructor's text\n\n<details><summary>More</summary>Here</details>"

KINDS = (
    "text/plain", "text/html", "text/markdown", "text/latex", "image/svg+xml", "image/png",
    "image/jpeg", "image/gif", "application/javascript", "application/json", "application/pdf",
    "application/vnd.jupyter.widget-view+json", "application/vnd.plotly.v1+json",
    "application/vnd.vegalite.v5+json", "text/vnd.mermaid", "application/x-unheard-of",
)  # fmt: skip
"""Every kind of output that a page of nbconvert or Jupyter would show, and one that nobody knows."""


def mark(grade_id: str, **more: object) -> dict[str, Any]:
    """nbgrader's mark of a cell, as metadata."""
    return {"nbgrader": {"grade_id": grade_id, "grade": False, "solution": False, **more}}


def hostile_notebook(text: str) -> dict[str, Any]:
    """A notebook with *text* in every place that is the learner's."""
    displayed = [
        {"output_type": "display_data", "data": {kind: text}, "metadata": {kind: {"isolated": True, "width": text}}}
        for kind in KINDS
    ]  # fmt: skip
    outputs = [
        {"output_type": "stream", "name": text, "text": [text, text]},
        {"output_type": "error", "ename": text, "evalue": text, "traceback": [text, f"\x1b[31m{text}"]},
        *displayed,
        {"output_type": "execute_result", "data": {"text/html": [text], "text/plain": [text]}, "metadata": {}},
    ]  # fmt: skip
    pasted = {"a.png": {"image/png": text, text: text}}
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "title": text,
            "kernelspec": {"name": text, "language": text},
            "language_info": {"name": text, "pygments_lexer": text},
            "widgets": {"application/vnd.jupyter.widget-state+json": {"state": text}},
            "seniorkit": {"remarks": [text], "checks": {"test": text}},
        },
        "cells": [
            {"cell_type": "markdown", "metadata": {}, "source": MASTER},
            {"cell_type": "markdown", "metadata": {"tags": [text]}, "source": text, "attachments": pasted},
            {"cell_type": "markdown", "metadata": mark("own", locked=True), "source": text},
            {"cell_type": "markdown", "metadata": mark(text, locked=True, grade=True), "source": text},
            {"cell_type": "markdown", "metadata": mark("essay", grade=True, solution=True), "source": text},
            {"cell_type": "markdown", "metadata": mark("free", solution=True), "source": text},
            {"cell_type": "raw", "metadata": {"raw_mimetype": "text/html"}, "source": text},
            {"cell_type": text, "metadata": {}, "source": text},
            {"cell_type": "code", "metadata": {}, "source": text, "outputs": outputs},
            {"cell_type": "code", "metadata": mark("test", grade=True, locked=True), "source": text, "outputs": outputs},
        ],
    }  # fmt: skip


def hostile_page(text: str) -> str:
    """The page of that notebook, of a learner, an assignment and a judge who are hostile, too."""
    judge = ScriptedJudge(default=Level.MID)
    score = grade(QUESTION, Answer(question_id=QUESTION.id, text=ESSAY), judge=judge)
    said = [one.model_copy(update={"reason": text, "evidence": (text,)}) for one in score.verdicts]
    score = score.model_copy(
        update={"verdicts": tuple(said), "reasons": (text,), "judge": text, "flags": (text,)}
    )
    returned = ReturnedNotebook(
        student=text,
        notebook=text,
        penalty=0.5,
        cells={
            "essay": ReturnedCell(2.0, 4.0),
            "test": ReturnedCell(None, 2.0),
            text: ReturnedCell(0.0, 1.0),
        },
        comments={
            "essay": ReturnedComment(None, text),
            "free": ReturnedComment(text, None),
            text: ReturnedComment(text, text),
        },
        answers={"essay": (f"{ESSAY} {text}", score.model_dump_json())},
    )
    master = {"cells": [{"cell_type": "markdown", "metadata": {}, "source": MASTER}]}
    material = Material.of(master, {"essay": QUESTION})
    notebook = json.loads(json.dumps(hostile_notebook(text)))
    return render(notebook, returned, material, assignment=text, stamp="0" * 64)
