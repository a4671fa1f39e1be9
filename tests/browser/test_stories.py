"""The story bank as a learner meets it: write, save, see the matrix, change the target, reload."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from graders.progress import Progress
from tests.browser.conftest import RUN_ALL, Lab, open_notebook, write_notebook
from tests.study.told import labelled

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

STORY = next(entry for entry in labelled() if entry["id"] == "guest-checkout")
TICKET = next(entry for entry in labelled() if entry["id"] == "cache-ticket")


def _box(page: Page, lab: Lab) -> Locator:
    page.goto(lab.notebook("13_story_bank.ipynb"))
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    page.wait_for_selector(".jp-NotebookPanel-toolbar", timeout=60_000)
    page.wait_for_timeout(1_500)
    page.locator(".jp-CodeCell").filter(has_text="StoryBox()").locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    page.wait_for_selector(".sk-stories textarea", timeout=60_000)
    return page.locator(".sk-stories").first


def _write(box: Locator, title: str, text: str) -> None:
    box.get_by_label("Title").fill(title)
    box.get_by_label("The story, in your own words").fill(text)


def test_a_story_is_written_kept_read_and_held_against_a_level(page: Page, lab: Lab) -> None:
    box = _box(page, lab)
    hostile = "<img src=x onerror=window.hit=1>"
    _write(box, "Checkout", STORY["text"])
    expect(box.locator(".sk-status[role=status]")).to_have_text("Draft saved", timeout=10_000)

    # The tab is closed in the middle and opened again.
    page.reload()
    box = _box(page, lab)
    expect(box.get_by_label("The story, in your own words")).to_have_value(STORY["text"])
    box.get_by_label("Title").fill(f"Checkout {hostile}")
    box.get_by_label("The story, in your own words").press("Control+Enter")
    row = box.locator(".sk-matrix tbody tr")
    expect(row).to_have_count(1, timeout=30_000)
    expect(row.locator("td")).to_have_count(8)
    assert page.evaluate("window.hit") is None
    row.locator("td summary").first.click()
    for quote in row.locator("td").first.locator("q").all_text_contents():
        assert quote in STORY["text"]

    box.get_by_label("Hold against: company").select_option("google")
    expect(box.locator(".sk-bar")).to_contain_text("L5 at Google", timeout=20_000)

    # A second story, by the keyboard alone.
    box.get_by_role("button", name="New story").press("Enter")
    expect(box.get_by_label("Title")).to_have_value("", timeout=20_000)
    _write(box, TICKET["title"], TICKET["text"])
    box.get_by_role("button", name="Save story").press("Enter")
    expect(row).to_have_count(2, timeout=30_000)
    expect(box.locator(".sk-bar")).to_contain_text("a technical metric without a business outcome")
    titles = {story.title for story in Progress(lab.progress).stories()}
    assert titles == {f"Checkout {hostile}", TICKET["title"]}
    assert page.errors == []  # type: ignore[attr-defined]


SLOW = """
import time
from graders.study.story_box import StoryBox
from graders.study.story_desk import StoryDesk

class Slow(StoryDesk):
    def bank(self):
        time.sleep(1.5)
        return super().bank()

StoryBox(desk=Slow())
"""


def test_save_pressed_while_the_kernel_works_is_done_once_it_has(page: Page, lab: Lab) -> None:
    name = write_notebook(lab, "slow-stories", SLOW)
    open_notebook(page, lab, name)
    page.evaluate(RUN_ALL)
    box = page.locator(".sk-stories").first
    _write(box, "Slow one", STORY["text"])
    # Twice, as a double click does: one story of one version.
    save = box.get_by_role("button", name="Save story")
    save.dblclick()
    expect(box.locator(".sk-status[role=status]")).to_have_text("Story saved", timeout=20_000)
    # The form is emptied at once, long before the matrix below it is there.
    box.get_by_role("button", name="New story").press("Enter")
    expect(box.get_by_label("Title")).to_have_value("", timeout=20_000)
    _write(box, "Slow two", TICKET["text"])
    save.press("Enter")
    expect(box.locator(".sk-matrix")).to_contain_text("Slow two", timeout=20_000)
    expect(box.locator(".sk-status[role=status]")).to_have_text("Story saved", timeout=20_000)
    kept = Progress(lab.progress)
    slow = {s.title: s.story_id for s in kept.stories() if s.title.startswith("Slow")}
    assert [len(kept.story_versions(slow[title])) for title in ("Slow one", "Slow two")] == [1, 1]


def test_fields_are_labelled_and_wide_tables_scroll_within_the_box(page: Page, lab: Lab) -> None:
    box = _box(page, lab)
    unnamed = box.evaluate(
        """box => [...box.querySelectorAll("input, textarea, select, button")]
            .filter(node => !(node.labels?.length || node.textContent.trim())).length"""
    )
    assert unnamed == 0
    page.set_viewport_size({"width": 700, "height": 900})
    assert box.evaluate("box => box.scrollWidth <= box.clientWidth + 1")
