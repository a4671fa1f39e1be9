"""No word is lost: closed tabs, restarted kernels, two tabs, files that cannot be used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from graders.progress import Progress
from tests.browser.conftest import Lab, listening, open_notebook, run_box, write_notebook

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

ANSWER = "I would measure first, because the slow part is seldom where one looks for it."
KERNEL = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"


def code(question: str) -> str:
    return f'from graders.study import AnswerBox\nAnswerBox("{question}")'


SLOW = """
import time
from graders.study import AnswerBox
from graders.study.session import AnswerSession

class Slow(AnswerSession):
    def newer(self, *given):
        time.sleep(1.5)
        return super().newer(*given)

    def next_hint(self):
        time.sleep(1)
        return super().next_hint()

AnswerBox("QUESTION", session=Slow("QUESTION"))
"""


INTERRUPTED = """
from graders.study import AnswerBox
from graders.study.session import AnswerSession

class Interrupted(AnswerSession):
    again = False

    def submit(self, text, **more):
        if self.again:
            return super().submit(text, **more)
        self.again = True
        self.save_draft(text)
        raise KeyboardInterrupt

AnswerBox("design/chat", session=Interrupted("design/chat"))
"""


def slow(question: str) -> str:
    """A box whose session takes its time, as a busy kernel does."""
    return SLOW.replace("QUESTION", question)


def folder(lab: Lab, name: str) -> Path:
    """A folder of its own in the lab, for an `answers.json` of its own."""
    (lab.folder / name).mkdir()
    return lab.folder / name


def kept(path: Path, question: str) -> str:
    return str(json.loads((path / "answers.json").read_text())["answers"][question]["text"])


def area(box: Locator) -> Locator:
    return box.get_by_role("textbox").first


def test_what_was_typed_while_the_kernel_restarted_is_there_again(page: Page, lab: Lab) -> None:
    where = folder(lab, "restart")
    open_notebook(page, lab, write_notebook(lab, "restart/one", code("design/chat")))
    box = run_box(page)
    area(box).fill("saved before")
    expect(box.locator(".sk-status")).to_have_text("Saved", timeout=10_000)
    page.evaluate(f"() => {KERNEL}.restart()")
    page.wait_for_function(f"() => {KERNEL}.status === 'idle'", timeout=60_000)
    area(box).fill("saved before, and typed into the dead box")
    expect(box.locator(".sk-note", has_text="does not answer")).to_be_visible(timeout=10_000)
    assert kept(where, "design/chat") == "saved before"
    box = run_box(page)
    expect(area(box)).to_have_value("saved before, and typed into the dead box", timeout=20_000)
    expect(box.locator(".sk-status")).to_have_text("Saved", timeout=10_000)
    assert kept(where, "design/chat") == "saved before, and typed into the dead box"
    assert page.evaluate("Object.keys(localStorage).filter((k) => k.includes('draft:'))") == []


def test_a_tab_closed_before_anything_was_saved_loses_nothing(page: Page, lab: Lab) -> None:
    folder(lab, "closed")
    open_notebook(page, lab, write_notebook(lab, "closed/one", code("design/chat")))
    area(run_box(page)).fill("typed and closed at once")
    other = listening(page.context.new_page())
    page.close()
    open_notebook(other, lab, "closed/one.ipynb")
    expect(area(run_box(other))).to_have_value("typed and closed at once", timeout=20_000)


def test_two_tabs_do_not_write_over_each_other(page: Page, lab: Lab) -> None:
    where = folder(lab, "tabs")
    for name in ("one", "two"):
        write_notebook(lab, f"tabs/{name}", code("design/chat"))
    open_notebook(page, lab, "tabs/one.ipynb")
    first = run_box(page)
    other = listening(page.context.new_page())
    open_notebook(other, lab, "tabs/two.ipynb")
    second = run_box(other)
    area(first).fill("of the first")
    expect(first.locator(".sk-status")).to_have_text("Saved", timeout=10_000)

    area(second).fill("of the second")
    asked = second.locator(".sk-choice")
    expect(asked).to_contain_text("changed in another tab", timeout=10_000)
    assert kept(where, "design/chat") == "of the first"
    asked.get_by_role("button", name="Keep mine").click()
    expect(second.locator(".sk-status")).to_have_text("Saved", timeout=10_000)
    assert kept(where, "design/chat") == "of the second"

    area(first).fill("of the first, longer")
    asked = first.locator(".sk-choice")
    asked.get_by_role("button", name="Take the other one").click()
    expect(area(first)).to_have_value("of the second")
    assert kept(where, "design/chat") == "of the second"
    assert other.errors == page.errors == []  # type: ignore[attr-defined]


def test_two_views_of_one_box_follow_each_other(page: Page, lab: Lab) -> None:
    folder(lab, "views")
    cells = ("from graders.study import AnswerBox\nbox = AnswerBox('design/chat')\nbox", "box")
    open_notebook(page, lab, write_notebook(lab, "views/one", *cells))
    run_box(page)
    boxes = page.locator(".sk-box")
    expect(boxes).to_have_count(2)
    area(boxes.nth(0)).fill("typed above")
    expect(area(boxes.nth(1))).to_have_value("typed above", timeout=10_000)
    area(boxes.nth(1)).fill("typed below")
    expect(area(boxes.nth(0))).to_have_value("typed below", timeout=10_000)
    expect(boxes.nth(0).locator(".sk-choice")).to_be_hidden()


def test_a_submit_that_meets_the_change_of_another_tab_is_judged_all_the_same(
    page: Page, lab: Lab
) -> None:
    question = "concept/latency-budget"
    folder(lab, "submits")
    for name, cell in (("one", code(question)), ("two", slow(question))):
        write_notebook(lab, f"submits/{name}", cell)
    open_notebook(page, lab, "submits/two.ipynb")
    second = run_box(page)
    other = listening(page.context.new_page())
    open_notebook(other, lab, "submits/one.ipynb")
    first = run_box(other)
    area(first).fill("of the first")
    expect(first.locator(".sk-status")).to_have_text("Saved", timeout=10_000)

    area(second).fill(ANSWER)
    # Leaving the text sends it as a draft; the Submit waits until that is answered.
    second.get_by_role("button", name="Submit").click()
    keep = second.locator(".sk-choice").get_by_role("button", name="Keep mine")
    expect(keep).to_be_visible(timeout=20_000)
    locked = "(node) => (node.click(), node.closest('.sk-box').querySelector('.sk-area').readOnly)"
    assert keep.evaluate(locked), "what is judged is what stands there"
    expect(second.locator(".sk-card .sk-answer")).to_have_text(ANSWER, timeout=30_000)
    assert [each.answer for each in Progress(lab.progress).attempts(question)] == [ANSWER]


def test_clicks_while_the_kernel_works_take_one_hint_and_submit_once(page: Page, lab: Lab) -> None:
    question = "concept/leader-failover"
    folder(lab, "clicks")
    open_notebook(page, lab, write_notebook(lab, "clicks/one", slow(question)))
    box = run_box(page)
    box.get_by_role("button", name="Hint").dblclick()
    area(box).fill(ANSWER)
    button = box.get_by_role("button", name="Submit")
    button.click()
    # The draft that goes before it has been saved; the kernel has not begun to judge.
    for _ in range(8):
        page.wait_for_timeout(500)
        button.evaluate_all("found => found.forEach((each) => each.click())")
    expect(box.locator(".sk-card")).to_be_visible(timeout=30_000)
    page.wait_for_timeout(4_000)  # what was sent twice would be judged by now
    expect(box.locator(".sk-hints li")).to_have_count(1)
    (attempt,) = Progress(lab.progress).attempts(question)
    assert (attempt.answer, attempt.hints) == (ANSWER, 1)


def test_a_box_whose_judging_was_interrupted_goes_on(page: Page, lab: Lab) -> None:
    where = folder(lab, "interrupted")
    open_notebook(page, lab, write_notebook(lab, "interrupted/one", INTERRUPTED))
    box = run_box(page)
    area(box).fill(ANSWER)
    area(box).press("Control+Enter")
    expect(box.locator(".sk-status")).to_have_text("Saved", timeout=20_000)
    expect(area(box)).to_be_editable()
    area(box).fill(f"{ANSWER} And more.")
    expect(box.locator(".sk-status")).to_have_text("Saved", timeout=20_000)
    assert kept(where, "design/chat") == f"{ANSWER} And more."
    expect(box.locator(".sk-choice")).to_be_hidden()
    area(box).press("Control+Enter")
    expect(box.locator(".sk-card")).to_be_visible(timeout=30_000)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [("corrupt", "{", "not valid JSON"), ("newer", '{"schema_version": 9}', "newer version"),
     ("folder", None, "a folder")],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_a_sentence_and_the_draft_waits(
    name: str, content: str | None, words: str, page: Page, lab: Lab
) -> None:
    path = folder(lab, name) / "answers.json"
    path.mkdir() if content is None else path.write_text(content)
    open_notebook(page, lab, write_notebook(lab, f"{name}/one", code("design/chat")))
    box = run_box(page)
    problem = box.locator(".sk-note", has_text=words)
    expect(problem).to_be_visible()
    area(box).fill("written all the same")
    expect(box.locator(".sk-status")).to_contain_text("Not saved", timeout=10_000)
    box.get_by_role("button", name="Submit").click()
    # Until the kernel has refused it: else it may come to it when the file can be used again.
    expect(box.locator(".sk-status")).to_contain_text("Not saved", timeout=10_000)
    expect(problem).to_be_visible()
    expect(area(box)).to_have_value("written all the same")
    expect(box.locator(".sk-card")).to_have_count(0)

    path.rmdir() if content is None else path.unlink()
    page.reload()
    open_notebook(page, lab, f"{name}/one.ipynb")
    expect(area(run_box(page))).to_have_value("written all the same", timeout=20_000)
    expect(page.locator(".sk-status").first).to_have_text("Saved", timeout=10_000)
    assert kept(path.parent, "design/chat") == "written all the same"
    assert page.errors == []  # type: ignore[attr-defined]
