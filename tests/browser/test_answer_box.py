"""What a learner meets: write, submit, read the result, take help, try again; in every theme."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from graders.progress import Progress
from tests.browser.conftest import Lab, open_notebook, run_box, write_notebook

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

ANSWER = (
    "I would use cache-aside with a TTL of ten minutes, because reads are forty times the writes. "
    "I looked at write-through and dropped it, since most written rows are never read again. "
    "At 1,400 reads a second and a database that is safe at 400, the cache has to hit 72 %. "
    "On a write we delete the key after the commit, and a version in the value stops a slow reader "
    "from putting an old row back. If the cache dies, a limiter lets 300 reads a second through "
    "and the page shows the last known price with its age."
)
MORE = (
    " We looked at read replicas and rejected them: each page would take as long as today. A hot "
    "key that expires sends 220 identical queries; single flight and jitter hold that back."
)
MARK = ".sk-answer mark"
DIAGRAM = "flowchart LR\n  client --> api\n  api --> cache[(cache)]"


def box_for(page: Page, lab: Lab, name: str, question: str, extra: str = "") -> Locator:
    """An answer box for *question* in a notebook of its own."""
    code = f'from graders.study import AnswerBox\nAnswerBox("{question}"{extra})'
    open_notebook(page, lab, write_notebook(lab, name, code))
    return run_box(page)


def submit(box: Locator, text: str) -> Locator:
    """Write *text*, submit it by the keyboard; the card."""
    area = box.get_by_role("textbox").first
    area.fill(text)
    area.press("Control+Enter")
    expect(box.locator(".sk-card")).to_be_visible(timeout=30_000)
    expect(area).to_be_hidden()
    return box.locator(".sk-card")


def test_an_answer_is_saved_judged_and_kept(page: Page, lab: Lab) -> None:
    open_notebook(page, lab, "00_start_here.ipynb")
    box = run_box(page)
    area = box.locator("textarea")
    area.fill(ANSWER[:60])
    # The clock counts whole seconds; a fast machine saves within the first.
    expect(box.locator(".sk-clock")).not_to_contain_text("0:00 of", timeout=10_000)
    area.fill(ANSWER[:120])
    page.wait_for_timeout(2_000)  # "Saved" may still be said of the first words
    expect(box.locator(".sk-status")).to_have_text("Saved", timeout=10_000)
    expect(box.locator(".sk-count")).to_have_text(re.compile(r"^\d+ words · ~\d+ s aloud$"))
    saved = json.loads((lab.folder / "answers.json").read_text())
    assert saved["answers"]["concept/caching"]["text"] == ANSWER[:120]

    # The tab is closed in the middle and opened again.
    page.reload()
    open_notebook(page, lab, "00_start_here.ipynb")
    box = run_box(page)
    expect(box.locator("textarea")).to_have_value(ANSWER[:120])
    assert box.locator(".sk-clock").inner_text() != "0:00 of 15 min", "the time is kept, too"

    card = submit(box, ANSWER)
    expect(card.locator(".sk-scale .sk-here")).to_have_count(1)
    expect(box.locator(".sk-result")).to_be_focused()
    assert card.locator(".sk-tips li").count() > 0
    assert "What would lift this" in card.inner_text()
    assert card.locator(".sk-answer").text_content() == ANSWER
    attempt = Progress(lab.progress).attempts("concept/caching")[-1]
    assert attempt.answer == ANSWER
    assert attempt.seconds is not None and attempt.seconds > 0
    assert (page.errors, page.said) == ([], [])  # type: ignore[attr-defined]


def test_a_criterion_marks_its_passages_in_the_answer(page: Page, lab: Lab) -> None:
    card = submit(box_for(page, lab, "marks", "concept/caching"), ANSWER)
    painted = "node => getComputedStyle(node).backgroundImage"
    marked = 0
    for criterion in card.locator(".sk-criterion").all():
        number = re.search(r"sk-c(\d+)", criterion.get_attribute("class") or "")
        assert number is not None
        own = card.locator(f".sk-m{number[1]}")
        quotes = [quote.text_content() for quote in criterion.locator("q").all()]
        assert all(quote in ANSWER for quote in quotes)
        assert (own.count() > 0) == bool(quotes)
        if not quotes:
            continue
        marked += 1
        assert "".join(own.all_text_contents()).replace(" ", "") == "".join(
            quote.replace(" ", "") for quote in quotes if quote
        )
        page.mouse.move(0, 0)
        before = own.first.evaluate(painted)
        criterion.locator("summary").focus()
        assert own.first.evaluate(painted) != before, "by the keyboard"
        criterion.locator("summary").evaluate("node => node.blur()")
        assert own.first.evaluate(painted) == before
        criterion.locator("summary").hover()
        assert own.first.evaluate(painted) != before, "by the mouse"
    assert marked > 1


def test_hints_retry_and_the_model_answer(page: Page, lab: Lab) -> None:
    question = "concept/sharding"
    box = box_for(page, lab, "retry", question)
    model = box.get_by_role("button", name="Model answer")
    expect(model).to_have_attribute("aria-disabled", "true")
    model.click(force=True)
    expect(box.locator(".sk-model")).to_be_hidden()
    hint = box.get_by_role("button", name=re.compile("Hint"))
    for taken in (1, 2):
        hint.click()
        expect(box.locator(".sk-hints li")).to_have_count(taken)
    expect(hint).to_have_text("Hint (2 left)")
    submit(box, ANSWER)

    model.click()
    expect(box.locator(".sk-model-text")).to_contain_text(" ", timeout=10_000)
    senior = box.locator(".sk-model-text").inner_text()
    box.get_by_role("button", name="staff", exact=True).click()
    expect(box.locator(".sk-model-text")).not_to_have_text(senior)
    kept = Progress(lab.progress)
    assert [look.what for look in kept.looks(question)] == ["hint", "hint", "model_answer"]
    assert kept.attempts(question)[0].hints == 2

    box.get_by_role("button", name="Try again").click()
    area = box.get_by_role("textbox").first
    expect(area).to_be_focused()
    expect(area).to_have_value(ANSWER)
    card = submit(box, ANSWER + MORE)
    expect(card).to_contain_text("Attempt 2")
    expect(card.locator(".sk-change")).to_have_text(re.compile("up from|down from|as before"))
    assert page.errors == []  # type: ignore[attr-defined]


def test_a_diagram_is_drawn_while_it_is_typed_and_handed_in(page: Page, lab: Lab) -> None:
    box = box_for(page, lab, "drawn", "design/chat")
    box.get_by_role("button", name="Diagram").click()
    source = box.get_by_label("Diagram in Mermaid")
    expect(source).to_be_focused()
    drawing = box.locator(".sk-picture img")
    source.fill(DIAGRAM)
    expect(drawing).to_be_visible(timeout=20_000)
    source.fill("flowchart LR\n  client -->")
    expect(box.locator(".sk-parse")).not_to_be_empty(timeout=10_000)
    expect(drawing).to_be_visible()
    source.fill(DIAGRAM + "\n  x[<img src=x onerror=window.hit=1>] --> client")
    source.fill(DIAGRAM)
    expect(box.locator(".sk-parse")).to_be_empty(timeout=10_000)
    card = submit(box, ANSWER)
    expect(card.locator(".sk-drawn img")).to_be_visible(timeout=10_000)
    (attempt,) = Progress(lab.progress).attempts("design/chat")
    assert attempt.answer == f"{ANSWER}\n\n```mermaid\n{DIAGRAM}\n```\n"
    box = run_box(page)
    expect(box.get_by_label("Diagram in Mermaid")).to_have_value(DIAGRAM)
    assert page.evaluate("window.hit") is None


def test_markup_in_an_answer_stays_text(page: Page, lab: Lab) -> None:
    hostile = ANSWER.replace("cache-aside", "<img src=x onerror=window.hit=1> cache-aside")
    card = submit(box_for(page, lab, "markup", "concept/caching"), hostile)
    assert page.evaluate("window.hit") is None
    assert card.locator("img").count() == 0
    assert card.locator(".sk-answer").text_content() == hostile


def test_everything_is_reached_by_the_keyboard_alone(page: Page, lab: Lab) -> None:
    box = box_for(page, lab, "keys", "concept/overload")
    area = box.get_by_role("textbox").first
    area.focus()
    page.keyboard.insert_text(ANSWER)
    order = []
    for _ in range(3):
        page.keyboard.press("Tab")
        order.append(page.evaluate("document.activeElement.textContent"))
        ring = "getComputedStyle(document.activeElement).outlineStyle"
        assert page.evaluate(ring) != "none", "the focus can be seen"
    assert [text.split(" (")[0] for text in order] == ["Submit", "Hint", "Diagram"]
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")  # takes a hint, and does not edit the cell
    expect(box.locator(".sk-hints li")).to_have_count(1)
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    expect(box.locator(".sk-result")).to_be_focused(timeout=30_000)
    expect(box.locator(".sk-read[role=status]").last).to_have_text(re.compile("^Attempt 1: "))

    def within() -> bool:
        return bool(
            page.evaluate("document.querySelector('.sk-box').contains(document.activeElement)")
        )

    for _ in range(40):  # through the whole result and out of it: no trap
        page.keyboard.press("Tab")
        if not within():
            break
    assert not within()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")  # the last criterion opens
    expect(box.locator(".sk-criterion[open] .sk-because")).to_have_count(1)


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_nothing_stands_in_the_way_of_a_reader(theme: str, page: Page, lab: Lab) -> None:
    """No finding of axe that is serious: names, roles, contrast, order, focus."""
    from axe_playwright_python.sync_playwright import Axe

    dark = theme.endswith("Dark")
    box = box_for(page, lab, f"axe{dark}", "concept/caching")
    page.evaluate(
        "(theme) => window.jupyterapp.commands.execute('apputils:change-theme', { theme })", theme
    )
    page.wait_for_selector(f"body[data-jp-theme-name='{theme}']", state="attached")

    def serious() -> list[str]:
        found = Axe().run(page, context=".sk-box").response["violations"]
        return [
            f"{each['id']}: {node['html'][:120]}"
            for each in found
            for node in each["nodes"]
            if each["impact"] in ("serious", "critical")
        ]

    box.get_by_role("button", name=re.compile("Hint")).click()
    box.get_by_role("button", name="Diagram").click()
    box.get_by_label("Diagram in Mermaid").fill(DIAGRAM)
    expect(box.locator(".sk-picture img")).to_be_visible(timeout=20_000)
    assert serious() == []
    card = submit(box, ANSWER)
    assert card.locator(MARK).count() > 0
    box.get_by_role("button", name="Model answer").click()
    expect(box.locator(".sk-model-text")).to_contain_text(" ", timeout=10_000)
    box.locator(".sk-criterion summary").first.click()
    assert serious() == []


def test_a_narrow_screen_shows_all_of_it(page: Page, lab: Lab) -> None:
    page.set_viewport_size({"width": 400, "height": 900})
    box = box_for(page, lab, "narrow", "concept/caching")
    page.evaluate("window.jupyterapp.shell.collapseLeft()")
    card = submit(box, ANSWER)
    assert card.locator(MARK).count() > 0
    for node in (box, card, card.locator(".sk-answer"), card.locator(".sk-criteria")):
        assert node.evaluate("node => node.scrollWidth <= node.clientWidth + 1")
    for node in card.locator("summary").all():
        edges = node.bounding_box()
        assert edges is not None and edges["x"] >= 0 and edges["x"] + edges["width"] <= 400
