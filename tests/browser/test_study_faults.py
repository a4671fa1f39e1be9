"""What breaks while one studies is a sentence, and nothing is lost: kernels, tabs, files."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from graders.progress import Progress
from graders.progress.schema import SCHEMA_VERSION
from graders.study.drill_game import DrillGame
from tests.browser.conftest import RUN_ALL, Lab, listening, open_notebook, write_notebook
from tests.browser.reading import own_progress, run
from tests.browser.test_study_pages import DAILY, DRILLS, MOCK, READY, STORIES

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

KERNEL = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"


def begun(page: Page) -> Locator:
    """A mock interview that was just begun."""
    box = page.locator(".sk-mock").last
    box.get_by_role("button", name="Start", exact=False).last.click(timeout=60_000)
    expect(box.locator("textarea")).to_be_focused(timeout=60_000)
    return box


def say(box: Locator, text: str) -> None:
    box.locator("textarea").fill(text)
    box.locator("textarea").press("Control+Enter")
    expect(box.locator(".sk-log")).to_contain_text(text, timeout=60_000)
    expect(box.locator("textarea")).to_have_value("")


def test_a_kernel_restart_in_an_interview_loses_no_word(page: Page, lab: Lab) -> None:
    run(page, lab, "mock-restart", MOCK)
    box = begun(page)
    say(box, "How quick must the redirect be?")
    page.evaluate(f"() => {KERNEL}.restart()")
    page.wait_for_function(f"() => {KERNEL}.status === 'idle'", timeout=60_000)
    typed = "Typed while the kernel was gone"
    box.locator("textarea").fill(typed)
    box.locator("textarea").press("Control+Enter")
    late = box.locator(".sk-note", has_text="does not answer")
    expect(late).to_be_visible(timeout=60_000)
    expect(box.locator("textarea")).to_have_value(typed)

    page.evaluate(RUN_ALL)
    box = page.locator(".sk-mock").last
    box.get_by_role("button", name="Go on").click(timeout=60_000)
    expect(box.locator(".sk-log")).to_contain_text("100 ms", timeout=60_000)
    expect(box.locator("textarea")).to_have_value(typed)
    say(box, typed)
    assert page.evaluate("Object.keys(localStorage).filter((k) => k.includes('mock:'))") == []
    assert page.errors == []  # type: ignore[attr-defined]


def test_two_notebooks_on_one_interview_write_over_no_turn(page: Page, lab: Lab) -> None:
    run(page, lab, "mock-tabs", MOCK)
    first = begun(page)
    other = listening(page.context.new_page())
    path = str(own_progress(lab, "mock-tabs").path)
    setting = f"import os\nos.environ['SENIORKIT_PROGRESS'] = {path!r}"
    open_notebook(other, lab, write_notebook(lab, "mock-tabs/other", setting, MOCK))
    other.evaluate(RUN_ALL)
    second = other.locator(".sk-mock").last
    second.get_by_role("button", name="Go on").click(timeout=60_000)
    expect(second.locator("textarea")).to_be_visible(timeout=60_000)
    say(second, "How quick must the redirect be?")

    first.locator("textarea").fill("Said in the first one")
    first.locator("textarea").press("Control+Enter")
    problem = first.locator(".sk-note", has_text="went on in another window")
    expect(problem).to_be_visible(timeout=60_000)
    expect(first.locator("textarea")).to_have_value("Said in the first one")
    (mock,) = own_progress(lab, "mock-tabs").mocks()
    assert "How quick" in str(mock.state) and "Said in the first one" not in str(
        mock.state["turns"]
    )
    assert page.errors == other.errors == []  # type: ignore[attr-defined]


def test_a_story_typed_while_the_kernel_restarted_is_offered_again(page: Page, lab: Lab) -> None:
    run(page, lab, "story-restart", STORIES)
    box = page.locator(".sk-stories")
    text = box.get_by_label("The story, in your own words")
    text.fill("Saved before", timeout=60_000)
    expect(box.locator(".sk-status[role=status]")).to_have_text("Draft saved", timeout=60_000)
    page.evaluate(f"() => {KERNEL}.restart()")
    page.wait_for_function(f"() => {KERNEL}.status === 'idle'", timeout=60_000)
    text.fill("Saved before, and typed into the dead box")
    expect(box.locator(".sk-note", has_text="does not answer")).to_be_visible(timeout=60_000)
    page.evaluate(RUN_ALL)
    offer = page.locator(".sk-stories .sk-note", has_text="that was not saved")
    expect(offer).to_be_visible(timeout=60_000)
    offer.get_by_role("button", name="Use it").press("Enter")
    expect(text).to_have_value("Saved before, and typed into the dead box")
    expect(box.locator(".sk-status[role=status]")).to_have_text("Draft saved", timeout=60_000)
    assert page.evaluate("Object.keys(localStorage).filter((k) => k.includes('stories:'))") == []


SLOW_DRILLS = """
import time
from graders.progress import Progress
from graders.study.drill_box import DrillBox
from graders.study.drill_game import DrillGame

