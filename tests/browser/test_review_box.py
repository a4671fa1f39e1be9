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
    open_notebook(page, lab, write_notebook(lab, "review-queue", source))
    page.evaluate(RUN_ALL)
    box = page.locator(".sk-review").first
    box.wait_for(timeout=60_000)
    return box


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
