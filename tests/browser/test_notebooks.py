"""Every notebook in the real JupyterLab: all cells run, what is drawn is seen, nothing goes wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import ROOT, RUN_ALL, Lab, open_notebook

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

STATE = """() => {
  const panel = window.jupyterapp.shell.currentWidget;
  const cells = [...panel.content.model.cells].filter((cell) => cell.type === "code");
  const outputs = cells.flatMap((cell) => cell.sharedModel.getOutputs());
  return {
    waiting: cells.filter((cell) => cell.executionCount === null).length,
    errors: outputs.filter((o) => o.output_type === "error" || o.name === "stderr").length,
  };
}"""


def open_and_run(page: Page, lab: Lab, name: str) -> dict[str, Any]:
    """Open the notebook in a workspace of its own and run all its cells."""
    open_notebook(page, lab, name)
    page.evaluate(RUN_ALL)
    page.wait_for_function(f"() => ({STATE})().waiting === 0", timeout=120_000)
    state: dict[str, Any] = page.evaluate(STATE)
    return state


def sources(path: Path, kind: str) -> str:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == kind)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_and_shows_everything(path: Path, page: Page, lab: Lab) -> None:
    state = open_and_run(page, lab, path.name)
    assert state["errors"] == 0
    code, text = sources(path, "code"), sources(path, "markdown")
    pictures = code.count("\nexplore(") + code.count("\nshow(")
    boxes = code.count("AnswerBox(") - code.count("import AnswerBox(")
    expected = {
        "figure.sk-picture img": pictures,
        ".sk-box textarea": boxes,
        ".jp-RenderedMermaid img": text.count("```mermaid"),
    }
    for selector, count in expected.items():
        page.wait_for_function(
            "([selector, count]) => document.querySelectorAll(selector).length >= count",
            arg=[selector, count],
            timeout=60_000,
        )
    page.wait_for_function(
        "(all) => [...document.querySelectorAll(all)].every((i) => i.complete)",
        arg="figure.sk-picture img, .jp-RenderedMermaid img",
        timeout=60_000,
    )
    widths = page.eval_on_selector_all(
        "figure.sk-picture img, .jp-RenderedMermaid img", "all => all.map((i) => i.naturalWidth)"
    )
    assert all(width > 0 for width in widths), "every picture can be decoded"
    assert page.errors == []  # type: ignore[attr-defined]


def test_a_slider_redraws_its_picture(page: Page, lab: Lab) -> None:
    open_and_run(page, lab, "02_capacity.ipynb")
    experiment = page.locator(".jp-OutputArea-output").filter(has=page.locator("figure")).first
    before = experiment.locator("figcaption").inner_text()
    handle = experiment.locator(".noUi-handle").first
    handle.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "before => document.querySelector('figure.sk-picture figcaption').innerText !== before",
        arg=before,
        timeout=30_000,
    )
    assert experiment.locator("figure img").get_attribute("alt")