class Slow(DrillGame):
    def answer(self, *given, **more):
        time.sleep(0 if self._records else 9)
        return super().answer(*given, **more)

DrillBox(Slow(Progress()))
"""


def test_an_answer_sent_again_while_the_kernel_works_counts_once(page: Page, lab: Lab) -> None:
    run(page, lab, "slow-drills", SLOW_DRILLS)
    box = page.locator(".sk-drill")
    field = box.get_by_role("textbox")
    expect(field).to_be_visible(timeout=60_000)
    first, second = DrillGame(own_progress(lab, "slow-drills")).drills[:2]
    working = f"Working: {first.task.working}"
    field.fill(first.task.expected)
    field.press("Enter")
    expect(box.locator(".sk-note", has_text="does not answer")).to_be_visible(timeout=20_000)
    field.press("Enter")
    expect(box.locator(".sk-said")).to_contain_text(working, timeout=20_000)
    page.wait_for_timeout(1_000)  # what was sent again has come to its turn
    expect(box.locator(".sk-kicker")).to_contain_text("2 of 10")
    field.press("Enter")  # held too long; nothing was written yet
    page.wait_for_timeout(1_000)
    expect(box.locator(".sk-said")).to_contain_text(working)
    field.fill(second.task.expected)
    field.press("Enter")
    expect(box.locator(".sk-kicker")).to_contain_text("3 of 10", timeout=20_000)
    answered = [record.answer for record in own_progress(lab, "slow-drills").drills()]
    assert answered == [first.task.expected, second.task.expected]
    assert page.errors == []  # type: ignore[attr-defined]


@contextmanager
def broken(path: Path, how: str) -> Iterator[str]:
    """Break a progress file; the words that a learner is to read."""
    if how == "damaged":
        path.write_bytes(b"this is no database " * 200)
        yield "the progress file is damaged"
    elif how == "newer":
        Progress(path).save_settings(Progress(path).settings())
        with sqlite3.connect(path) as database:
            database.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 7}")
        yield "written by a newer version of the kit"
    elif how == "locked":
        Progress(path).save_settings(Progress(path).settings())
        database = sqlite3.connect(path, isolation_level=None)
        database.execute("BEGIN EXCLUSIVE")
        try:
            yield "in use by another program"
        finally:
            database.close()
    else:
        path.mkdir()
        yield "cannot be used"


@pytest.mark.parametrize("how", ["damaged", "newer", "locked", "unusable"])
def test_a_progress_file_that_cannot_be_used_is_a_sentence(how: str, page: Page, lab: Lab) -> None:
    name = f"file-{how}"
    with broken(own_progress(lab, name).path, how) as words:
        run(page, lab, name, STORIES)
        box = page.locator(".sk-stories")
        expect(box.locator(".sk-note", has_text=words)).to_be_visible(timeout=60_000)
        box.get_by_label("Title").fill("Written all the same")
        box.get_by_label("The story, in your own words").fill("What I did was kept.")
        box.get_by_role("button", name="Save story").click()
        expect(box.locator(".sk-status[role=status]")).to_have_text("Not saved", timeout=60_000)
        expect(box.get_by_label("The story, in your own words")).to_have_value(
            "What I did was kept."
        )

        run(page, lab, name, MOCK)
        box = begun(page)
        expect(box.locator(".sk-note", has_text=words)).to_be_visible(timeout=60_000)
        say(box, "The interview goes on all the same")

        for cell in (READY, DAILY, DRILLS) if how == "damaged" else (READY,):
            run(page, lab, name, cell)
            said = page.locator(".jp-OutputArea-output", has_text=words)
            expect(said).to_be_visible(timeout=60_000)
            assert "Traceback" not in said.inner_text()
    assert page.errors == []  # type: ignore[attr-defined]
    if how == "locked":
        # The file is free again: the story waits in the form of the next notebook.
        run(page, lab, name, STORIES)
        text = page.locator(".sk-stories").get_by_label("The story, in your own words")
        expect(text).to_have_value("What I did was kept.", timeout=60_000)
