"""What a learner meets: open the notebook, type, reload, submit, read the result."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from graders.progress import Progress
from tests.browser.conftest import Lab

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

ANSWER = (
    "I would use cache-aside with a TTL of ten minutes, because reads are forty times the writes. "
    "I looked at write-through and dropped it, since most written rows are never read again. "
    "At 1,400 reads a second and a database that is safe at 400, the cache has to hit 72 %. "
    "On a write we delete the key after the commit, and a version in the value stops a slow reader "
    "from putting an old row back. If the cache dies, a limiter lets 300 reads a second through "
    "and the page shows the last known price with its age."
)


def _open(page: Page, lab: Lab) -> None:
    page.goto(lab.notebook("00_start_here.ipynb"))
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    # A kernel must be there before a cell can run.
    page.wait_for_selector(".jp-NotebookPanel-toolbar", timeout=60_000)
    page.wait_for_timeout(1_500)


def _run_box(page: Page) -> None:
    """Run the cell of the first box, as one does: select it, Shift+Enter."""
    cell = page.locator(".jp-CodeCell").filter(has_text='AnswerBox("concept/caching")')
    cell.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    page.wait_for_selector(".sk-box textarea", timeout=60_000)


def test_an_answer_is_saved_judged_and_kept(page: Page, lab: Lab) -> None:
    _open(page, lab)
    _run_box(page)
    box = page.locator(".sk-box").first
    box.locator("textarea").fill(ANSWER[:120])
    expect(box.locator(".sk-status")).to_have_text("Saved", timeout=10_000)
    expect(box.locator(".sk-count")).to_contain_text("words")
    saved = json.loads((lab.folder / "answers.json").read_text())
    assert saved["answers"]["concept/caching"]["text"] == ANSWER[:120]

    # The tab is closed in the middle and opened again.
    page.reload()
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    page.wait_for_timeout(1_500)
    _run_box(page)
    box = page.locator(".sk-box").first
    expect(box.locator("textarea")).to_have_value(ANSWER[:120])

    box.locator("textarea").fill(ANSWER)
    box.locator("textarea").press("Control+Enter")
    card = box.locator(".sk-card")
    expect(card).to_be_visible(timeout=30_000)
    expect(card.locator(".sk-scale .sk-here")).to_have_count(1)
    assert card.locator("q").count() > 0, "evidence is quoted"
    for quote in card.locator("q").all_text_contents():
        assert quote in ANSWER
    assert card.locator(".sk-tips li").count() > 0
    attempts = Progress(lab.progress).attempts("concept/caching")
    assert [attempt.answer for attempt in attempts] == [ANSWER]
    assert page.errors == []  # type: ignore[attr-defined]


def test_markup_in_an_answer_stays_text(page: Page, lab: Lab) -> None:
    _open(page, lab)
    _run_box(page)
    box = page.locator(".sk-box").first
    hostile = ANSWER.replace("cache-aside", "<img src=x onerror=window.hit=1> cache-aside")
    box.locator("textarea").fill(hostile)
    box.get_by_role("button", name="Submit").click()
    expect(box.locator(".sk-card")).to_be_visible(timeout=30_000)
    assert page.evaluate("window.hit") is None
    assert box.locator(".sk-card img").count() == 0
