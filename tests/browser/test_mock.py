"""A mock interview in the real JupyterLab: from the button to the scorecard, with a reload between."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from graders.progress import Progress
from tests.browser.conftest import RUN_ALL, Lab, open_notebook
from tests.browser.reading import own_progress, picture, run, serious
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
    open_notebook(page, lab, name)
    page.evaluate(RUN_ALL)
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


def test_a_turn_is_answered_at_once_and_by_keyboard_alone(
    page: Page, lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
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
                    if (performance.now() - start > 30000) throw new Error("no reply");
                  }
                  return performance.now() - start;
                }"""
            )
        )
    # Only an interviewer that hangs fails; alone it takes a few tens of milliseconds.
    with capsys.disabled():
        print(f"turns answered in {[round(t) for t in times]} ms")
    assert median(times) < 10_000


SLOW = f"""
import time
from graders.study.mock import MockInterview

class Slow(MockInterview):
    def _received(self, widget, content, buffers):
        kind = content["kind"]
        if self.__dict__.setdefault("waits", dict(WAITS)).pop(kind, None):
            self.heading = f"busy before {{kind}}"
            time.sleep(WAITS[kind])
        if kind == "tick" and TIME_IS_UP:
            self._interview._mark -= 3600
        super()._received(widget, content, buffers)

Slow("design", question="{QUESTION}")
"""
ASKED = "How quick must the redirect be?"
CANDIDATE = ".sk-candidate .sk-said"
KERNEL = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"


def _begun(page: Page, lab: Lab, name: str, *, time_is_up: bool = False, **waits: float) -> Locator:
    """An interview that was just begun, in a kernel that is busy before the first *waits* of a kind."""
    run(page, lab, name, f"WAITS, TIME_IS_UP = {waits}, {time_is_up}", SLOW)
    box = page.locator(".sk-mock")
    box.get_by_role("button", name="Start").click(timeout=60_000)
    expect(box.locator("textarea")).to_be_focused(timeout=60_000)
    return box


def _wait_for_draft(lab: Lab, name: str, text: str) -> None:
    _wait_until(lab, name, lambda state: state["draft"] == text)


def _wait_until(lab: Lab, name: str, kept: Callable[[Mapping[str, Any]], bool]) -> None:
    """Wait until the interview is *kept* so by the kernel."""
    until = time.monotonic() + 20
    while not kept(own_progress(lab, name).mocks()[0].state):
        assert time.monotonic() < until
        time.sleep(0.1)


def test_a_turn_that_is_said_again_while_the_kernel_is_busy_is_said_once(
    page: Page, lab: Lab
) -> None:
    # The note comes after eight seconds, and must be in sight long enough to be met.
    box = _begun(page, lab, "mock-busy", say=20)
    area, late = box.locator("textarea"), box.locator(".sk-note", has_text="does not answer")
    area.fill(ASKED)
    area.press("Control+Enter")
    expect(late).to_be_visible(timeout=30_000)
    area.press("Control+Enter")
    expect(box.locator(".sk-log")).to_contain_text("100 ms", timeout=30_000)
    expect(area).to_have_value("")
    _say(box, "Do links expire?")
    expect(box.locator(CANDIDATE)).to_have_text([ASKED, "Do links expire?"])
    expect(late).to_be_hidden()
    assert page.errors == []  # type: ignore[attr-defined]


def test_what_is_typed_while_the_interviewer_listens_is_said_once(page: Page, lab: Lab) -> None:
    box = _begun(page, lab, "mock-typed-on", say=6)
    area, status = box.locator("textarea"), box.locator(".sk-status[role=status]")
    area.fill(ASKED)
    area.press("Control+Enter")
    area.press("End")
    page.keyboard.insert_text("  And for whom?")
    # It would be an answer to something that nobody has read yet.
    area.press("Control+Enter")
    expect(status).to_contain_text("read that first")
    expect(box.locator(".sk-log")).to_contain_text("100 ms", timeout=30_000)
    expect(area).to_have_value("And for whom?")
    expect(status).to_have_text("")
    _wait_for_draft(lab, "mock-typed-on", "And for whom?")
    _say(box, "And for whom?")
    expect(box.locator(CANDIDATE)).to_have_text([ASKED, "And for whom?"])
    assert page.evaluate("Object.keys(localStorage).filter((k) => k.includes('mock:'))") == []


def test_words_that_come_behind_the_end_stay_in_sight(page: Page, lab: Lab) -> None:
    box = _begun(page, lab, "mock-behind", time_is_up=True, tick=6)
    area = box.locator("textarea")
    area.fill("I would keep links in one table")
    # The page lets time pass every ten seconds.
    expect(box.locator(".sk-heading")).to_have_text("busy before tick", timeout=30_000)
    page.keyboard.insert_text(" and count the clicks.")
    area.press("Control+Enter")
    expect(box.locator(".sk-mock-card")).to_be_visible(timeout=30_000)
    expect(box.locator(CANDIDATE)).to_have_text(["I would keep links in one table"])
    expect(area).to_be_visible()
    expect(area).to_have_value("and count the clicks.")
    expect(area).to_have_attribute("readonly", "")
    expect(box.locator(".sk-label")).to_contain_text("Not said")
    expect(box.locator(".sk-note", has_text="was not said")).to_be_visible()
    picture(box, "mock-unsaid")
    assert serious(page, ".sk-mock") == []
    assert page.errors == []  # type: ignore[attr-defined]


