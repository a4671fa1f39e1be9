"""The review queue as an instructor meets it in JupyterLab: read, choose levels, comment, undo."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from graders.cohorts.appeals import file_appeal
from graders.levels import Level
from tests.browser.conftest import RUN_ALL, Lab, open_notebook, write_notebook
from tests.cohorts.desk import CACHING, Doubting, hand_over, in_formgrader
from tests.conftest import WEEK, Classroom

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

HOSTILE = "<img src=x onerror=window.hit=1> [bold]"


SLOW = """
import time
from graders.cohorts.review_box import ReviewBox

seconds = {seconds}

class Slow(ReviewBox):
    def _received(self, box, content, buffers):
        rest = seconds.get(content["kind"])
        time.sleep(rest.pop(0) if rest else 0)
        super()._received(box, content, buffers)

Slow({week!r}, {root!r}, by="Ana")
"""


@pytest.fixture
def desk(new_classroom: Callable[[], Classroom]) -> Classroom:
    made = new_classroom()
    for learner in ("ada", "bob"):
        hand_over(made, learner, Doubting(default=Level.MID, doubt=HOSTILE), only=(CACHING,))
    file_appeal(made.open(), "bob", WEEK, CACHING, f"Please look again. {HOSTILE}")
    return made


def _box(page: Page, lab: Lab, desk: Classroom) -> Locator:
    source = (
        "from graders.cohorts.review_box import ReviewBox\n"
        f"ReviewBox({WEEK!r}, {str(desk.root)!r}, by='Ana')"
    )
    return _run(page, lab, write_notebook(lab, "review-queue", source))


def _slow(page: Page, lab: Lab, desk: Classroom, **seconds: list[float]) -> Locator:
    """The box with a kernel that takes *seconds* for the first of these kinds; a cell below it."""
    source = SLOW.format(week=WEEK, root=str(desk.root), seconds=seconds)
    return _run(page, lab, write_notebook(lab, "slow-review-queue", source, "# below"))


def _run(page: Page, lab: Lab, name: str) -> Locator:
    open_notebook(page, lab, name)
    page.evaluate(RUN_ALL)
    box = page.locator(".sk-review").first
    box.wait_for(timeout=60_000)
    return box


def _press(box: Locator, name: str) -> None:
    box.get_by_role("button", name=name).click()


def _choose(box: Locator, level: str) -> None:
    for select in box.locator(".sk-levels select").all():
        select.select_option(level)


def test_a_sitting(page: Page, lab: Lab, desk: Classroom) -> None:
    box = _box(page, lab, desk)
    expect(box.locator(".sk-kicker")).to_have_text("answer-caching · bob · 8 of 12 points")
    expect(box.locator("blockquote")).to_have_text(f"Please look again. {HOSTILE}")
    expect(box.locator(".sk-answer")).to_contain_text("cache-aside")
    give = box.get_by_role("button", name="Give these levels")
    expect(give).to_have_attribute("aria-disabled", "true")

    # By the keyboard alone, as far as a level and a comment.
    for select in box.locator(".sk-levels select").all():
        select.select_option("senior")
    expect(box.locator(".sk-foreseen")).to_have_text("12 of 12 points, senior", timeout=20_000)
    box.get_by_label("Comment for the learner").fill("You are right.")
    box.get_by_role("button", name="Keep the comment").press("Enter")
    expect(box.get_by_label("Insert a kept comment").locator("option")).to_have_count(
        2, timeout=20_000
    )
    give.press("Enter")
    expect(box.locator(".sk-kicker")).to_contain_text("ada", timeout=20_000)
    assert in_formgrader(desk, "bob")[:2] == (12, False)

    box.get_by_label("Insert a kept comment").select_option(index=1)
    expect(box.get_by_label("Comment for the learner")).to_have_value("You are right.")
    box.get_by_role("button", name="Accept the mark").click()
    expect(box.locator(".sk-tally")).to_have_text("2 reviewed, 0 left.", timeout=20_000)
    expect(box.locator(".sk-answer")).to_be_hidden()
    assert in_formgrader(desk, "ada")[:2] == (8, False)

    box.get_by_role("button", name="Undo").click()
    expect(box.locator(".sk-tally")).to_have_text("1 reviewed, 1 left.", timeout=20_000)
    expect(box.locator(".sk-answer")).to_be_visible()
    assert in_formgrader(desk, "ada")[:2] == (8, True)
    assert page.evaluate("window.hit") is None
    assert page.errors == []  # type: ignore[attr-defined]


def test_what_a_criterion_rests_on_is_lit_and_everything_has_a_name(
    page: Page, lab: Lab, desk: Classroom
) -> None:
    box = _box(page, lab, desk)
    mark = box.locator(".sk-answer mark").first
    box.locator(".sk-levels li").first.hover()
    expect(mark).to_have_class("sk-quoted " + " ".join(f"sk-m{n}" for n in range(8)) + " sk-lit")
    unnamed = box.evaluate(
        """box => [...box.querySelectorAll("input, textarea, select, button")]
            .filter(node => !(node.labels?.length || node.ariaLabel || node.textContent.trim()))
            .length"""
    )
    assert unnamed == 0
    page.set_viewport_size({"width": 700, "height": 900})
    assert box.evaluate("box => box.scrollWidth <= box.clientWidth + 1")


def test_what_is_pressed_while_the_kernel_works_is_done_in_order(
    page: Page, lab: Lab, desk: Classroom
) -> None:
    box = _slow(page, lab, desk, keep=[1], change=[1, 0, 1])
    words, tally = box.get_by_label("Comment for the learner"), box.locator(".sk-tally")
    _choose(box, "senior")
    words.fill("You are right.")
    _press(box, "Keep the comment")
    _press(box, "Give these levels")
    expect(tally).to_have_text("1 reviewed, 1 left.", timeout=20_000)
    expect(box.get_by_label("Insert a kept comment").locator("option")).to_have_count(2)
    assert in_formgrader(desk, "bob")[:2] == (12, False)

    # The answer comes back as it was left, so that one level or word of it can be mended.
    words.fill("Words for ada.")
    _press(box, "Undo")
    expect(tally).to_have_text("0 reviewed, 2 left.", timeout=20_000)
    expect(words).to_have_value("You are right.")
    expect(box.locator(".sk-foreseen")).to_have_text("12 of 12 points, senior", timeout=20_000)

    # Undo takes back the mark that is under way, not the one before it, and a second time none.
    _press(box, "Give these levels")
    expect(tally).to_have_text("1 reviewed, 1 left.", timeout=20_000)
    expect(words).to_have_value("Words for ada.")
    option = box.get_by_label("Insert a kept comment").locator("option").last.element_handle()
    _choose(box, "staff")
    expect(box.locator(".sk-foreseen")).to_contain_text("staff", timeout=20_000)
    assert option.evaluate("option => option.isConnected"), "an open list would close"
    _press(box, "Give these levels")
    _press(box, "Undo")
    box.get_by_role("button", name="Undo").press("Enter")
    _press(box, "Keep the comment")
    expect(box.get_by_label("Insert a kept comment").locator("option")).to_have_count(
        3, timeout=20_000
    )
    expect(tally).to_have_text("1 reviewed, 1 left.")
    expect(box.locator(".sk-levels select").first).to_have_value("staff")
    assert in_formgrader(desk, "bob")[:2] == (12, False)
    assert page.errors == []  # type: ignore[attr-defined]


def test_words_that_come_after_the_mark_are_kept_and_who_went_on_elsewhere_is_left_there(
    page: Page, lab: Lab, desk: Classroom
) -> None:
    box = _slow(page, lab, desk, accept=[3])
    words, note = box.get_by_label("Comment for the learner"), box.locator("[role=alert]")
    words.fill("First.")
    _press(box, "Accept the mark")
    words.press_sequentially(" Second.")
    _press(box, "Accept the mark")
    below = page.locator(".jp-CodeCell .cm-content").last
    below.click()
    expect(box.locator(".sk-kicker")).to_contain_text("ada", timeout=20_000)
    expect(words).to_have_value("")
    expect(note).to_contain_text("after you gave the last mark")
    assert "Second" not in str(in_formgrader(desk, "bob"))
    page.keyboard.type("x = 1 ")
    expect(below).to_contain_text("x = 1")
    # A cell that is run anew throws the box away.
    box.get_by_role("button", name="Undo").press("Control+Enter")
    box.get_by_role("button", name="Undo").press("Enter")
    expect(box.locator(".sk-kicker")).to_contain_text("bob", timeout=20_000)
    expect(words).to_have_value("First. Second.")
    expect(note).to_be_hidden()


def test_a_kernel_that_is_late_is_said_to_be_and_undo_pressed_again_is_one(
    page: Page, lab: Lab, desk: Classroom
) -> None:
    hand_over(desk, "cleo", Doubting(default=Level.MID), only=(CACHING,))
    box = _slow(page, lab, desk, foresee=[0.3], undo=[12])
    tally, note = box.locator(".sk-tally"), box.locator("[role=alert]")
    for left in (2, 1):
        _press(box, "Accept the mark")
        expect(tally).to_have_text(f"{3 - left} reviewed, {left} left.", timeout=20_000)
    box.locator(".sk-levels select").first.select_option("staff")
    _press(box, "Undo")
    expect(note).to_contain_text("The kernel does not answer", timeout=10_000)
    _press(box, "Undo")
    expect(tally).to_have_text("1 reviewed, 2 left.", timeout=20_000)
    words = box.get_by_label("Comment for the learner")
    words.fill("Say what it costs.")
    _press(box, "Keep the comment")
    expect(box.get_by_label("Insert a kept comment").locator("option")).to_have_count(
        2, timeout=20_000
    )
    expect(note).to_be_hidden()
    expect(tally).to_have_text("1 reviewed, 2 left.")


def test_the_second_half_of_a_double_click_does_not_mark_the_next_answer(
    page: Page, lab: Lab, desk: Classroom
) -> None:
    box = _box(page, lab, desk)
    accept, tally = box.get_by_role("button", name="Accept the mark"), box.locator(".sk-tally")
    for count in (1, 2):
        accept.hover()
        page.mouse.down(click_count=count)
        page.mouse.up(click_count=count)
        expect(box.locator(".sk-kicker")).to_contain_text("ada", timeout=20_000)
    _press(box, "Keep the comment")
    expect(box.locator("[role=alert]")).to_contain_text("an empty comment", timeout=20_000)
    expect(tally).to_have_text("1 reviewed, 1 left.")
    accept.click()
    expect(tally).to_have_text("2 reviewed, 0 left.", timeout=20_000)


def test_points_and_words_come_back_with_the_answer(
    page: Page, lab: Lab, new_classroom: Callable[[], Classroom]
) -> None:
    made = new_classroom()
    hand_over(made, "ada", Doubting(default=Level.MID), only=(), test=None)
    box = _box(page, lab, made)
    first = str(box.locator(".sk-kicker").text_content())
    points, words = box.get_by_label("Points"), box.get_by_label("Comment for the learner")
    points.fill("0.5")
    words.fill("By hand.")
    _press(box, "Give these points")
    expect(box.locator(".sk-kicker")).not_to_have_text(first, timeout=20_000)
    expect(points).to_have_value("")
    expect(words).to_have_value("")
    _press(box, "Undo")
    expect(box.locator(".sk-kicker")).to_have_text(first, timeout=20_000)
    expect(points).to_have_value("0.5")
    expect(words).to_have_value("By hand.")
