"""Every Mermaid diagram of the bank and of the notebooks is drawn by JupyterLab's own renderer."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page

from graders.question import load_bank
from tests.browser.conftest import ROOT, Lab

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

_FENCED = re.compile(r"```mermaid\n.*?```", re.DOTALL)


def diagrams() -> list[str]:
    """All diagrams that a reader can meet."""
    texts = []
    for question in load_bank():
        answers = question.model_answers
        texts += [answers.senior, answers.staff] if answers else []
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        texts += ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    return [found for text in texts for found in _FENCED.findall(text)]


def _show(page: Page, lab: Lab, name: str, shown: list[str]) -> tuple[int, int]:
    """Open a notebook that holds *shown*; how many were drawn, how many were refused."""
    cell = {"cell_type": "markdown", "id": "all", "metadata": {}, "source": "\n\n".join(shown)}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (lab.folder / f"{name}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    page.goto(lab.notebook(f"{name}.ipynb"))
    page.wait_for_selector(".jp-Notebook .jp-MarkdownCell", timeout=60_000)
    drawn, refused = "img[src^='data:image/svg']", ".jp-RenderedMermaid.jp-mod-warning"
    page.wait_for_function(
        "([a, b, n]) => document.querySelectorAll(a).length + document.querySelectorAll(b).length >= n",
        arg=[f".jp-RenderedMarkdown {drawn}", refused, len(shown)],
        timeout=120_000,
    )
    markdown = page.locator(".jp-RenderedMarkdown")
    return markdown.locator(drawn).count(), page.locator(refused).count()


def test_every_diagram_is_drawn(page: Page, lab: Lab) -> None:
    shown = diagrams()
    assert len(shown) >= 4
    assert _show(page, lab, "diagrams", shown) == (len(shown), 0)


def test_a_broken_diagram_would_be_noticed(page: Page, lab: Lab) -> None:
    broken = "```mermaid\nflowchart LR\n  A[unquoted (brackets)] --> B\n```"
    assert _show(page, lab, "broken", [diagrams()[0], broken]) == (1, 1)
