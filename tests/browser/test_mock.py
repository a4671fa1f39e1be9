"""A mock interview in the real JupyterLab: from the button to the scorecard, with a reload between."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from graders.progress import Progress
from tests.browser.conftest import Lab
from tests.browser.test_notebooks import STATE
from tests.study.mock.candidates import labelled

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

QUESTION = "design/url-shortener"
CELL = (
    f'from graders.study.mock import MockInterview\nMockInterview("design", question="{QUESTION}")'
)


def _notebook(lab: Lab, name: str) -> str:
    import nbformat

    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cell = nbformat.v4.new_code_cell(CELL)
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": kernel})
    nbformat.write(notebook, lab.folder / name)
    return name


def _open(page: Page, lab: Lab, name: str) -> Locator:
    page.goto(lab.notebook(name))
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    page.wait_for_function(f"() => ({STATE})().ready", timeout=60_000)
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
    page.wait_for_selector(".sk-mock", timeout=60_000)
    return page.locator(".sk-mock").first


def _say(box: Locator, text: str) -> None:
    """Say *text* with the keyboard and wait for the reply."""
    before = box.locator(".sk-turn").count()
    box.locator("textarea").fill(text)
    box.locator("textarea").press("Control+Enter")
    box.page.wait_for_function(
        "([n]) => document.querySelectorAll('.sk-mock .sk-turn').length >= n + 2",
        arg=[before],
        timeout=20_000,
    )
    expect(box.locator("textarea")).to_have_value("")


def test_a_mock_interview_to_its_scorecard(page: Page, lab: Lab) -> None:
    name = _notebook(lab, "mock_to_scorecard.ipynb")
    box = _open(page, lab, name)
    box.get_by_role("button", name="Start").click()
    expect(box.locator(".sk-log")).to_contain_text("Design a URL shortener", timeout=30_000)
    _say(box, "How quick must the redirect be?")
    expect(box.locator(".sk-log")).to_contain_text("100 ms")
    box.locator("textarea").fill("half a thought")
    page.wait_for_timeout(1_500)

    # The tab is closed in the middle and opened again.
    page.reload()
    box = _open(page, lab, name)
    expect(box.locator(".sk-waiting")).to_contain_text("not finished")
    box.get_by_role("button", name="Go on").click()
    expect(box.locator(".sk-log")).to_contain_text("100 ms", timeout=30_000)
    expect(box.locator("textarea")).to_have_value("half a thought")

    paragraphs = [p for p in labelled(QUESTION, "senior")[0].split("\n\n") if p.strip()]
    for text in paragraphs[:6]:
        _say(box, text)
    _say(box, "<img src=x onerror=window.hit=1> That is all I would do, then, under that change.")
    if folder := os.environ.get("SENIORKIT_SHOTS"):
        box.screenshot(path=Path(folder) / "mock.png")
    stop = box.locator(".sk-stop")
    stop.click()
    expect(stop).to_have_text("Really end it")
    stop.click()
    card = box.locator(".sk-mock-card")
    expect(card).to_be_visible(timeout=30_000)
    expect(card.locator(".sk-signal")).to_contain_text("hire")
    expect(card.locator(".sk-drills li")).to_have_count(3)
    assert card.locator("q").count() > 0
    assert page.evaluate("window.hit") is None
    if folder := os.environ.get("SENIORKIT_SHOTS"):
        box.screenshot(path=Path(folder) / "mock_card.png")
    mocks = [m for m in Progress(lab.progress).mocks() if m.finished is not None]
    assert mocks and mocks[-1].signal
    assert page.errors == []  # type: ignore[attr-defined]


def test_a_turn_is_answered_at_once_and_by_keyboard_alone(page: Page, lab: Lab) -> None:
    box = _open(page, lab, _notebook(lab, "mock_keyboard.ipynb"))
    start = box.get_by_role("button", name="Start", exact=False).last
    start.focus()
    page.keyboard.press("Enter")
    expect(box.locator("textarea")).to_be_focused(timeout=30_000)
    _say(box, "Do links expire?")
    times = []
    for text in ("Are there hot links?", "Which cloud do we run on?", "What about custom aliases?"):
        box.locator("textarea").fill(text)
        times.append(
            page.evaluate(
                """async () => {
                  const box = document.querySelector('.sk-mock');
                  const log = box.querySelector('.sk-log');
                  const before = log.children.length;
                  const start = performance.now();
                  const key = new KeyboardEvent('keydown', {key: 'Enter', ctrlKey: true, bubbles: true});
                  box.querySelector('textarea').dispatchEvent(key);
                  while (log.children.length < before + 2) {
                    await new Promise((done) => setTimeout(done, 5));
                    if (performance.now() - start > 10000) break;
                  }
                  return performance.now() - start;
                }"""
            )
        )
    print(f"turns answered in {[round(t) for t in times]} ms")
    assert sorted(times)[1] < 600, "loaded machines included; a few tens of milliseconds alone"