def test_a_press_is_not_answered_by_what_the_kernel_does_before_it(page: Page, lab: Lab) -> None:
    box = _begun(page, lab, "mock-ahead", draft=3, say=6)
    area, say = box.locator("textarea"), box.get_by_role("button", name="Say it")
    area.fill(ASKED)
    expect(box.locator(".sk-heading")).to_have_text("busy before draft", timeout=30_000)
    say.click()
    expect(box.locator(".sk-heading")).to_have_text("busy before say", timeout=30_000)
    expect(say).to_be_disabled()
    # What is typed now is no command of JupyterLab: two d would delete the cell.
    page.keyboard.type("dd")
    page.wait_for_timeout(300)
    expect(say).to_be_focused()
    expect(box.locator(CANDIDATE)).to_have_text([ASKED], timeout=30_000)
    expect(say).to_be_enabled()
    expect(area).to_be_focused()


def test_no_slip_ends_an_interview_or_says_nothing(page: Page, lab: Lab) -> None:
    box = _begun(page, lab, "mock-slip")
    area, stop = box.locator("textarea"), box.locator(".sk-stop")
    stop.dblclick()
    _say(box, "Do links expire?")
    expect(stop).to_have_text("End the interview", timeout=10_000)
    stop.focus()
    _hold(page, "Enter")
    expect(stop).to_have_text("Really end it")
    area.fill(ASKED)
    area.focus()
    page.keyboard.down("Control")
    _hold(page, "Enter")
    page.keyboard.up("Control")
    area.fill("Are there hot links?")
    say = box.get_by_role("button", name="Say it")
    say.click()
    said = ["Do links expire?", ASKED, "Are there hot links?"]
    expect(box.locator(CANDIDATE)).to_have_text(said)
    expect(say).to_be_enabled()
    say.dispatch_event("click", {"detail": 2})  # of a double click, after the answer
    _say(box, "Which cloud do we run on?")
    expect(box.locator(CANDIDATE)).to_have_text([*said, "Which cloud do we run on?"])
    expect(stop).to_have_text("End the interview", timeout=10_000)
    stop.press("Enter")
    expect(stop).to_have_text("Really end it")
    expect(stop).to_be_enabled()
    stop.press("Enter")
    expect(box.locator(".sk-mock-card")).to_be_visible(timeout=30_000)
    assert page.errors == []  # type: ignore[attr-defined]


def _hold(page: Page, key: str) -> None:
    """Hold *key* for a second and a half: it repeats."""
    for _ in range(15):
        page.keyboard.down(key)
        page.wait_for_timeout(100)
    page.keyboard.up(key)


@pytest.mark.parametrize("browser_keeps", [True, False])
def test_words_typed_after_the_kernel_was_gone_are_newer_than_its_draft(
    browser_keeps: bool, page: Page, lab: Lab
) -> None:
    name = f"mock-newer-{browser_keeps}"
    box = _begun(page, lab, name)
    _say(box, "I")
    # It begins like the last turn, but was not said with it.
    typed = "I would"
    box.locator("textarea").fill(typed)
    _wait_for_draft(lab, name, typed)
    page.evaluate(f"() => {KERNEL}.restart()")
    page.wait_for_function(f"() => {KERNEL}.status === 'idle'", timeout=60_000)
    if browser_keeps:
        typed = "I would ask first"
        box.locator("textarea").fill(typed)
    else:
        page.evaluate("localStorage.clear()")
    page.evaluate(RUN_ALL)
    box = page.locator(".sk-mock")
    box.get_by_role("button", name="Go on").click(timeout=60_000)
    expect(box.locator("textarea")).to_have_value(typed, timeout=60_000)
    # It is said in other words: nothing of the old ones is left for another time.
    _say(box, ASKED)
    assert page.evaluate("Object.keys(localStorage).filter((k) => k.includes('mock:'))") == []


def test_what_was_said_is_not_in_the_box_when_a_tab_was_closed_before_the_answer(
    page: Page, lab: Lab
) -> None:
    name = "mock-closed"
    box = _begun(page, lab, name, say=5)
    area = box.locator("textarea")
    area.fill(ASKED)
    area.press("Control+Enter")
    expect(box.locator(".sk-heading")).to_have_text("busy before say")
    area.press("End")
    page.keyboard.insert_text(" And for whom?")
    open_notebook(page, lab, f"{name}/{name}.ipynb")
    # Widgets have a thread of their own: the cell would not wait for the turn.
    _wait_until(lab, name, lambda state: ASKED in str(state["turns"]))
    page.evaluate(RUN_ALL)
    box = page.locator(".sk-mock")
    box.get_by_role("button", name="Go on").click(timeout=60_000)
    expect(box.locator(CANDIDATE)).to_have_text([ASKED], timeout=60_000)
    expect(area).to_have_value("And for whom?")


def test_an_answer_does_not_draw_the_keys_from_another_cell(page: Page, lab: Lab) -> None:
    box = _begun(page, lab, "mock-elsewhere", say=6)
    box.locator("textarea").fill(ASKED)
    box.locator("textarea").press("Control+Enter")
    cell = page.locator(".jp-CodeCell .cm-content").first
    cell.click()
    page.keyboard.type("mine = ")
    expect(box.locator(".sk-log")).to_contain_text("100 ms", timeout=30_000)
    page.keyboard.type("'my notes'")
    expect(cell).to_contain_text("mine = 'my notes'")
    expect(box.locator("textarea")).to_have_value("")
