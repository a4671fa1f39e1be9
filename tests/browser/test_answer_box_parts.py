"""The modules of the answer box by themselves, in a real browser without JupyterLab."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

import graders.study
from graders.cards import diagram_apart
from graders.study.bundle import bundled

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

MODULES = Path(graders.study.__file__).parent / "answer_box"
NAMES = "wordCount, spoken, lengthText, clockText, Clock, Drafts, splitAnswer, joinAnswer"


@pytest.fixture(scope="module")
def parts(browser: Browser) -> Iterator[Page]:
    """A page in which the modules' names can be used."""
    page = browser.new_page()
    page.route("**/*", lambda route: route.fulfill(body="<p>", content_type="text/html"))
    page.goto("http://parts/lab/tree/a.ipynb")
    joined = bundled(MODULES, "element", "words", "clock", "drafts", "diagram")
    page.add_script_tag(content=f"{joined}\nObject.assign(window, {{ {NAMES} }});")
    yield page
    page.close()


@pytest.mark.parametrize(
    ("words", "told"),
    [(0, ""), (1, "1 word · ~10 s aloud"), (60, "60 words · ~30 s aloud"),
     (140, "140 words · ~1 min aloud"), (210, "210 words · ~1½ min aloud"),
     (290, "290 words · ~2 min aloud")],
)  # fmt: skip
def test_length_in_words_and_spoken(parts: Page, words: int, told: str) -> None:
    assert parts.evaluate("(n) => lengthText(' word\\n'.repeat(n))", words) == told


TEXTS = ["", "One line", "Two\n\nparagraphs\n", "  indented", "```python\nx = 1\n```", "a ``` b"]
DIAGRAMS = ["flowchart LR\n  a --> b", "sequenceDiagram\n  A->>B: hi\n\n  B->>A: yes"]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("diagram", DIAGRAMS)
def test_words_and_diagram_are_one_text_and_come_apart_again(
    parts: Page, text: str, diagram: str
) -> None:
    whole = parts.evaluate("([text, diagram]) => joinAnswer(text, diagram)", [text, diagram])
    assert parts.evaluate("(whole) => splitAnswer(whole)", whole) == [text.rstrip("\n"), diagram]
    assert diagram_apart(whole) == (text.rstrip("\n"), diagram), "the card cuts as the page does"


@pytest.mark.parametrize(
    "whole",
    [*TEXTS, "```mermaid\na --> b\n```\nand words after it", "say ```mermaid\na --> b\n```",
     "```mermaid\nnever closed", "```mermaid\na\n```\n```mermaid\nb\n``` c"],
)  # fmt: skip
def test_a_text_without_a_diagram_at_its_end_stays_as_it_is(parts: Page, whole: str) -> None:
    assert parts.evaluate("(whole) => splitAnswer(whole)", whole) == [whole, ""]
    assert parts.evaluate("(whole) => joinAnswer(whole, ' ')", whole) == whole
    assert diagram_apart(whole) == (whole, "")


def test_a_pasted_fence_does_not_end_the_diagram_early(parts: Page) -> None:
    pasted = "```mermaid\nflowchart LR\n a --> b\n```"
    whole = parts.evaluate("(pasted) => joinAnswer('Words', pasted)", pasted)
    assert whole == "Words\n\n```mermaid\nflowchart LR\n a --> b\n```\n"


def test_the_clock_counts_what_it_ran_and_not_the_night(parts: Page) -> None:
    seconds = parts.evaluate(
        """() => {
          const now = Date.now;
          let time = 0;
          Date.now = () => time;
          const clock = new Clock(60, () => {});
          clock.start();
          time += 30_000; clock.tick();
          time += 9 * 3600_000; clock.tick();  // the machine slept
          time += 5_000; clock.pause();
          time += 50_000; clock.start(); clock.pause();
          Date.now = now;
          return [clock.seconds, clockText(clock.seconds), clock.running];
        }"""
    )
    assert seconds == [95, "1:35", False]


def drafts(parts: Page, steps: str) -> Any:
    """Run *steps* with `a` and `b`, the drafts of two tabs at one place, and `c` at another."""
    return parts.evaluate(
        f"""() => {{
          localStorage.clear();
          const [a, b, c] = [new Drafts("p", "a"), new Drafts("p", "b"), new Drafts("q", "a")];
          {steps}
        }}"""
    )


def test_a_draft_is_found_by_the_next_tab_until_it_is_saved(parts: Page) -> None:
    steps = """a.keep("words", "r1");
      const found = b.unsaved("")?.text;
      const elsewhere = c.unsaved("");
      b.saved("words");
      return [found, elsewhere, b.unsaved(""), localStorage.length];"""
    assert drafts(parts, steps) == ["words", None, None, 0]


def test_two_tabs_keep_a_draft_each_and_the_newer_is_found_first(parts: Page) -> None:
    steps = """a.keep("of a", "r1");
      Date.now = ((now) => () => now() + 1000)(Date.now);
      b.keep("of b", "r1");
      const first = a.unsaved("").text;
      a.saved("of b");
      return [first, a.unsaved("").text];"""
    assert drafts(parts, steps) == ["of b", "of a"]


def test_what_is_broken_or_old_is_thrown_away(parts: Page) -> None:
    steps = """a.keep("words", "");
      const key = Object.keys(localStorage)[0];
      localStorage.setItem(key + "1", "{");
      localStorage.setItem(key + "2", JSON.stringify({ text: "old", base: "", at: 1 }));
      localStorage.setItem(key + "3", "null");
      return [a.all().map((draft) => draft.text), localStorage.length];"""
    assert drafts(parts, steps) == [["words"], 1]


def test_a_browser_that_keeps_nothing_does_no_harm(parts: Page) -> None:
    steps = """const real = Storage.prototype.setItem;
      Storage.prototype.setItem = () => { throw new Error("full"); };
      a.keep("words", "");
      a.keepSeconds(5);
      Storage.prototype.setItem = real;
      return [a.unsaved(""), a.seconds()];"""
    assert drafts(parts, steps) == [None, 0]
