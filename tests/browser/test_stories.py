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


# What an earlier kernel's output shows is no box of this run.
CLEAR = "() => window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')"


def _box(page: Page, lab: Lab) -> Locator:
    open_notebook(page, lab, "13_story_bank.ipynb")
    page.evaluate(CLEAR)
    expect(page.locator(".sk-stories")).to_have_count(0)
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


def _slow(page: Page, lab: Lab, name: str) -> Locator:
    """A box whose kernel takes seconds to read the stories."""
    open_notebook(page, lab, write_notebook(lab, name, SLOW))
    page.evaluate(RUN_ALL)
    page.wait_for_selector(".sk-stories textarea", timeout=60_000)
    return page.locator(".sk-stories").first


def _saved(box: Locator) -> None:
    expect(box.locator(".sk-status[role=status]")).to_have_text("Story saved", timeout=20_000)


def _versions(lab: Lab, title: str) -> list[str]:
    """The texts of all versions of the stories of that title."""
    kept = Progress(lab.progress)
    named = [story.story_id for story in kept.stories() if story.title == title]
    return [version.text for name in named for version in kept.story_versions(name)]


def test_save_pressed_while_the_kernel_works_is_done_and_done_once(page: Page, lab: Lab) -> None:
    box = _slow(page, lab, "slow-stories")
    _write(box, "Slow one", STORY["text"])
    save = box.get_by_role("button", name="Save story")
    save.dblclick()
    _saved(box)
    # The form is emptied at once, long before the matrix below it is there.
    box.get_by_role("button", name="New story").dblclick()
    expect(box.get_by_label("Title")).to_have_value("", timeout=20_000)
    _write(box, "Slow two", TICKET["text"])
    save.press("Enter")
    expect(box.locator(".sk-matrix")).to_contain_text("Slow two", timeout=20_000)
    _saved(box)
    assert _versions(lab, "Slow one") == [STORY["text"]]
    assert _versions(lab, "Slow two") == [TICKET["text"]]
    assert page.errors == []  # type: ignore[attr-defined]


def test_words_typed_while_another_story_opens_go_to_neither(page: Page, lab: Lab) -> None:
    box = _slow(page, lab, "slow-opening")
    new = box.get_by_role("button", name="New story")
    for title, text in (("First of two", STORY["text"]), ("Second of two", TICKET["text"])):
        _write(box, title, text)
        box.get_by_role("button", name="Save story").click()
        expect(box.locator(".sk-matrix")).to_contain_text(title, timeout=20_000)
        _saved(box)
        new.click()
        expect(box.get_by_label("Title")).to_have_value("", timeout=20_000)
    title = box.get_by_label("Title")
    for name in ("First of two", "Second of two"):
        box.locator(".sk-matrix").get_by_role("button", name=name).click()
        page.keyboard.type("xyz", delay=100)
        expect(title).to_have_value(name, timeout=20_000)
        expect(title).to_be_editable()
    # Not by a slip: neither a double click nor a key that is held down takes a story out.
    box.get_by_role("button", name="Take out of the bank").dblclick()
    expect(box.get_by_role("button", name="Really take it out?")).to_be_visible()
    new.click()
    expect(title).to_have_value("", timeout=20_000)
    expect(box.locator(".sk-status[role=status]")).to_have_text("", timeout=20_000)
    assert _versions(lab, "First of two") == [STORY["text"]]
    assert _versions(lab, "Second of two") == [TICKET["text"]]


FULL = """
from graders.errors import AnswersError
from graders.study.story_box import StoryBox
from graders.study.story_desk import StoryDesk

class Full(StoryDesk):
    def save_draft(self, form):
        raise AnswersError("the disk is full")

StoryBox(desk=Full())
"""


def test_a_draft_of_the_browser_stays_there_until_the_kernel_has_it(page: Page, lab: Lab) -> None:
    name = write_notebook(lab, "full-disk", FULL)
    for _ in range(3):
        # The learner writes, uses what was kept, changes the target; nothing of it is saved.
        open_notebook(page, lab, name)
        page.evaluate(CLEAR)
        page.evaluate(RUN_ALL)
        page.wait_for_selector(".sk-stories textarea", timeout=60_000)
        box = page.locator(".sk-stories").first
        use = box.get_by_role("button", name="Use it")
        if use.count():
            use.click()
        else:
            box.get_by_label("The story, in your own words").fill("Words that no disk took.")
        expect(box.get_by_role("alert").filter(has_text="the disk is full")).to_be_visible()
        box.get_by_label("Hold against: company").select_option("meta")
        expect(box.locator(".sk-aim select").nth(1)).to_have_value("E5", timeout=20_000)
    expect(use).to_have_count(1)
    page.get_by_role("button", name="Throw it away").first.click()


def test_fields_are_labelled_and_wide_tables_scroll_within_the_box(page: Page, lab: Lab) -> None:
    box = _box(page, lab)
    unnamed = box.evaluate(
        """box => [...box.querySelectorAll("input, textarea, select, button")]
            .filter(node => !(node.labels?.length || node.textContent.trim())).length"""
    )
    assert unnamed == 0
    page.set_viewport_size({"width": 700, "height": 900})
    assert box.evaluate("box => box.scrollWidth <= box.clientWidth + 1")
